namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>A warp's cp.async copies: groups that were committed and wait to be waited for.</summary>
sealed class AsyncCopies
{
    readonly Queue<List<(uint Address, int Bytes)>> groups = [];
    List<(uint Address, int Bytes)> open = [];

    public void Clear()
    {
        groups.Clear();
        open = [];
    }

    /// <summary>Adds a copy to the open group.</summary>
    public void Add(uint address, int bytes) => open.Add((address, bytes));

    /// <summary>Closes the open group, which may be empty.</summary>
    public void Commit()
    {
        groups.Enqueue(open);
        open = [];
    }

    /// <summary>Waits until at most so many groups are pending; what has arrived may be read by the warp, and by others after a barrier.</summary>
    public void Wait(Warp warp, int pending)
    {
        while (groups.Count > pending)
            foreach (var (address, bytes) in groups.Dequeue()) warp.Block.Shared.Arrive(warp, address, bytes);
    }
}
