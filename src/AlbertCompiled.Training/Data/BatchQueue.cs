using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace AlbertCompiled.Training;

/// <summary>Fills batches ahead on a thread of its own. A fixed ring of batches is used again and again; taking one allocates nothing.</summary>
public sealed class BatchQueue : IDisposable
{
    const int Ahead = 3;

    readonly object gate = new();
    readonly TokenBatch[] ring;
    readonly IBatchSource source;
    readonly Thread thread;
    readonly long end;
    readonly int held;
    long filled, taken; // steps; a taken batch is in use until so many more are taken
    ExceptionDispatchInfo? failure;
    bool stopped;
    long waited; // stopwatch ticks

    /// <summary>Starts filling.</summary>
    /// <param name="source">Where batches come from.</param>
    /// <param name="capacity">The room of a batch.</param>
    /// <param name="firstStep">The first step to take.</param>
    /// <param name="endStep">The step after the last.</param>
    /// <param name="held">How many batches are in use at once: what is taken is valid until so many more have been taken.</param>
    /// <exception cref="ArgumentOutOfRangeException">The steps end before they begin, or no batch is in use.</exception>
    public BatchQueue(IBatchSource source, Capacity capacity, long firstStep, long endStep, int held = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        ArgumentOutOfRangeException.ThrowIfLessThan(endStep, firstStep);
        ArgumentOutOfRangeException.ThrowIfLessThan(held, 1);
        (this.source, this.held) = (source, held);
        ring = [.. Enumerable.Range(0, held + Math.Max(held, Ahead)).Select(_ => new TokenBatch(capacity))];
        filled = taken = firstStep;
        end = endStep;
        thread = new(Run) { IsBackground = true, Name = "batches" };
        thread.Start();
    }

    /// <summary>Seconds that <see cref="Take"/> has waited for batches.</summary>
    public double Waited => waited / (double)Stopwatch.Frequency;

    /// <summary>The next step's batch.</summary>
    /// <exception cref="InvalidOperationException">All steps have been taken.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed of, before or meanwhile.</exception>
    public TokenBatch Take()
    {
        if (taken == end) throw new InvalidOperationException("no step is left");
        lock (gate)
        {
            if (filled == taken && failure is null) Wait();
            ObjectDisposedException.ThrowIf(stopped, this);
            if (filled == taken) failure?.Throw();
            var batch = ring[taken++ % ring.Length];
            Monitor.Pulse(gate); // the batch taken before is free
            return batch;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }

        thread.Join();
    }

    void Wait()
    {
        long start = Stopwatch.GetTimestamp();
        while (filled == taken && failure is null && !stopped) Monitor.Wait(gate);
        waited += Stopwatch.GetTimestamp() - start;
    }

    void Run()
    {
        try
        {
            for (long step = filled; step < end; step++)
            {
                lock (gate)
                    while (step - taken >= ring.Length - held && !stopped) Monitor.Wait(gate);
                if (stopped) return;
                source.Fill(step, ring[step % ring.Length]);
                lock (gate)
                {
                    filled = step + 1;
                    Monitor.Pulse(gate);
                }
            }
        }
        catch (Exception e)
        {
            lock (gate)
            {
                failure = ExceptionDispatchInfo.Capture(e);
                Monitor.PulseAll(gate);
            }
        }
    }
}
