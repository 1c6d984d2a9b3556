using System.Buffers;
using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>
/// Appends measurements to metrics.jsonl, a JSON object a line, and on <see cref="Flush"/> to the event file beside it. Writing a step allocates nothing.
/// A disk that does not take them is an <see cref="IOException"/> that names the file.
/// </summary>
public sealed class MetricsWriter : IDisposable
{
    static ReadOnlySpan<byte> NewLine => "\n"u8;

    readonly string path;
    readonly FileStream stream;
    readonly ArrayBufferWriter<byte> buffer = new(1024);
    readonly Utf8JsonWriter json;
    readonly TensorBoardEvents events;
    bool failed;

    /// <summary>Opens the file to append.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keepSteps">What was measured after this step is dropped: a resumed run measures it again.</param>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public MetricsWriter(string path, long keepSteps = 0)
    {
        this.path = path;
        try
        {
            MetricsLog.Truncate(path, keepSteps);
            stream = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, 1 << 16);
            events = new(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write {path}: {e.Reason(path)}", e);
        }

        json = new(buffer);
    }

    /// <summary>Writes a training step.</summary>
    public void Step(in StepReport r)
    {
        Begin("step", r.Step);
        json.WriteNumber("loss", r.Loss);
        json.WriteNumber("mlm_loss", r.MlmLoss);
        json.WriteNumber("sop_loss", r.SopLoss);
        json.WriteNumber("mlm_accuracy", r.MlmAccuracy);
        json.WriteNumber("sop_accuracy", r.SopAccuracy);
        json.WriteNumber("learning_rate", r.LearningRate);
        json.WriteNumber("gradient_norm", r.GradientNorm);
        json.WriteNumber("sequence", r.Sequence);
        json.WriteNumber("tokens", r.Tokens);
        json.WriteNumber("tokens_per_s", Math.Round(r.Tokens / Math.Max(r.Seconds, 1e-9)));
        json.WriteNumber("wait", Math.Round(r.Wait, 6));
        End();
    }

    /// <summary>Writes an evaluation.</summary>
    public void Evaluation(long step, EvaluationResult r, bool final)
    {
        Begin(final ? "final" : "evaluation", step);
        json.WriteNumber("loss", r.Loss);
        json.WriteNumber("mlm_loss", r.MlmLoss);
        json.WriteNumber("sop_loss", r.SopLoss);
        json.WriteNumber("mlm_accuracy", r.MlmAccuracy);
        json.WriteNumber("sop_accuracy", r.SopAccuracy);
        json.WriteNumber("sequences", r.Sequences);
        json.WriteNumber("predictions", r.Predictions);
        End();
    }

    /// <summary>Writes the baselines.</summary>
    public void Baselines(Baselines b)
    {
        Begin("baselines", 0);
        json.WriteNumber("most_frequent_token", b.MostFrequentToken);
        json.WriteNumber("previous_token", b.PreviousToken);
        json.WriteNumber("first_tokens", b.FirstTokens);
        End();
    }

    /// <summary>Brings everything written to the disk, and the event file up to it.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Flush()
    {
        Guard(() => stream.Flush(flushToDisk: true));
        events.Append();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        json.Dispose();
        Guard(stream.Dispose);
        events.Dispose();
    }

    void Begin(string kind, long step)
    {
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        json.WriteStartObject();
        json.WriteString("kind", kind);
        json.WriteNumber("step", step);
        json.WriteNumber("time", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
    }

    void End()
    {
        json.WriteEndObject();
        json.Flush();
        buffer.Write(NewLine);
        try
        {
            stream.Write(buffer.WrittenSpan);
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (IOException) when (failed)
        {
            // it has been told: closing the file is no second failure
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    IOException Failed(IOException e)
    {
        failed = true;
        return new($"cannot write {path}: {e.Reason(path)}", e);
    }
}
