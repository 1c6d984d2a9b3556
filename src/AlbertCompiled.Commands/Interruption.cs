using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Commands;

/// <summary>The user's wish to stop.</summary>
sealed class Interruption : IDisposable
{
    // by convention 128 and the signal's number
    static readonly Dictionary<PosixSignal, int> ExitCodes = new() { [PosixSignal.SIGINT] = Failures.Interrupted, [PosixSignal.SIGTERM] = 143, [PosixSignal.SIGHUP] = 129 };

    // timeout(1) and some schedulers send the same signal twice: to the process and to its group
    static readonly TimeSpan Repeat = TimeSpan.FromSeconds(1);

    readonly CancellationTokenSource source = new();
    long requested;
    PosixSignalRegistration[] registrations = [];

    /// <summary>Cancelled by the wish.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>The exit code of a command that was stopped.</summary>
    public int ExitCode { get; private set; } = Failures.Interrupted;

    /// <summary>Follows Ctrl-C, the termination signal and the end of the terminal. A second one ends the process at once, unless it comes with the first.</summary>
    public static Interruption FromSignals()
    {
        var interruption = new Interruption();
        interruption.registrations = [.. ExitCodes.Keys.Select(s => PosixSignalRegistration.Create(s, interruption.Handle))];
        return interruption;
    }

    /// <summary>Wishes to stop.</summary>
    public void Request() => source.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        source.Dispose();
    }

    void Handle(PosixSignalContext context)
    {
        context.Cancel = Interlocked.CompareExchange(ref requested, Stopwatch.GetTimestamp(), 0) is var first && (first == 0 || Stopwatch.GetElapsedTime(first) < Repeat);
        if (first != 0) return;
        ExitCode = ExitCodes[context.Signal];
        Request();
    }
}
