using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>What a run measured, read back from metrics.jsonl.</summary>
/// <param name="Steps">Training steps, ascending.</param>
/// <param name="Evaluations">Evaluations on held-out text, ascending; the last may be the final one, on all of it.</param>
/// <param name="Baselines">The baselines; null if they were not measured.</param>
public sealed record MetricsLog(IReadOnlyList<JsonElement> Steps, IReadOnlyList<JsonElement> Evaluations, JsonElement? Baselines)
{
    /// <summary>Reads a file. A last line cut short by a crash is left out.</summary>
    /// <exception cref="TrainingException">The file cannot be read.</exception>
    public static MetricsLog Read(string path)
    {
        var steps = new List<JsonElement>();
        var evaluations = new List<JsonElement>();
        JsonElement? baselines = null;
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                if (Parse(line) is not { } element) continue;
                switch (element.GetProperty("kind").GetString())
                {
                    case "step": steps.Add(element); break;
                    case "evaluation" or "final": evaluations.Add(element); break;
                    case "baselines": baselines = element; break;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Message}", e);
        }

        return new(steps, evaluations, baselines);
    }

    /// <summary>Drops what was measured after a step, and the final evaluation, which is measured again.</summary>
    internal static void Truncate(string path, long keepSteps)
    {
        if (!File.Exists(path)) return;
        DurableFiles.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            foreach (string line in File.ReadLines(path))
                if (Parse(line) is { } e && e.GetProperty("step").GetInt64() <= keepSteps && e.GetProperty("kind").GetString() != "final") writer.WriteLine(line);
        });
    }

    internal static JsonElement? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("kind", out _) ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
