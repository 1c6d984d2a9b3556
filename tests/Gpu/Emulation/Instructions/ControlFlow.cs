namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Branches and ends.</summary>
static class ControlFlow
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules =>
    [
        ("bra", d => new Branch(d.Label(d[0].Word), d.Statement.Has("uni"))),
        ("brx", d => new IndexedBranch(d.Source(d[0], PtxType.U32), d.Labels(d[1].Word))),
        ("ret", _ => new Return()),
        ("exit", _ => new Return()),
        ("trap", _ => new Trap()),
        ("nanosleep", _ => new Pause()),
        ("griddepcontrol", _ => new Nothing()),
        ("prefetch", _ => new Nothing()),
        ("prefetchu", _ => new Nothing()),
        ("setmaxnreg", RegisterCount),
    ];

    static Nothing RegisterCount(Decoding d)
    {
        int count = d.Constant(d[0]);
        if (count is < 24 or > 256 || count % 8 != 0) throw d.Error($"{count} registers: must be a multiple of 8 from 24 to 256");
        return new() { IsAligned = true };
    }
}

/// <summary>bra: lanes may part, unless it is bra.uni.</summary>
sealed class Branch(int target, bool uniform) : Instruction
{
    public int Target => target;

    public override void Execute(Warp warp, uint mask)
    {
        if (uniform && mask != warp.Active) warp.Report("Divergence", $"bra.uni is taken by lanes 0x{mask:x8} of 0x{warp.Active:x8}");
        warp.Branch(target, mask);
    }
}

/// <summary>brx.idx: each lane goes where its index says.</summary>
sealed unsafe class IndexedBranch(int index, int[] targets) : Instruction
{
    public int[] Targets => targets;

    public override void Execute(Warp warp, uint mask)
    {
        Span<int> places = stackalloc int[Warp.Size];
        for (uint rest = mask; rest != 0;)
        {
            int i = NextLane(ref rest);
            ulong at = warp.Registers[index * Warp.Size + i];
            if (at >= (ulong)targets.Length) throw warp.Fail($"branch index {at} of {targets.Length}");
            places[i] = targets[at];
        }

        warp.Branch(places, mask);
    }
}

/// <summary>ret.</summary>
sealed class Return : Instruction
{
    public override void Execute(Warp warp, uint mask) => warp.Exit(mask);
}

/// <summary>trap.</summary>
sealed class Trap : Instruction
{
    public override void Execute(Warp warp, uint mask) => throw warp.Fail("the kernel gives up");
}

/// <summary>Another warp's turn.</summary>
sealed class Pause : Instruction
{
    public override void Execute(Warp warp, uint mask) => warp.Yield();
}

/// <summary>What has no effect here.</summary>
sealed class Nothing : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
    }
}
