using System.Runtime.InteropServices;

namespace AlbertCompiled.Cli;

/// <summary>The user's wish to stop.</summary>
public sealed class Interruption : IDisposable
{
    readonly CancellationTokenSource source = new();
    PosixSignalRegistration[] registrations = [];

    /// <summary>Cancelled by the wish.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Follows Ctrl-C and the termination signal. A second one ends the process at once.</summary>
    public static Interruption FromSignals()
    {
        var interruption = new Interruption();
        interruption.registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM]).Select(s => PosixSignalRegistration.Create(s, interruption.Handle))];
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
        if (source.IsCancellationRequested) return;
        context.Cancel = true;
        Request();
    }
}
