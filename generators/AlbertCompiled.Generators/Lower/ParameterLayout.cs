using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Lower;

/// <summary>
/// Where each parameter lies in the arena: in order of declaration, starting at a multiple of 16 floats, except that
/// parameters that are stacked follow each other without a gap, so that one product can span them.
/// </summary>
internal sealed class ParameterLayout
{
    const int Alignment = 16;

    readonly long[] offsets;

    public ParameterLayout(ImmutableArray<ParameterDeclaration> parameters, IEnumerable<ModelGraph> programs)
    {
        Parameters = parameters;
        offsets = Enumerable.Repeat(-1L, parameters.Length).ToArray();
        var stacks = new Dictionary<int, ImmutableArray<int>>();
        foreach (var parts in programs.SelectMany(p => p.Nodes).Where(n => n.Op == Op.Parameter).SelectMany(n => n.Parameter!.Choices).Where(c => c.Length > 1))
            foreach (int part in parts) stacks[part] = parts;

        long at = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            if (offsets[i] >= 0) continue;
            foreach (int part in stacks.TryGetValue(i, out var stack) ? stack : [i])
            {
                offsets[part] = at;
                at += parameters[part].Length;
            }

            at = (at + Alignment - 1) / Alignment * Alignment;
        }

        Length = at;
    }

    public ImmutableArray<ParameterDeclaration> Parameters { get; }

    /// <summary>Floats of the arena.</summary>
    public long Length { get; }

    public long this[int parameter] => offsets[parameter];

    /// <summary>Offset of a reference per iteration; one entry if it does not vary.</summary>
    public ImmutableArray<long> OffsetsOf(ParameterReference reference) => [.. reference.Choices.Select(c => offsets[c[0]])];
}
