using AlbertCompiled.Onnx;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>The one place where exceptions become a line and an exit code.</summary>
static class Failures
{
    public const int Failure = 1, Usage = 2, Interrupted = 130;

    // the first row that fits counts
    static readonly (Type Exception, Func<Exception, string> Line)[] Known =
    [
        (typeof(TrainingException), e => e.Message),
        (typeof(DeviceException), e => e.Message),
        (typeof(BatchException), e => e.Message),
        (typeof(OnnxException), e => e.Message),
        (typeof(OutOfMemoryException), _ => "out of memory: smaller batches (--batch-tokens, --accumulate), fewer sequences or a smaller model need less"),
        (typeof(UnauthorizedAccessException), e => e.Message),
        (typeof(IOException), e => e.Message),
    ];

    /// <summary>Says what went wrong in one line; returns the exit code.</summary>
    public static int Report(Exception exception, TextWriter error)
    {
        if (exception is OperationCanceledException)
        {
            Tell(error, "interrupted");
            return Interrupted;
        }

        foreach (var (type, line) in Known)
        {
            if (!type.IsInstanceOfType(exception)) continue;
            Tell(error, $"error: {OneLine(line(exception))}");
            return Failure;
        }

        Tell(error, $"error: unexpected {exception.GetType().Name}: {OneLine(exception.Message)} (set ALBERT_TRACE=1 to see where)");
        if (Environment.GetEnvironmentVariable("ALBERT_TRACE") == "1") Tell(error, exception.StackTrace);
        return Failure;
    }

    /// <summary>Writes a line to standard error; where that is full or closed, the exit code tells alone.</summary>
    public static void Tell(TextWriter error, string? line)
    {
        try
        {
            error.WriteLine(line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
        }
    }

    static string OneLine(string message) => string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
