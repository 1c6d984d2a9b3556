using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace AlbertCompiled.Training;

/// <summary>Fills batches ahead on a thread of its own. A fixed ring of batches is used again and again; taking one allocates nothing.</summary>
public sealed class BatchQueue : IDisposable
{
    const int Ahead = 4;

    readonly object gate = new();
    readonly TokenBatch[] ring;
    readonly IBatchSource source;
    readonly Thread thread;
    readonly long end;
    long filled, taken; // steps; a taken batch is in use until the next is taken
    ExceptionDispatchInfo? failure;
    bool stopped;
    long waited; // stopwatch ticks

    /// <summary>Starts filling.</summary>
    /// <param name="source">Where batches come from.</param>
    /// <param name="capacity">The room of a batch.</param>
    /// <param name="firstStep">The first step to take.</param>
    /// <param name="endStep">The step after the last.</param>
    public BatchQueue(IBatchSource source, Capacity capacity, long firstStep, long endStep)
    {
        this.source = source;
        ring = [.. Enumerable.Range(0, Ahead).Select(_ => new TokenBatch(capacity))];
        filled = taken = firstStep;
        end = endStep;
        thread = new(Run) { IsBackground = true, Name = "batches" };
        thread.Start();
    }

    /// <summary>Seconds that <see cref="Take"/> has waited for batches.</summary>
    public double Waited => waited / (double)Stopwatch.Frequency;

    /// <summary>The next step's batch, valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">All steps have been taken.</exception>
    public TokenBatch Take()
    {
        if (taken == end) throw new InvalidOperationException("no step is left");
        lock (gate)
        {
            if (filled == taken && failure is null) Wait();
            if (filled == taken) failure?.Throw();
            var batch = ring[taken++ % Ahead];
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
        while (filled == taken && failure is null) Monitor.Wait(gate);
        waited += Stopwatch.GetTimestamp() - start;
    }

    void Run()
    {
        try
        {
            for (long step = filled; step < end; step++)
            {
                lock (gate)
                    while (step - taken >= Ahead - 1 && !stopped) Monitor.Wait(gate);
                if (stopped) return;
                source.Fill(step, ring[step % Ahead]);
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
