namespace AlbertCompiled.Training;

/// <summary>The classes of a task; a class is its index.</summary>
public sealed class LabelSet
{
    const int MostNames = 20;

    readonly Dictionary<string, int> indices = [];

    /// <summary>Labels in the order of their classes.</summary>
    /// <exception cref="ArgumentException">A label appears twice.</exception>
    public LabelSet(params IReadOnlyList<string> names)
    {
        Names = names;
        for (int i = 0; i < names.Count; i++) indices.Add(names[i], i);
    }

    /// <summary>The labels.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Number of classes.</summary>
    public int Count => Names.Count;

    /// <summary>The labels that occur: as numbers ascending if all are whole numbers, else by code points.</summary>
    public static LabelSet Of(IEnumerable<string> labels)
    {
        string[] distinct = [.. labels.Distinct()];
        return distinct.All(l => int.TryParse(l, out _)) ? new([.. distinct.OrderBy(int.Parse).ThenBy(l => l, StringComparer.Ordinal)]) : new([.. distinct.Order(StringComparer.Ordinal)]);
    }

    /// <summary>The class of a label; null if there is none of this name.</summary>
    public int? Find(string name) => indices.TryGetValue(name, out int index) ? index : null;

    /// <summary>The labels, for messages.</summary>
    public override string ToString() => Count <= MostNames ? string.Join(", ", Names) : $"{string.Join(", ", Names.Take(MostNames))} and {Count - MostNames} more";
}
