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
    public static IEnumerable<string?> Parquet(string file, string column) => Parquet(TextFile.Open(file), file, column);

    /// <summary>A column of a stream, which is closed at its end.</summary>
    internal static IEnumerable<string?> Parquet(Stream stream, string file, string column)
    {
        using var bounded = new BoundedStream(stream);
        var reader = Try(file, () =>
        {
            ParquetCheck.Footer(bounded);
            return ParquetReader.CreateAsync(bounded).GetAwaiter().GetResult();
        });
        var field = Try(file, () => Column(reader, file, column));
        for (int group = 0; group < reader.RowGroupCount; group++)
        {
            var (texts, levels) = Try(file, () => RowGroup(reader.OpenRowGroupReader(group), field, bounded));
            int text = 0;
            // strings are made one by one: rows may share an entry of the dictionary
            for (int row = 0; row < texts.Length; row++)
                yield return levels is not null && levels[row] < field.MaxDefinitionLevel ? null : new(texts[text++].Span);
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

    // the texts that there are, and for each row whether it has one; null: they all have
    static (ReadOnlyMemory<char>[] Texts, int[]? Levels) RowGroup(ParquetRowGroupReader rows, DataField field, BoundedStream stream)
    {
        long count = rows.RowCount;
        if (count is < 0 or > LongestRowGroup) throw new InvalidDataException($"a row group has {count} rows; write groups of at most {LongestRowGroup}");
        if (count == 0) return ([], null);
        var column = rows.GetMetadata(field)?.MetaData ?? throw new InvalidDataException($"a row group lacks the column {field.Path}");
        stream.End = ParquetCheck.Pages(stream, column, count);
        var texts = new ReadOnlyMemory<char>[count];
        int[]? levels = field.MaxDefinitionLevel > 0 ? new int[count] : null;
        Memory<int>? definition = null;
        if (levels is not null) definition = levels; // converted, an array that is null would become a memory that is not
        rows.ReadRawAsync<ReadOnlyMemory<char>>(field, texts, definition, null).AsTask().GetAwaiter().GetResult();
        stream.End = stream.Length;
        return (texts, levels);
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
