using System.Globalization;

namespace AlbertCompiled.Training;

/// <summary>Which columns of a table hold passages, questions and options.</summary>
/// <param name="Passage">The text that the question is about.</param>
/// <param name="Question">The question.</param>
/// <param name="Options">A column for each option, or one column that holds a JSON list of them.</param>
/// <param name="Label">The right option, as a letter from A or as an index from 0. Null: a test set.</param>
public sealed record ChoiceColumns(string Passage, string Question, IReadOnlyList<string> Options, string? Label)
{
    internal IReadOnlyList<string> All => [Passage, Question, .. Options, .. Label is null ? Array.Empty<string>() : [Label]];
}

/// <summary>Questions with options from anybody's CSV, TSV or JSON lines.</summary>
public static class OwnChoices
{
    /// <summary>The examples of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="badRows">What becomes of rows without text or with a bad label.</param>
    /// <exception cref="TrainingException">The file cannot be read, lacks a column or has a bad row.</exception>
    public static ExampleSet<ChoiceExample> Read(string path, ChoiceColumns columns, BadRows badRows = BadRows.Refuse) =>
        ExampleSet<ChoiceExample>.Read(path, DataTable.Read(path, columns.All).Index(), row => Parse(row.Index, new(row.Item, columns.All), columns), badRows);

    static ChoiceExample Parse(int index, RowReader reader, ChoiceColumns columns)
    {
        var options = columns.Options.Count == 1 ? reader.List(columns.Options[0]) : [.. columns.Options.Select(reader.Text)];
        if (options.Count < 2) throw reader.Place.Error("there is one option; a choice needs two");
        if (options.Count > ChoicePredictionFile.MostOptions) throw reader.Place.Error($"there are {options.Count} options; letters name {ChoicePredictionFile.MostOptions} at most");
        int? label = columns.Label is null ? null : ParseLabel(reader.Field(columns.Label), options.Count, reader, columns.Label);
        return new(index.ToString(CultureInfo.InvariantCulture), reader.Text(columns.Passage), reader.Text(columns.Question), options, label);
    }

    static int ParseLabel(string text, int options, RowReader reader, string column)
    {
        int label = ChoicePredictionFile.Find(text, options) ?? (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1);
        return label >= 0 && label < options ? label : throw reader.Place.Error($"\"{column}\" is \"{text}\", no letter or index of {options} options");
    }
}
