using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Graph;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Trace;

// Where a failure belongs, and what it says.
internal sealed partial class Interpreter
{
    /// <summary>Attribute properties that the conditions around the running statement depend on, innermost last.</summary>
    readonly List<ImmutableArray<string>> guards = [];

    /// <summary>A failure at a node.</summary>
    internal TraceException Fail(DiagnosticDescriptor descriptor, SyntaxNode node, Frame frame, params string[] arguments) =>
        new(descriptor, At(node, frame), arguments);

    /// <summary>A failure that the configuration causes: at the attribute's argument if one of these properties was given, else at the node.</summary>
    internal TraceException Fail(DiagnosticDescriptor descriptor, IEnumerable<string> properties, SyntaxNode node, Frame frame, params string[] arguments)
    {
        var attribute = declaration.AtAttribute(Suspects(properties));
        return new(descriptor, attribute.Argument is null ? At(node, frame) : attribute, arguments);
    }

    /// <summary>Properties by how likely they are to blame: those that are not positive, then by size.</summary>
    IEnumerable<string> Suspects(IEnumerable<string> properties) => properties.Distinct().OrderByDescending(p =>
        Configuration.FirstOrDefault(c => c.Name == p).Value?.Item is int value ? value <= 0 ? int.MaxValue + (long)-value : value : 0);

    TraceException Unsupported(SyntaxNode node, Frame frame, string reason) => Fail(Descriptors.Unsupported, node, frame, Snippet.Of(node), reason);

    /// <summary>The node if its text is part of the compilation, else the call that led there, else the attribute.</summary>
    Place At(SyntaxNode node, Frame? frame, bool skipLibraries = false)
    {
        Place? first = null;
        for (; ; )
        {
            var place = definitions.PlaceOf(node);
            first ??= place;
            if (place is not null && !(skipLibraries && frame is not null && IsLibrary(frame.Owner))) return Complete(place);
            if (frame?.Caller is not { } caller) return first is null ? declaration.AtAttribute() : Complete(first);
            (node, frame) = caller;
        }

        Place Complete(Place place) => place with { Model = declaration.FullName, Attribute = declaration.Architecture };
    }

    /// <summary>Shapes that do not fit: the message names both, and where each comes from.</summary>
    TraceException ShapeFailure(GraphException failure, SyntaxNode node, Frame frame)
    {
        string origins = string.Join("; ", failure.Operands.Where(o => o >= 0).Distinct().Select(Describe));
        string inside = statement.Length > 0 ? $" in '{statement}'" : "";
        return new(Descriptors.Shapes, At(node, frame, skipLibraries: true), $"{failure.Message}{inside}{(origins.Length > 0 ? $": {origins}" : "")}");
    }

    /// <summary>A node by the name that the definition has for it.</summary>
    string Describe(int id)
    {
        var node = graph[id];
        if (node.Parameter is { } reference) return $"{node.Shape} is the weight {string.Join(" + ", reference.Choices[0].Select(p => $"'{graph.Parameters[p].Name}'"))}";
        if (node.Op == Op.Carry) return $"{node.Shape} is what Repeat carries";
        string name = node.Origin.Name is { } variable ? $"'{variable}'" : $"the result of {node.Op}";
        return node.Origin.Statement.Length > 0 ? $"{node.Shape} is {name} from '{node.Origin.Statement}'" : $"{node.Shape} is {name}";
    }

    /// <summary>A number by the property it comes from, Hidden = 128, or in other words if it comes from none.</summary>
    string Describe(int value, IEnumerable<string> sources, string otherwise)
    {
        string? property = sources.FirstOrDefault(s => Configuration.Any(c => c.Name == s && c.Value.Item is int configured && configured == value));
        return property is null ? $"{otherwise} {value}" : $"{property} = {value}";
    }
}
