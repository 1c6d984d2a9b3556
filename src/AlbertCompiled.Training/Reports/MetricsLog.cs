using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>What a training step measured. A long run has millions.</summary>
/// <param name="Step">Steps so far, this one counted.</param>
/// <param name="Loss">The loss.</param>
/// <param name="MlmAccuracy">Share of masked tokens found.</param>
/// <param name="SopAccuracy">Share of pairs whose order was told.</param>
/// <param name="LearningRate">Rate of the step.</param>
/// <param name="GradientNorm">Global norm before clipping.</param>
/// <param name="Sequence">Tokens of the longest sequence.</param>
/// <param name="Tokens">Tokens read.</param>
/// <param name="TokensPerSecond">Throughput.</param>
public readonly record struct MeasuredStep(
    long Step, float Loss, float MlmAccuracy, float SopAccuracy, float LearningRate, float GradientNorm, int Sequence, double Tokens, double TokensPerSecond);

/// <summary>What a run measured, read back from metrics.jsonl.</summary>
/// <param name="Steps">Training steps, ascending.</param>
/// <param name="Evaluations">Evaluations on held-out text, ascending; the last may be the final one, on all of it.</param>
/// <param name="Baselines">The baselines; null if they were not measured.</param>
public sealed record MetricsLog(IReadOnlyList<MeasuredStep> Steps, IReadOnlyList<JsonElement> Evaluations, JsonElement? Baselines)
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
        var steps = new List<MeasuredStep>();
        var evaluations = new List<JsonElement>();
        JsonElement? baselines = null;
        try
        {
            foreach (var (kind, element) in Measured(path))
                switch (kind)
                {
                    case "step": steps.Add(ToStep(element)); break;
                    case "baselines": baselines = element; break;
                    default: evaluations.Add(element); break;
                }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason(path)}", e);
        }

        return new(steps, evaluations, baselines);
    }

    /// <summary>True if the baselines were measured. They stand near the beginning, beyond which nothing is read.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool HasBaselines(string path) => Measured(path).Any(m => m.Kind == "baselines");

    static IEnumerable<(string Kind, JsonElement Measured)> Measured(string path)
    {
        foreach (string line in File.ReadLines(path))
            if (Parse(line) is { } element && element.GetProperty("kind").GetString() is { } kind && Needed.TryGetValue(kind, out string[]? needed) && needed.All(name => IsNumber(element, name)))
                yield return (kind, element);
    }

    static MeasuredStep ToStep(JsonElement e)
    {
        return new(
            e.GetProperty("step").GetInt64(), Single("loss"), Single("mlm_accuracy"), Single("sop_accuracy"), Single("learning_rate"), Single("gradient_norm"),
            (int)Math.Clamp(e.GetProperty("sequence").GetDouble(), 0, int.MaxValue), e.GetProperty("tokens").GetDouble(), e.GetProperty("tokens_per_s").GetDouble());

        float Single(string name) => (float)e.GetProperty(name).GetDouble();
    }

    /// <summary>Drops what was measured after a step, and the final evaluation, which is measured again.</summary>
    internal static void Truncate(string path, long keepSteps, Func<JsonElement, bool>? keeps = null)
    {
        if (!File.Exists(path)) return;
        DurableFiles.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            foreach (string line in Kept(File.ReadLines(path), keepSteps, keeps)) writer.WriteLine(line);
        });
    }

    /// <summary>The lines that stay.</summary>
    internal static IEnumerable<string> Kept(IEnumerable<string> lines, long keepSteps, Func<JsonElement, bool>? keeps = null) =>
        lines.Where(line => Parse(line) is { } e && e.GetProperty("step").GetInt64() <= keepSteps && e.GetProperty("kind").GetString() != "final" && keeps?.Invoke(e) != false);

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
