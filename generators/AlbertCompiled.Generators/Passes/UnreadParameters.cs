using System.Collections.Immutable;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>Removes the declared parameters that none of a model's programs reads: an encoder has no heads.</summary>
internal static class UnreadParameters
{
    public static ImmutableArray<(ProgramRule Rule, ModelGraph Graph)> Remove(ImmutableArray<(ProgramRule Rule, ModelGraph Graph)> programs)
    {
        var declared = programs[0].Graph.Parameters;
        ImmutableArray<(ProgramRule Rule, ModelGraph Graph)> live = [.. programs.Select(p => (p.Rule, DeadNodes.Remove(p.Graph)))];
        var references = live.SelectMany(p => p.Graph.Nodes).Select(n => n.Parameter).OfType<ParameterReference>();
        var read = new SortedSet<int>(references.SelectMany(r => r.Choices).SelectMany(parts => parts));
        if (read.Count == declared.Length) return programs;

        var places = read.Select((parameter, place) => (parameter, place)).ToDictionary(p => p.parameter, p => p.place);
        ImmutableArray<ParameterDeclaration> kept = [.. read.Select(p => declared[p])];
        ParameterReference? Renumber(ParameterReference? reference) => reference is null ? null : new([.. reference.Choices.Select(parts => parts.Select(p => places[p]).ToImmutableArray())]);
        ModelGraph Keep(ModelGraph graph) => graph with
        {
            Parameters = kept,
            Blocks = [.. graph.Blocks.Select(b => b with { Nodes = [.. b.Nodes.Select(n => n with { Parameter = Renumber(n.Parameter) })] })],
        };
        return [.. live.Select(p => (p.Rule, Keep(p.Graph)))];
    }
}
