namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>An mbarrier: an object in shared memory that counts arrivals and bytes of bulk copies, phase after phase.</summary>
/// <param name="agent">Its number as an agent that writes shared memory.</param>
/// <param name="count">Arrivals of a phase.</param>
/// <param name="agents">Length of vector clocks.</param>
sealed class TransactionBarrier(int agent, int count, int agents)
{
    /// <summary>What it takes of shared memory.</summary>
    public const int Bytes = 8;

    readonly int[] arriving = new int[agents], completed = new int[agents];
    int arrived;
    long bytes;

    /// <summary>Phases that are complete.</summary>
    public int Phase { get; private set; }

    public int Agent => agent;

    /// <summary>Bulk copies that this barrier has been told of.</summary>
    public int Copies { get; private set; }

    /// <summary>More bytes are expected in this phase.</summary>
    public void Expect(long more) => bytes += more;

    /// <summary>A bulk copy has arrived.</summary>
    /// <returns>Its moment, for those who read it.</returns>
    public int Complete(Warp warp, int length)
    {
        Copies++;
        bytes -= length;
        arriving[agent] = Copies;
        Turn(warp);
        return Copies;
    }

    /// <summary>A thread, or several, arrive.</summary>
    public void Arrive(Warp warp, int arrivals)
    {
        if (arrivals > count - arrived) throw warp.Fail($"{arrivals} arrivals at an mbarrier whose phase expects {count - arrived} more");
        for (int i = 0; i < agents; i++) arriving[i] = Math.Max(arriving[i], warp.Clock[i]);
        arrived += arrivals;
        Turn(warp);
    }

    /// <summary>Whether the phase of a parity is complete; then the warp knows what those who arrived knew.</summary>
    public bool Test(Warp warp, int parity)
    {
        if ((Phase & 1) == (parity & 1)) return false;
        warp.Join(completed);
        return true;
    }

    void Turn(Warp warp)
    {
        if (arrived != count || bytes != 0) return;
        Phase++;
        arrived = 0;
        for (int i = 0; i < agents; i++) completed[i] = Math.Max(completed[i], arriving[i]);
        Array.Clear(arriving);
        warp.Block.Progress();
    }
}
