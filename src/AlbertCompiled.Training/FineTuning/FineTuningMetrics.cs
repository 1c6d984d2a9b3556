using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>Writes what fine-tuning measures as JSON lines: an object an update and an object an epoch.</summary>
public sealed class FineTuningMetrics : IDisposable
{
    readonly StreamWriter writer;

    /// <summary>Opens the file to append.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public FineTuningMetrics(string path)
    {
        try
        {
            writer = new(path, append: true) { NewLine = "\n" };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write {path}: {e.Message}", e);
        }
    }

    /// <summary>Writes an update.</summary>
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
    public void Epoch(EpochResult epoch)
    {
        var values = new Dictionary<string, object> { ["kind"] = "evaluation", ["step"] = epoch.Step, ["epoch"] = epoch.Epoch, ["training_loss"] = epoch.TrainingLoss, ["best"] = epoch.IsBest };
        foreach (var (metric, value) in epoch.Metrics) values[metric] = value;
        Write(values);
        writer.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

    void Write(Dictionary<string, object> values) => writer.WriteLine(JsonSerializer.Serialize(values));
}
