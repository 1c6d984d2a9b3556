using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>Writes what fine-tuning measures as JSON lines, an object an update and an object an epoch, and reads it back.</summary>
public sealed class FineTuningMetrics : IDisposable
{
    // what an epoch's line has beside the task's metrics
    static readonly string[] OfEpoch = ["kind", "step", "epoch", "training_loss", "best"];
    static readonly string[] OfStep = ["loss", "learning_rate", "gradient_norm", "tokens", "tokens_per_s"];

    readonly string path;
    readonly FileStream stream;
    readonly StreamWriter writer;

    /// <summary>Opens the file to append.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keepSteps">What was measured after this step is dropped: a run that goes on measures it again.</param>
    /// <param name="keepEpochs">And what was measured after this epoch.</param>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public FineTuningMetrics(string path, long keepSteps = long.MaxValue, int keepEpochs = int.MaxValue)
    {
        this.path = path;
        try
        {
            MetricsLog.Truncate(path, keepSteps, e => Epoch(e) is not { } epoch || epoch.Epoch <= keepEpochs);
            stream = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            writer = new(stream) { NewLine = "\n" };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }
    }

    /// <summary>Reads updates and epochs back. Lines that are neither are left out, such as one cut short by a crash.</summary>
    /// <exception cref="TrainingException">The file cannot be read.</exception>
    public static (IReadOnlyList<FineTuningStep> Steps, IReadOnlyList<EpochResult> Epochs) Read(string path)
    {
        var steps = new List<FineTuningStep>();
        var epochs = new List<EpochResult>();
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                if (MetricsLog.Parse(line) is not { } measured) continue;
                string kind = measured.GetProperty("kind").GetString()!;
                if (kind == "step" && OfStep.All(name => MetricsLog.IsNumber(measured, name))) steps.Add(Step(measured));
                if (kind == "evaluation" && Epoch(measured) is { } epoch) epochs.Add(epoch);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason(path)}", e);
        }

        return (steps, epochs);
    }

    /// <summary>Writes an update.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public void Step(in FineTuningStep s) => Write(new()
    {
        ["kind"] = "step",
        ["step"] = s.Step,
        ["loss"] = s.Loss,
        ["learning_rate"] = s.LearningRate,
        ["gradient_norm"] = s.GradientNorm,
        ["tokens"] = s.Tokens,
        ["tokens_per_s"] = Math.Round(s.Tokens / Math.Max(s.Seconds, 1e-9)),
    });

    /// <summary>Writes an epoch, and brings all to the disk.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public void Epoch(EpochResult epoch)
    {
        var values = new Dictionary<string, object> { ["kind"] = "evaluation", ["step"] = epoch.Step, ["epoch"] = epoch.Epoch, ["training_loss"] = epoch.TrainingLoss, ["best"] = epoch.IsBest };
        foreach (var (metric, value) in epoch.Metrics) values[metric] = value;
        Write(values);
        Flush();
    }

    /// <summary>Brings all to the disk.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public void Flush() => Guard(() =>
    {
        writer.Flush();
        stream.Flush(flushToDisk: true);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            writer.Dispose();
        }
        catch (IOException)
        {
            // a write before has told it
        }
    }

    static FineTuningStep Step(JsonElement e)
    {
        double tokens = e.GetProperty("tokens").GetDouble();
        return new(
            e.GetProperty("step").GetInt64(), e.GetProperty("loss").GetSingle(), e.GetProperty("learning_rate").GetSingle(), e.GetProperty("gradient_norm").GetSingle(),
            (int)Math.Clamp(tokens, 0, int.MaxValue), tokens / Math.Max(1, e.GetProperty("tokens_per_s").GetDouble()));
    }

    // null: the line lacks something
    static EpochResult? Epoch(JsonElement e)
    {
        if (!MetricsLog.IsNumber(e, "epoch") || !e.GetProperty("epoch").TryGetInt32(out int epoch) || !MetricsLog.IsNumber(e, "training_loss")) return null;
        if (!e.TryGetProperty("best", out var best) || best.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return null;
        MetricValue[] metrics = [.. e.EnumerateObject().Where(p => !OfEpoch.Contains(p.Name) && p.Value.ValueKind == JsonValueKind.Number).Select(p => new MetricValue(p.Name, p.Value.GetDouble()))];
        return metrics.Length == 0 ? null : new(epoch, e.GetProperty("step").GetInt64(), e.GetProperty("training_loss").GetDouble(), metrics, best.GetBoolean());
    }

    void Write(Dictionary<string, object> values) => Guard(() => writer.WriteLine(JsonSerializer.Serialize(values, TrainingJson.Default.DictionaryStringObject)));

    void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, e);
        }
    }

    static TrainingException Failed(string path, Exception e) => new($"cannot write {path}: {e.Reason(path)}", e);
}
