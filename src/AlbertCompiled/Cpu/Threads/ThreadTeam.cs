using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Cpu;

/// <summary>
/// A fixed number of threads, the caller among them, that share the parts of one job at a time. Handing out a job allocates
/// nothing. Parts are dealt in equal runs, one to a thread, so that a thread meets the same rows again in the next job; who
/// is done early takes from the others, and one that the system has not let run by the end is not waited for. Parts are
/// independent, hence who runs which never influences a result.
/// </summary>
/// <remarks>
/// Between jobs the others spin for some microseconds, then yield, and sleep after a millisecond: jobs of a training step
/// follow each other within microseconds, and waking a thread costs more than many of them.
/// A team of as many threads as there are processors gives each its own; a smaller one leaves that to the system, for another
/// program may choose the same ones.
/// One calling thread at a time, which <see cref="Take"/> sees to; a job must not call its own team.
/// </remarks>
public sealed unsafe class ThreadTeam : IDisposable
{
    /// <summary>The run of parts dealt to one thread, on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    struct Share
    {
        public int Next, End;

        /// <summary>The ticket of the job that the thread may still join; <see cref="Closed"/> once it did or came too late.</summary>
        public long Invitation;
    }

    /// <summary>A thread's right to the team, until it is disposed of.</summary>
    internal readonly ref struct Turn(ThreadTeam? team)
    {
        public void Dispose() => team?.Release();
    }

    const long Closed = 0;
    const int Nobody = 0, MaximumThreads = 1024, SpinMicroseconds = 20, ParkMicroseconds = 1000;

    readonly List<Thread> workers = [];
    readonly object gate = new();

    // One for each thread, or empty.
    readonly int[] processors;
    readonly Share* shares;
    readonly NativeBuffer scratch = new();

    // The managed id of the thread whose turn it is, and how often it took the team.
    int owner, depth;

    // The job in progress, written before the invitations and the ticket that announce it.
    delegate*<void*, int, float*, void> body;
    void* job;
    float* scratchBase;
    long scratchStride;
    int participants;
    ExceptionDispatchInfo? failure;

