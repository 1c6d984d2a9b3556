using System.Globalization;
using System.Text.Json;

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
    /// <param name="file">Where they occur.</param>
    /// <param name="labels">The labels, any number of times.</param>
    /// <exception cref="TrainingException">A label holds a control character, or two differ in white space around them alone.</exception>
    public static LabelSet Of(string file, IEnumerable<string> labels)
    {
        string[] distinct = [.. labels.Distinct()];
        if (distinct.FirstOrDefault(l => l.Any(char.IsControl)) is { } broken)
            throw new TrainingException($"{file}: the label {JsonSerializer.Serialize(broken, TrainingJson.Default.String)} holds a control character, such as a tab or the end of a line; files of predictions cannot say it");
        if (distinct.GroupBy(l => l.Trim()).FirstOrDefault(g => g.Count() > 1) is { } same)
            throw new TrainingException($"{file}: the labels {string.Join(" and ", same.Order(StringComparer.Ordinal).Select(l => $"\"{l}\""))} differ in white space alone; make them one");
        return distinct.All(l => Number(l) is not null) ? new([.. distinct.OrderBy(Number).ThenBy(l => l, StringComparer.Ordinal)]) : new([.. distinct.Order(StringComparer.Ordinal)]);
    }

    static int? Number(string label) => int.TryParse(label, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>The class of a label; null if there is none of this name.</summary>
    public int? Find(string name) => indices.TryGetValue(name, out int index) ? index : null;

    /// <summary>The labels, for messages.</summary>
    public override string ToString() => Count <= MostNames ? string.Join(", ", Names) : $"{string.Join(", ", Names.Take(MostNames))} and {Count - MostNames} more";
}
