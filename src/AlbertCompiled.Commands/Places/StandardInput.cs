using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Examples on standard input, put into a file of JSON lines for as long as they are needed.</summary>
sealed class StandardInput : IDisposable
{
    readonly string folder, file;

    /// <summary>Reads to the end: JSON lines if the first one begins with a brace, else texts.</summary>
    /// <exception cref="TrainingException">There is nothing, it is not UTF-8, or it is text where the task has no such examples.</exception>
    public StandardInput(Stream stream, FineTuningConfiguration configuration)
    {
        string[] lines = [.. Lines(stream)];
        string first = lines.FirstOrDefault(l => !string.IsNullOrWhiteSpace(l)) ?? throw new TrainingException("standard input is empty: write a text a line, or name a file by --data");
        if (!first.StartsWith('{')) lines = [.. lines.Select((line, i) => ToJson(line, i + 1, configuration))];
        folder = Directory.CreateTempSubdirectory("albert-").FullName;
        file = Path.Combine(folder, "standard-input.jsonl");
        File.WriteAllLines(file, lines);
    }

    /// <summary>The examples.</summary>
    public TaskSet Read(TaskData reader)
    {
        try
        {
            return reader.Read(file, null, labelled: false);
        }
        catch (TrainingException e)
        {
            throw new TrainingException(e.Message.Replace(file, "standard input"), e);
        }
    }

    /// <summary>Columns of the JSON lines.</summary>
    public KeptColumns Keep(IReadOnlyList<string> columns)
    {
        try
        {
            return KeptColumns.Read(file, columns);
        }
        catch (TrainingException e)
        {
            throw new TrainingException(e.Message.Replace(file, "standard input"), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    static string ToJson(string line, int number, FineTuningConfiguration configuration)
    {
        var glue = GlueTasks.Find(configuration.Task);
        if (!TaskHead.Of(configuration.Task).OfTexts)
            throw new TrainingException($"standard input, line {number}: not a JSON object; {configuration.Task} takes JSON lines with the fields of its data");
        var (a, b) = glue is null ? (configuration.Columns.Text, configuration.Columns.Pair) : (glue.Columns.A, glue.Columns.B);
        string[] texts = line.Split('\t');
        if (texts.Length != (b is null ? 1 : 2)) throw new TrainingException($"standard input, line {number}: {texts.Length} text{(texts.Length == 1 ? "" : "s")}, where the task has {(b is null ? "one" : "two with a tab between them")}");
        var fields = new Dictionary<string, string> { [a] = texts[0] };
        if (b is not null) fields[b] = texts[1];
        return JsonLines.Of(fields);
    }

    static IEnumerable<string> Lines(Stream stream)
    {
        using var lines = new TextLines(stream, "standard input", TextFiles.LongestRecord, LongLines.Refuse);
        while (lines.Read() is { } line) yield return line; // a blank one is a text too: answers are counted as lines are
    }
}
