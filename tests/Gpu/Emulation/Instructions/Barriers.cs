using System.Numerics;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>Barriers of blocks and warps, fences.</summary>
static class Barriers
{
    public static IEnumerable<(string, Func<Decoding, Instruction>)> Rules =>
    [
        ("bar", Barrier),
        ("barrier", Barrier),
        ("membar", _ => new Nothing()),
        ("fence", d => d.Statement.Has("proxy") && d.Statement.Opcode[2].StartsWith("async", StringComparison.Ordinal) ? new ProxyFence() : new Nothing()),
    ];

    static Instruction Barrier(Decoding d)
    {
        var s = d.Statement;
        if (s.Has("warp")) return new WarpBarrier(d.Source(d[0], PtxType.B32));
        if (s.Has("cluster")) throw d.Error("clusters are not known");
        if (s.Has("red")) return Reduction(d);
        bool waits = !s.Has("arrive");
        if (waits && !s.Has("sync")) throw d.Error("sync or arrive is missing");
        d.Expect(waits ? 1 : 2, 2);
        return new BlockBarrier(d.Source(d[0], PtxType.U32), d.Operands == 2 ? d.Source(d[1], PtxType.U32) : -1, waits);
    }

    static BlockReduction Reduction(Decoding d)
    {
        bool count = d.Statement.Has("popc");
        d.Expect(3, 4);
        int target = count ? d.Target(d[0], PtxType.U32) : d.PredicateTarget(d[0]);
        if (d.Operands == 4) throw d.Error("a reduction over part of the block is not known");
        return new(d.Source(d[1], PtxType.U32), target, d.Predicate(d[2]), d.Statement.Opcode[2]);
    }
}

/// <summary>bar.sync, bar.arrive.</summary>
sealed unsafe class BlockBarrier(int id, int threads, bool waits) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        int lane = BitOperations.TrailingZeroCount(mask), number = (int)warp.Registers[id * Warp.Size + lane];
        int count = threads < 0 ? 0 : (int)warp.Registers[threads * Warp.Size + lane];
        if (mask != warp.Live) throw warp.Fail($"lanes 0x{mask:x8} reach a barrier and lanes 0x{warp.Live & ~mask:x8} do not");
        warp.Block.Barrier(warp, number).Arrive(warp, mask, count, waits);
    }
}

/// <summary>bar.red: a barrier that leaves every lane a reduction of all lanes' predicates.</summary>
sealed unsafe class BlockReduction(int id, int target, PredicateOperand source, string operation) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        int number = (int)warp.Registers[id * Warp.Size + BitOperations.TrailingZeroCount(mask)];
        uint holds = source.Lanes(warp) & mask;
        var barrier = warp.Block.Barrier(warp, number);
        barrier.Vote(BitOperations.PopCount(holds), BitOperations.PopCount(mask), (w, held, all) =>
        {
            if (operation == "popc") new Span<ulong>(w.Registers + target * Warp.Size, Warp.Size).Fill((ulong)held);
            else w.Predicates[target] = (operation == "and" ? held == all : held > 0) ? Warp.Full : 0;
        });
        barrier.Arrive(warp, mask, 0, waits: true);
    }
}

/// <summary>bar.warp.sync.</summary>
sealed unsafe class WarpBarrier(int members) : Instruction
{
    public override void Execute(Warp warp, uint mask) => warp.RequireTogether((uint)warp.Registers[members * Warp.Size + BitOperations.TrailingZeroCount(mask)], mask);
}

/// <summary>fence.proxy.async. It covers the writes of those lanes that execute it; writes are known by warp, so that a part of the warp covers none.</summary>
sealed class ProxyFence : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        if (mask == warp.Live) warp.FenceProxy();
    }
}
