namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>One of a block's 16 barriers.</summary>
sealed class NamedBarrier(EmulatedBlock block, int agents)
{
    readonly List<Warp> waiting = [];
    readonly int[] clock = new int[agents];
    int arrived, expected, held, voted;
    Action<Warp, int, int>? verdict;

    /// <summary>Warps that wait here.</summary>
    public IReadOnlyList<Warp> Waiting => waiting;

    /// <summary>Lanes vote; what comes of it reaches every warp when the barrier opens.</summary>
    /// <param name="yes">Lanes whose predicate holds.</param>
    /// <param name="all">Lanes that vote.</param>
    /// <param name="give">Gives a warp the numbers of both.</param>
    public void Vote(int yes, int all, Action<Warp, int, int> give)
    {
        held += yes;
        voted += all;
        verdict = give;
    }

    /// <summary>A warp arrives; if it <paramref name="waits"/>, it stops until all have come.</summary>
    /// <param name="warp">The warp.</param>
    /// <param name="mask">Its lanes that execute the barrier.</param>
    /// <param name="threads">Threads that the barrier expects, or 0 for all of the block.</param>
    /// <param name="waits">False for bar.arrive.</param>
    public void Arrive(Warp warp, uint mask, int threads, bool waits)
    {
        if (threads % Warp.Size != 0) throw warp.Fail($"a barrier for {threads} threads: no multiple of {Warp.Size}");
        if (arrived > 0 && threads != expected) throw warp.Fail($"a barrier for {threads} threads where others came to wait for {expected}");
        expected = threads;
        for (int i = 0; i < clock.Length; i++) clock[i] = Math.Max(clock[i], warp.Clock[i]);
        warp.Tick();
        arrived++;
        if (waits)
        {
            warp.Wait(mask);
            waiting.Add(warp);
        }

        Complete();
    }

    /// <summary>Lets all go if all have come: at an arrival, and when a warp has ended.</summary>
    public void Complete()
    {
        if (arrived == 0) return;
        int needed = expected == 0 ? block.Warps.Count(w => w.State != WarpState.Done) : expected / Warp.Size;
        if (arrived < needed) return;
        bool whole = arrived >= block.Warps.Count(w => w.State != WarpState.Done);
        if (whole) block.Shared.Stamp++;
        foreach (var warp in waiting)
        {
            warp.Join(clock);
            if (whole) warp.SyncedStamp = block.Shared.Stamp - 1;
            warp.State = WarpState.Ready;
            verdict?.Invoke(warp, held, voted);
        }

        waiting.Clear();
        (arrived, held, voted, verdict) = (0, 0, 0, null);
        Array.Clear(clock);
        block.Progress();
    }
}
