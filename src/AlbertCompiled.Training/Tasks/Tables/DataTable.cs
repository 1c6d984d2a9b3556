using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace AlbertCompiled.Training;

/// <summary>A field of a record: text, or a list where JSON has one.</summary>
/// <param name="Text">The text; null where the record has none, or a list.</param>
/// <param name="Items">The list; null where it is text.</param>
readonly record struct DataCell(string? Text, IReadOnlyList<string>? Items = null)
{
    /// <summary>True for a JSON object, whose text is its JSON.</summary>
    public bool IsObject { get; init; }

    /// <summary>The list, also where a table has it as a text in JSON; null: it is none.</summary>
    public IReadOnlyList<string>? List => Items ?? (Text?.TrimStart().StartsWith('[') == true ? Parse(Text) : null);

    static string[]? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, TrainingJson.Default.StringArray) is { } items && Array.TrueForAll(items, i => i is not null) ? items : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A record of a table.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Cells">Its fields, in the order of the columns that were asked for.</param>
/// <param name="Fault">Why it has no fields that could be told apart; null: it has.</param>
sealed record DataRow(RowPlace Place, IReadOnlyList<DataCell> Cells, string? Fault = null)
{
    /// <summary>A record with more fields than there are columns: which of them belongs where, nobody knows.</summary>
    public static DataRow TooWide(RowPlace place, int fields, int columns, string advice) => new(place, [], $"{fields} fields, but the first line names {columns}; {advice}");
}

/// <summary>
/// Reads named columns of CSV (RFC 4180: quotes, and line ends within them), of TSV (literal: a quote is a character like any other) or
/// of JSON lines (an object a line). The file's name tells which.
/// </summary>
static class DataTable
{
    const int MostNames = 20; // columns that a message lists

    // by the end of the name
    static readonly Dictionary<string, Func<string, IReadOnlyList<string>, IEnumerable<DataRow>>> Readers = new(StringComparer.OrdinalIgnoreCase)
    {
        [".csv"] = Csv,
        [".tsv"] = (path, columns) => Tsv(path, columns, widest: true),
        [".txt"] = (path, columns) => Tsv(path, columns, widest: true),
        [".jsonl"] = JsonLines,
        [".ndjson"] = JsonLines,
    };

    /// <summary>The records of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Names of the columns wanted, as the file spells them.</param>
    /// <exception cref="TrainingException">The file cannot be read, is of no known kind or lacks a column.</exception>
    public static IEnumerable<DataRow> Read(string path, IReadOnlyList<string> columns) =>
        Readers.TryGetValue(Path.GetExtension(path), out var read)
            ? read(path, columns)
            : throw new TrainingException($"cannot tell what {path} is: its name must end in {string.Join(", ", Readers.Keys)}");

    /// <summary>The records whose fields can be told apart; the first other one is an error, if it is not to be left out.</summary>
    public static IEnumerable<DataRow> Whole(this IEnumerable<DataRow> rows, BadRows badRows) =>
        rows.Where(row => row.Fault is null || (badRows == BadRows.Skip ? false : throw row.Place.Error(row.Fault)));

    /// <summary>The records of a TSV file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Names of the columns wanted.</param>
    /// <param name="header">Names of all columns where the file has no line with them.</param>
    /// <param name="widest">Whether a record with more fields than columns is a bad one. Published files have such, and they count.</param>
    public static IEnumerable<DataRow> Tsv(string path, IReadOnlyList<string> columns, IReadOnlyList<string>? header = null, bool widest = false)
    {
        int[]? chosen = header is null ? null : Choose(header, columns, path);
        foreach (var (number, line) in DataFile.Lines(path))
            if (header is null) chosen = Choose(header = line.Split('\t'), columns, path);
            else if (line.Length > 0 || header.Count == 1) yield return Fields(line, chosen!, new(path, number), widest ? header.Count : int.MaxValue);
        if (chosen is null) throw Empty(path);
    }

