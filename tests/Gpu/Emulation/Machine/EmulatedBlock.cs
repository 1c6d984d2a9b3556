namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>The block that runs: its warps take turns.</summary>
sealed class EmulatedBlock : IDisposable
{
    const int Turn = 20_000;            // instructions of a warp before the next one's turn
    const int Patience = 10_000;        // turns without any progress before the block counts as stuck
    const int BulkBarriers = 64;

    readonly EmulatedKernel kernel;
    readonly NamedBarrier[] barriers = new NamedBarrier[16];
    readonly Dictionary<ulong, TransactionBarrier> transactions = [];
    readonly int agents;
    int idle;

    public EmulatedBlock(EmulatedKernel kernel, GlobalMemory memory, int threads, int sharedBytes)
    {
        this.kernel = kernel;
        Memory = memory;
        Threads = threads;
        int warps = (threads + Warp.Size - 1) / Warp.Size;
        agents = warps + BulkBarriers;
        Shared = new(sharedBytes, warps);
        Warps = [.. Enumerable.Range(0, warps).Select(i => new Warp(kernel, this, i, agents))];
        for (int i = 0; i < barriers.Length; i++) barriers[i] = new(this, agents);
    }

    public SharedMemory Shared { get; }

    public GlobalMemory Memory { get; }

    public BankCounter Banks { get; } = new();

    public Warp[] Warps { get; }

    public int Threads { get; }

    /// <summary>The block's place in the grid.</summary>
    public (int X, int Y, int Z) Index { get; private set; }

    public string Name => $"({Index.X}, {Index.Y}, {Index.Z})";

    /// <summary>A warp gave up its turn because what it waits for has not happened.</summary>
    public bool Yielded { get; set; }

    /// <summary>Something happened that a waiting warp may wait for.</summary>
    public void Progress() => idle = 0;

    public NamedBarrier Barrier(Warp warp, int id) => id is >= 0 and < 16 ? barriers[id] : throw warp.Fail($"there is no barrier {id}");

    /// <summary>Makes an mbarrier.</summary>
    public void Initialise(Warp warp, ulong address, int count)
    {
        if (transactions.Count == BulkBarriers && !transactions.ContainsKey(address)) throw warp.Fail("more mbarriers than the emulator has room for");
        int agent = transactions.TryGetValue(address, out var old) ? old.Agent : Warps.Length + transactions.Count;
        transactions[address] = new(agent, count, agents);
    }

    /// <summary>The mbarrier at an address.</summary>
    public TransactionBarrier Transaction(Warp warp, ulong address) =>
        transactions.TryGetValue(address, out var barrier) ? barrier : throw warp.Fail($"no mbarrier was initialised at shared address {address}");

    /// <summary>Whether one of so many bytes is a barrier's.</summary>
    public bool HasTransaction(ulong address, int length)
    {
        foreach (ulong barrier in transactions.Keys)
            if (barrier < address + (ulong)length && barrier + TransactionBarrier.Bytes > address) return true;
        return false;
    }

    /// <summary>Begins the block at a place in the grid.</summary>
    public void Start(int x, int y, int z)
    {
        Index = (x, y, z);
        Shared.Clear();
        transactions.Clear();
        idle = 0;
        for (int w = 0; w < Warps.Length; w++) Warps[w].Start(Threads - w * Warp.Size);
    }

    /// <summary>Gives each warp a turn.</summary>
    /// <returns>Whether the block has ended.</returns>
    public bool Round()
    {
        bool ran = false, done = true;
        Yielded = false;
        foreach (var warp in Warps)
        {
            done &= warp.State == WarpState.Done;
            if (warp.State != WarpState.Ready) continue;
            bool before = Yielded;
            Yielded = false;
            warp.Run(Turn);
            ran |= !Yielded;
            Yielded |= before;
        }

        if (ran) Progress();
        else if (!done && (!Warps.Any(w => w.State == WarpState.Ready) || ++idle > Patience)) throw Stuck();
        return done;
    }

    /// <summary>A warp has ended: barriers may have waited only for it.</summary>
    public void Exited(Warp warp)
    {
        foreach (var barrier in barriers) barrier.Complete();
        Progress();
    }

    EmulationException Stuck() => new($"block {Name} of {kernel.Name} is stuck: " + string.Join("; ", Warps.Where(w => w.State != WarpState.Done).Select(w =>
        $"warp {w.Index} {(w.State == WarpState.AtBarrier ? "waits after" : "turns at")} line {w.Current.Statement.Line} ({w.Current.Statement.Text})")));

    public void Dispose()
    {
        foreach (var warp in Warps) warp.Dispose();
        Shared.Dispose();
    }
}
