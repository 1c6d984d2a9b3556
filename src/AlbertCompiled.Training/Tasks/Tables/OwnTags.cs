namespace AlbertCompiled.Training;

/// <summary>Which columns of a table hold words and their tags: JSON lists, or words apart by spaces.</summary>
/// <param name="Words">The words.</param>
/// <param name="Tags">A tag for each. Null: a test set.</param>
public sealed record TagColumns(string Words, string? Tags)
{
    internal IReadOnlyList<string> All => Tags is null ? [Words] : [Words, Tags];
}

/// <summary>Tagged words from anybody's CSV, TSV or JSON lines, or from files in the format of CoNLL's tasks (*.conll).</summary>
public static class OwnTags
{
    /// <summary>The tags of a training file. Those of other files must be among them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="badRows">What becomes of rows whose fields cannot be told apart.</param>
    /// <exception cref="TrainingException">The file cannot be read, lacks a column, has such a row, or tags that cannot be told apart.</exception>
    public static LabelSet Labels(string path, TagColumns columns, BadRows badRows = BadRows.Refuse) =>
        LabelSet.Of(path, Rows(path, columns).Whole(badRows).SelectMany(row => row.Cells[1].List ?? RowReader.Words(row.Cells[1].Text ?? "")));

    /// <summary>The examples of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Its columns. A CoNLL file has its word first and its tag last, and no names for them.</param>
    /// <param name="tags">The classes.</param>
    /// <param name="badRows">What becomes of records without words, or with other tags.</param>
    /// <exception cref="TrainingException">The file cannot be read, lacks a column or has a bad record.</exception>
    public static ExampleSet<TaggedExample> Read(string path, TagColumns columns, LabelSet tags, BadRows badRows = BadRows.Refuse) =>
        ExampleSet<TaggedExample>.Read(path, Rows(path, columns), row => Parse(new(row, columns.All), columns, tags), badRows);

    static TaggedExample Parse(RowReader reader, TagColumns columns, LabelSet tags)
    {
        var words = reader.ListOfWords(columns.Words);
        CheckWhole(words, "word", reader);
        if (columns.Tags is null) return new(words, null);
        var names = reader.ListOfWords(columns.Tags);
        CheckWhole(names, "tag", reader);
        if (names.Count != words.Count) throw reader.Place.Error($"{words.Count} words but {names.Count} tags");
        return new(words, [.. names.Select(n => tags.Find(n) ?? throw reader.Place.Error($"\"{n}\" is none of the tags {tags}"))]);
    }

    // words of JSON lists may be anything, those of a file of predictions are apart by white space
    static void CheckWhole(IReadOnlyList<string> items, string what, RowReader reader)
    {
        if (items.FirstOrDefault(i => i.Length == 0 || i.Any(char.IsWhiteSpace)) is { } broken)
            throw reader.Place.Error(broken.Length == 0 ? $"a {what} is empty" : $"the {what} \"{broken}\" holds white space: make it several, or put another character there");
    }

    static IEnumerable<DataRow> Rows(string path, TagColumns columns) =>
        Path.GetExtension(path).Equals(".conll", StringComparison.OrdinalIgnoreCase) ? Conll(path, columns.Tags is not null) : DataTable.Read(path, columns.All);

    // a word a line with its tag last, a blank line between sentences
    static IEnumerable<DataRow> Conll(string path, bool tagged)
    {
        var words = new List<string>();
        var tags = new List<string>();
        int first = 0;
        foreach (var (number, line) in DataFile.Lines(path).Append((0, "")))
        {
            string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0 || fields[0] == "-DOCSTART-")
            {
                if (words.Count > 0) yield return new(new(path, first), tagged ? [new(null, [.. words]), new(null, [.. tags])] : [new(null, [.. words])]);
                words.Clear();
                tags.Clear();
                continue;
            }

            if (tagged && fields.Length < 2) throw new TrainingException($"{path}, line {number}: \"{line}\" has no tag; a line is a word and its tag");
            if (words.Count == 0) first = number;
            words.Add(fields[0]);
            tags.Add(fields[^1]);
        }
    }
}
