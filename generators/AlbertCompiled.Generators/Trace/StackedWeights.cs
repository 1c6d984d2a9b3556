using System.Collections.Immutable;

namespace AlbertCompiled.Generators.Trace;

/// <summary>Which weights lie behind each other in memory, over all programs of a model: a weight has one place, so it has one stack.</summary>
internal sealed class StackedWeights
{
    readonly Dictionary<int, ImmutableArray<int>> stacks = [];

    /// <summary>Notes that adjacent parts are read.</summary>
    /// <returns>A weight that would have to be in two places, or null.</returns>
    public int? Conflict(ImmutableArray<int> parts)
    {
        if (parts.Length == 1) return null;
        foreach (int part in parts)
        {
            if (stacks.TryGetValue(part, out var known) ? !known.SequenceEqual(parts) : parts.Count(p => p == part) > 1) return part;
        }

        foreach (int part in parts) stacks[part] = parts;
        return null;
    }
}
