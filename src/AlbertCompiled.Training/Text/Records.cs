using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace AlbertCompiled.Training;

/// <summary>Texts in the records of structured files, in order; null where a record has none.</summary>
static class Records
{
    const int LongestRowGroup = 1 << 24; // rows; a reader holds the strings of a group

    /// <summary>A field of each line, which is a JSON object.</summary>
    /// <exception cref="TrainingException">A line is too long or no such object, or the field is missing or no string.</exception>
    public static IEnumerable<string?> JsonLines(string file, string field) => JsonLines(TextFile.Open(file), file, field);

    /// <summary>A field of each line of a stream, which is closed at its end.</summary>
    internal static IEnumerable<string?> JsonLines(Stream stream, string file, string field)
    {
        using var lines = new TextLines(stream, file, TextFiles.LongestRecord, LongLines.Refuse);
        while (lines.Read() is { } line)
            if (!string.IsNullOrWhiteSpace(line)) yield return Field(line, field, $"{file}, line {lines.Number}");
    }

    /// <summary>A column of strings, row group by row group.</summary>
    /// <exception cref="TrainingException">The file is no Parquet file, or has no such column.</exception>
    public static IEnumerable<string?> Parquet(string file, string column)
    {
        using var stream = TextFile.Open(file);
        var reader = Try(file, () => ParquetReader.CreateAsync(stream).GetAwaiter().GetResult());
        try
        {
            var field = Try(file, () => Column(reader, file, column));
            for (int group = 0; group < reader.RowGroupCount; group++)
                foreach (string? text in Try(file, () => RowGroup(reader, group, field, file)))
                    yield return text;
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    static string? Field(string line, string field, string place)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new TrainingException($"{place}: a JSON {Name(root.ValueKind)}, not an object");
            if (!root.TryGetProperty(field, out var value))
                throw new TrainingException($"{place}: no field {field}; choose one with --column; there are {string.Join(", ", root.EnumerateObject().Select(p => p.Name).Take(20))}");
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Null => null,
                var kind => throw new TrainingException($"{place}: the field {field} is a JSON {Name(kind)}, not a string"),
            };
        }
        catch (JsonException e)
        {
            throw new TrainingException($"{place}: not JSON at byte {e.BytePositionInLine + 1} of the line", e);
        }
        catch (InvalidOperationException e) // half of a surrogate pair, written as an escape
        {
            throw new TrainingException($"{place}: the field {field} holds characters that are none", e);
        }
    }

    static string Name(JsonValueKind kind) => kind is JsonValueKind.True or JsonValueKind.False ? "boolean" : kind.ToString().ToLowerInvariant();

    static DataField Column(ParquetReader reader, string file, string column)
    {
        var fields = reader.Schema.GetDataFields();
        var field = fields.FirstOrDefault(f => f.Path.ToString() == column)
            ?? throw new TrainingException($"{file}: no column {column}; choose one with --column; there are {string.Join(", ", fields.Select(f => f.Path.ToString()).Take(20))}");
        bool isText = field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);
        return isText && !field.IsArray && field.MaxRepetitionLevel == 0 ? field : throw new TrainingException($"{file}: the column {column} holds no strings");
    }

    static string?[] RowGroup(ParquetReader reader, int group, DataField field, string file)
    {
        using var rows = reader.OpenRowGroupReader(group);
        if (rows.RowCount is < 0 or > LongestRowGroup) throw new TrainingException($"{file}: row group {group} has {rows.RowCount} rows; write groups of at most {LongestRowGroup}");
        var texts = new string?[rows.RowCount];
        rows.ReadAsync(field, texts.AsMemory()!).AsTask().GetAwaiter().GetResult();
        return texts;
    }

    // the library tells damage by exceptions of many kinds
    static T Try<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (TrainingException or OutOfMemoryException))
        {
            throw new TrainingException($"cannot read {file} as Parquet: {e.Message}", e);
        }
    }
}