    // The number of the job.
    long ticket;
    int running, sleepers;
    bool busy, stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Threads, the caller included: 1 to 1024.</param>
    public ThreadTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, MaximumThreads);
        Threads = threads;
        processors = threads > 1 && Processors.Allowed() is var allowed && allowed.Length == threads ? allowed : [];
        shares = (Share*)NativeMemory.AlignedAlloc((nuint)(threads * sizeof(Share)), 128);
        NativeMemory.Clear(shares, (nuint)(threads * sizeof(Share)));
        try
        {
            for (int i = 1; i < threads; i++)
            {
                int thread = i;
                var worker = new Thread(() => Serve(thread)) { IsBackground = true, Name = $"{nameof(ThreadTeam)} {thread}" };
                worker.UnsafeStart();
                workers.Add(worker);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Threads, the caller included.</summary>
    public int Threads { get; }

    /// <summary>What messages call it.</summary>
    internal string Name { get; init; } = "the team";

    /// <summary>Memory for packed operands, of the thread whose turn it is.</summary>
    internal NativeBuffer Packing { get; } = new();

    /// <summary>If not null, hears of every job after it ran, and how long it took.</summary>
    internal Action<IWork, TimeSpan>? Observer { get; set; }

    /// <summary>Lets no other thread use the team until the turn ends: for jobs that hand memory to each other. A job by itself needs no such call, and turns may be nested.</summary>
    /// <exception cref="InvalidOperationException">It is another thread's turn.</exception>
    internal Turn Take()
    {
        int thread = Environment.CurrentManagedThreadId;
        if (Volatile.Read(ref owner) != thread)
        {
            int other = Interlocked.CompareExchange(ref owner, thread, Nobody);
            if (stopping && other == Nobody) Volatile.Write(ref owner, Nobody);
            if (stopping) throw new ObjectDisposedException(Name);
            if (other != Nobody) throw new InvalidOperationException($"{Name} computes for another thread: use a device from one thread at a time");
        }

        depth++;
        return new(this);
    }

    /// <summary>The same for reading, writing and freeing what jobs work on: a team that is gone works on nothing.</summary>
    internal Turn TakeUnlessGone() => stopping ? default : Take();

    void Release()
    {
        if (--depth == 0) Volatile.Write(ref owner, Nobody);
    }

    /// <summary>Runs a kernel over rows in chunks of <see cref="ArenaPlan.ChunkRows"/>.</summary>
    /// <exception cref="InvalidOperationException">It is another thread's turn, or a job of this team is in progress.</exception>
    public void Rows<TKernel>(TKernel kernel, int rows) where TKernel : struct, IRowKernel
    {
        int chunks = ArenaPlan.ChunkCount(rows);
        int parts = Threads == 1 ? Math.Min(chunks, 1) : Math.Min(chunks, 4 * Threads);
        Run(new RowJob<TKernel> { Kernel = kernel, Rows = rows, Chunks = chunks, Parts = parts }, parts);
    }

    /// <summary>Runs a job's parts 0 to <paramref name="parts"/> − 1. What a part throws, if several do the first, comes out once all threads are done.</summary>
    /// <exception cref="InvalidOperationException">It is another thread's turn, or a job of this team is in progress.</exception>
    public void Run<TJob>(TJob job, int parts) where TJob : struct, IJob
    {
        long start = Observer is null ? 0 : Stopwatch.GetTimestamp();
        Dispatch(&Invoke<TJob>, Unsafe.AsPointer(ref job), parts, 0);
        Observer?.Invoke(job, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Runs a job's parts, each with <paramref name="scratch"/> floats of the thread that runs it.</summary>
    /// <exception cref="InvalidOperationException">It is another thread's turn, or a job of this team is in progress.</exception>
    public void Run<TJob>(TJob job, int parts, long scratch) where TJob : struct, IScratchJob
    {
        long start = Observer is null ? 0 : Stopwatch.GetTimestamp();
        Dispatch(&InvokeWithScratch<TJob>, Unsafe.AsPointer(ref job), parts, scratch);
        Observer?.Invoke(job, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Ends the threads and frees the memory.</summary>
    /// <exception cref="InvalidOperationException">It is another thread's turn, or a job of this team is in progress.</exception>
    public void Dispose()
    {
        if (stopping) return;
        using var turn = Take();
        RequireIdle();
        lock (gate)
        {
            Volatile.Write(ref stopping, true);
            Monitor.PulseAll(gate);
        }

        foreach (var worker in workers) worker.Join();
        NativeMemory.AlignedFree(shares);
        scratch.Dispose();
        Packing.Dispose();
    }

    static void Invoke<TJob>(void* job, int part, float* scratch) where TJob : struct, IJob
    {
        var copy = Unsafe.AsRef<TJob>(job);
        copy.Run(part);
    }

    static void InvokeWithScratch<TJob>(void* job, int part, float* scratch) where TJob : struct, IScratchJob
    {
        var copy = Unsafe.AsRef<TJob>(job);
        copy.Run(part, scratch);
    }

    void Dispatch(delegate*<void*, int, float*, void> body, void* job, int parts, long scratchFloats)
    {
        if (parts <= 0) return;
        using var turn = Take();
        RequireIdle();
        busy = true;
        try
        {
            int threads = Math.Min(Threads, parts);
            // One cache line more than asked for: threads at a multiple of 4096 bytes would compete for the same cache sets.
            scratchStride = scratchFloats == 0 ? 0 : Simd.RoundToLine(scratchFloats) + Simd.LineFloats;
            scratchBase = scratch.Reserve(threads * scratchStride);
            if (threads == 1)
            {
                for (int part = 0; part < parts; part++) body(job, part, scratchBase);
                return;
            }

            if (processors.Length > 0) Processors.Visit(processors[0]);
            this.body = body;
            this.job = job;
            participants = threads;
            failure = null;
            running = threads - 1;
            long current = ticket + 1;
            for (int t = 0; t < threads; t++)
            {
                shares[t].Next = (int)((long)parts * t / threads);
                shares[t].End = (int)((long)parts * (t + 1) / threads);
                Volatile.Write(ref shares[t].Invitation, current);
            }

            Interlocked.Exchange(ref ticket, current);
            if (Volatile.Read(ref sleepers) != 0)
                lock (gate)
                    Monitor.PulseAll(gate);
            Work(0);
            for (int t = 1; t < threads; t++)
                if (Interlocked.CompareExchange(ref shares[t].Invitation, Closed, current) == current) Interlocked.Decrement(ref running);
            for (var wait = new Backoff(); Volatile.Read(ref running) != 0;) wait.Once();
            failure?.Throw();
        }
        finally
        {
            busy = false;
        }
    }

    void RequireIdle()
    {
        if (busy) throw new InvalidOperationException($"{Name} is busy: a job must not start another one on its own team, nor end it");
    }

    /// <summary>Takes parts until none is left; an exception ends the job.</summary>
    void Work(int thread)
    {
        try
        {
            float* own = scratchBase + thread * scratchStride;
            for (int i = 0; i < participants; i++)
            {
                Share* share = shares + (thread + i) % participants;
                int part;
                while ((part = Interlocked.Increment(ref share->Next) - 1) < share->End && Volatile.Read(ref failure) is null)
                    body(job, part, own);
            }
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
        }
    }

    /// <summary>A worker's life.</summary>
    void Serve(int thread)
    {
        if (processors.Length > 0) Processors.Stay(processors[thread]);
        for (long seen = 0; ;)
        {
            var wait = new Backoff();
            long current;
            while ((current = Volatile.Read(ref ticket)) == seen && !Volatile.Read(ref stopping))
                if (!wait.Once()) Park(seen);
            if (current == seen) return;
            seen = current;
            if (Interlocked.CompareExchange(ref shares[thread].Invitation, Closed, current) != current) continue;
            Work(thread);
            Interlocked.Decrement(ref running);
        }
    }

    void Park(long seen)
    {
        lock (gate)
        {
            // A full fence between this and the look at the ticket: either we see the new one or its author sees us.
            Interlocked.Increment(ref sleepers);
            while (Volatile.Read(ref ticket) == seen && !stopping) Monitor.Wait(gate);
            Interlocked.Decrement(ref sleepers);
        }
    }

    /// <summary>Waiting: first on the processor, then giving way to others.</summary>
    struct Backoff
    {
        long start;

        /// <summary>Waits a moment; false if that went on for so long that one should sleep.</summary>
        public bool Once()
        {
            long now = Stopwatch.GetTimestamp();
            if (start == 0) start = now;
            long waited = (now - start) * 1_000_000 / Stopwatch.Frequency;
            if (waited < SpinMicroseconds) Thread.SpinWait(4);
            else Thread.Yield();
            return waited < ParkMicroseconds;
        }
    }

    struct RowJob<TKernel> : IJob where TKernel : struct, IRowKernel
    {
        public TKernel Kernel;
        public int Rows, Chunks, Parts;

        public readonly JobCost Cost => new(0, (double)Rows * TKernel.BytesPerRow);

        public override readonly string ToString() => typeof(TKernel).Name;

        public void Run(int part)
        {
            int end = (int)((long)Chunks * (part + 1) / Parts);
            for (int chunk = (int)((long)Chunks * part / Parts); chunk < end; chunk++)
                Kernel.Run(chunk * ArenaPlan.ChunkRows, Math.Min(Rows, (chunk + 1) * ArenaPlan.ChunkRows), chunk);
        }
    }
}