    // only what is wanted becomes a string: most of MNLI's rows are parse trees
    static DataRow Fields(string line, int[] chosen, RowPlace place, int most)
    {
        var ranges = new List<Range>();
        foreach (var range in line.AsSpan().Split('\t')) ranges.Add(range);
        return ranges.Count > most ? DataRow.TooWide(place, ranges.Count, most, "a text must not hold a tab")
            : new(place, [.. chosen.Select(c => new DataCell(c < ranges.Count ? line[ranges[c]] : null))]);
    }

    static IEnumerable<DataRow> Csv(string path, IReadOnlyList<string> columns)
    {
        int line = 1; // the record's first
        var configuration = new CsvConfiguration(System.Globalization.CultureInfo.InvariantCulture)
        {
            IgnoreBlankLines = false, // they count as lines
            BadDataFound = _ => throw new TrainingException($"{path}, line {line}: a quote out of place; fields with quotes are quoted, and quotes in them doubled"),
        };
        using var parser = new CsvParser(new StringReader(DataFile.Text(path)), configuration);
        int[]? chosen = null;
        int width = 0;
        for (; parser.Read(); line = parser.RawRow + 1)
        {
            string[] fields = parser.Record!;
            if (fields is [""] && width != 1) continue; // of one column, a blank line is an empty field
            if (chosen is null) (chosen, width) = (Choose(fields, columns, path), fields.Length);
            else if (fields.Length > width) yield return DataRow.TooWide(new(path, line), fields.Length, width, "quote fields that hold a comma");
            else yield return new(new(path, line), [.. chosen.Select(c => new DataCell(c < fields.Length ? fields[c] : null))]);
        }

        if (chosen is null) throw Empty(path);
    }

    static IEnumerable<DataRow> JsonLines(string path, IReadOnlyList<string> columns)
    {
        // a column that the first object lacks is taken to be misspelt, one that a later object lacks makes a bad row
        bool whole = false, any = false;
        foreach (var (number, line) in DataFile.Lines(path))
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            any = true;
            var row = ParseObject(line, columns, new(path, number), whole);
            whole |= row.Fault is null;
            yield return row;
        }

        if (!any) throw Empty(path);
    }

    static DataRow ParseObject(string line, IReadOnlyList<string> columns, RowPlace place, bool mayLack)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return new(place, [], "not a JSON object");
            string[] names = [.. root.EnumerateObject().Select(p => p.Name)];
            if (columns.FirstOrDefault(c => !names.Contains(c)) is { } lacking) return mayLack ? new(place, [], Lacks(lacking, names)) : throw Missing(lacking, names, place.ToString());
            return new(place, [.. columns.Select(c => ToCell(root.GetProperty(c)))]);
        }
        catch (JsonException e)
        {
            return new(place, [], $"not JSON at byte {e.BytePositionInLine + 1} of the line");
        }
        catch (InvalidOperationException) // half of a surrogate pair, written as an escape
        {
            return new(place, [], "a string holds characters that are none");
        }
    }

    static DataCell ToCell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new(Text(value)) { IsObject = true },
        JsonValueKind.Array => new(null, [.. value.EnumerateArray().Select(Text).Select(t => t ?? "")]),
        _ => new(Text(value)),
    };

    static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };

    static int[] Choose(IReadOnlyList<string> header, IReadOnlyList<string> columns, string path) =>
        [.. columns.Select(c => header.ToList().IndexOf(c) is >= 0 and var i ? i : throw Missing(c, header, $"{path}, line 1"))];

    static MissingColumnException Missing(string column, IReadOnlyList<string> names, string place) =>
        new($"{place}: {Lacks(column, names)}");

    static string Lacks(string column, IReadOnlyList<string> names) => $"no column \"{column}\"; there are {string.Join(", ", names.Take(MostNames).Select(n => $"\"{n}\""))}";

    static TrainingException Empty(string path) => new($"{path}: the file is empty");
}
