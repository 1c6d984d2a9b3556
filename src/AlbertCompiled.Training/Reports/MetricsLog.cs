using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>What a run measured, read back from metrics.jsonl.</summary>
/// <param name="Steps">Training steps, ascending.</param>
/// <param name="Evaluations">Evaluations on held-out text, ascending; the last may be the final one, on all of it.</param>
/// <param name="Baselines">The baselines; null if they were not measured.</param>
public sealed record MetricsLog(IReadOnlyList<JsonElement> Steps, IReadOnlyList<JsonElement> Evaluations, JsonElement? Baselines)
{
    // what a line of a kind is read for; one without is left out
    static readonly string[] HeldOut = ["loss", "mlm_loss", "sop_loss", "mlm_accuracy", "sop_accuracy", "sequences", "predictions"];
    static readonly Dictionary<string, string[]> Needed = new()
    {
        ["step"] = ["loss", "mlm_accuracy", "sop_accuracy", "learning_rate", "gradient_norm", "sequence", "tokens", "tokens_per_s"],
        ["evaluation"] = HeldOut,
        ["final"] = HeldOut,
        ["baselines"] = ["most_frequent_token", "previous_token", "first_tokens"],
    };

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
                string kind = element.GetProperty("kind").GetString()!;
                if (!Needed.TryGetValue(kind, out string[]? needed) || !needed.All(name => IsNumber(element, name))) continue;
                switch (kind)
                {
                    case "step": steps.Add(element); break;
                    case "baselines": baselines = element; break;
                    default: evaluations.Add(element); break;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason(path)}", e);
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
            foreach (string line in Kept(File.ReadLines(path), keepSteps)) writer.WriteLine(line);
        });
    }

    /// <summary>The lines that stay.</summary>
    internal static IEnumerable<string> Kept(IEnumerable<string> lines, long keepSteps) =>
        lines.Where(line => Parse(line) is { } e && e.GetProperty("step").GetInt64() <= keepSteps && e.GetProperty("kind").GetString() != "final");

    /// <summary>What a line measured: an object with a kind and a step, whose other values are numbers or truth values. Null: it is none, and is left out.</summary>
    internal static JsonElement? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && HasKindAndStep(root) && root.EnumerateObject().All(IsMeasured) ? root.Clone() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>True if a measurement has a number of this name.</summary>
    internal static bool IsNumber(JsonElement measured, string name) => measured.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number;

    static bool HasKindAndStep(JsonElement root) =>
        root.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String && IsNumber(root, "step") && root.GetProperty("step").TryGetInt64(out _);

    static bool IsMeasured(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.String => property.Name == "kind" && property.Value.GetString() is not null,
        JsonValueKind.Number => double.IsFinite(property.Value.GetDouble()),
        JsonValueKind.True or JsonValueKind.False => true,
        _ => false,
    };
}
