using System.Globalization;
using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>Which columns of a table hold questions, contexts and answers.</summary>
/// <param name="Question">The question.</param>
/// <param name="Context">The text to find the answer in.</param>
/// <param name="Answer">The answer, or an object of SQuAD's form with the lists "text" and "answer_start"; empty: there is none. Null: a test set.</param>
/// <param name="Start">Where the answer starts, in characters (code points) from 0. Null: where the context first has it.</param>
public sealed record SpanColumns(string Question, string Context, string? Answer, string? Start = null)
{
    internal IReadOnlyList<string> All => [.. new[] { Question, Context, Answer, Start }.OfType<string>()];
}

/// <summary>Questions with their contexts from anybody's CSV, TSV or JSON lines. A question's ID is the number of its record, from 0.</summary>
public static class OwnSpans
{
    /// <summary>The examples of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="badRows">What becomes of rows without text, or whose answer is not in the context.</param>
    /// <exception cref="TrainingException">The file cannot be read, lacks a column or has a bad row.</exception>
    public static ExampleSet<SpanExample> Read(string path, SpanColumns columns, BadRows badRows = BadRows.Refuse) =>
        ExampleSet<SpanExample>.Read(path, DataTable.Read(path, columns.All).Index(), row => Parse(row.Index, row.Item, columns), badRows);

    static SpanExample Parse(int index, DataRow row, SpanColumns columns)
    {
        var reader = new RowReader(row, columns.All);
        string context = reader.Text(columns.Context), answer = columns.Answer is null ? "" : reader.Field(columns.Answer, orObject: true);
        return new(index.ToString(CultureInfo.InvariantCulture), reader.Text(columns.Question), context, answer.Length == 0 ? [] : Listed(answer, context, reader) ?? [Locate(answer, context, reader, columns)]);
    }

    // {"text": ["42"], "answer_start": [14]}, as the Python library of data sets has SQuAD; null: an answer like any other
    static Answer[]? Listed(string answer, string context, RowReader reader)
    {
        if (answer[0] != '{') return null;
        try
        {
            using var document = JsonDocument.Parse(answer);
            if (!document.RootElement.TryGetProperty("text", out var texts) || !document.RootElement.TryGetProperty("answer_start", out var starts)) return null;
            (string? Text, int Start)[] pairs = [.. texts.EnumerateArray().Select(t => t.GetString()).Zip(starts.EnumerateArray().Select(s => s.GetInt32()))];
            if (texts.GetArrayLength() != starts.GetArrayLength() || pairs.Any(p => string.IsNullOrWhiteSpace(p.Text))) throw reader.Place.Error("an answer has no text, or no place");
            return [.. pairs.Select(p => AnswerPlace.At(context, p.Text!, p.Start, reader.Place))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    static Answer Locate(string answer, string context, RowReader reader, SpanColumns columns)
    {
        if (columns.Start is not null) return AnswerPlace.At(context, answer, reader.Number(columns.Start), reader.Place);
        int start = context.IndexOf(answer, StringComparison.Ordinal);
        return start >= 0 ? new(answer, start) : throw reader.Place.Error($"the answer \"{answer}\" is not in the context");
    }
}
