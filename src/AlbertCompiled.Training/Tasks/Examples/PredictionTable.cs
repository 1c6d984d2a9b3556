using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>Files of predictions that are tables. The end of a file's name tells its form: TSV, CSV (RFC 4180) or JSON lines; TSV if it is another.</summary>
public static class PredictionTable
{
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = TrainingJson.Default };

    // how a line is written, and the file read; the first is the usual one
    static readonly (string Ending, bool HasHeader, Func<IReadOnlyList<string>, object[], string> Line, Func<string, IReadOnlyList<string>, IEnumerable<DataRow>> Read)[] Forms =
    [
        (".tsv", true, (_, fields) => string.Join('\t', fields.Select(Text)), (path, columns) => DataTable.Tsv(path, columns)),
        (".csv", true, (_, fields) => string.Join(',', fields.Select(f => Quoted(Text(f)))), DataTable.Read),
        (".jsonl", false, (columns, fields) => JsonSerializer.Serialize(columns.Zip(fields).ToDictionary(p => p.First, p => p.Second is double d ? Math.Round(d, Decimals) : p.Second), TrainingJson.Of<Dictionary<string, object>>(Json)), DataTable.Read),
    ];

    const int Decimals = 3; // of a benchmark's scores

    /// <summary>The ends of names that tell a form, the usual one first.</summary>
    public static IReadOnlyList<string> Endings { get; } = [.. Forms.Select(f => f.Ending)];

    /// <summary>Writes a table.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <param name="rows">The fields of each row: texts, whole numbers, a benchmark's scores as <see cref="double"/>, one's own, of any unit, as <see cref="float"/>.</param>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    internal static void Write(string path, IReadOnlyList<string> columns, IEnumerable<object[]> rows)
    {
        var (_, hasHeader, line, _) = FormOf(path);
        DataFile.WriteText(path, writer =>
        {
            if (hasHeader) writer.WriteLine(line(columns, [.. columns]));
            foreach (object[] row in rows) writer.WriteLine(line(columns, row));
        });
    }

    /// <summary>The rows of such a file.</summary>
    /// <exception cref="TrainingException">It cannot be read, or lacks a column.</exception>
    internal static IEnumerable<DataRow> Read(string path, IReadOnlyList<string> columns) => FormOf(path).Read(path, columns);

    static (string Ending, bool HasHeader, Func<IReadOnlyList<string>, object[], string> Line, Func<string, IReadOnlyList<string>, IEnumerable<DataRow>> Read) FormOf(string path)
    {
        int form = Array.FindIndex(Forms, f => f.Ending.Equals(Path.GetExtension(path), StringComparison.OrdinalIgnoreCase));
        return Forms[Math.Max(0, form)];
    }

    static string Text(object field) => field is double score ? score.ToString("0.000", CultureInfo.InvariantCulture) : Convert.ToString(field, CultureInfo.InvariantCulture)!;

    static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
}
