using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>The first lane orders whole boxes by tensor maps; each stage has a barrier that a full tile completes.</summary>
internal sealed class BoxFeed(PtxText text, ProductVariant variant, bool transposeA, bool transposeB) : IStageFeed
{
    /// <inheritdoc/>
    public void Begin()
    {
        text.Line($".reg .b32 wr, filled, step");
        text.Line($".reg .pred orders");
        BoxLoader.Begin(text, variant);
        text.Line($"mov.b32 step, first");
    }

    /// <inheritdoc/>
    public void Fill()
    {
        text.Line($"mov.b32 wr, 0");
        text.Line($"mov.b32 filled, barriers");
        for (int s = 0; s < variant.Stages - 1; s++)
        {
            text.Line($"setp.gt.s32 orders, tiles, {s}");
            Order();
            text.Line($"add.u32 wr, wr, {variant.StageBytes}");
            text.Line($"add.u32 filled, filled, 8");
        }
    }

    /// <inheritdoc/>
    public void AwaitFirst() => Await(1);

    /// <inheritdoc/>
    public void OrderNext()
    {
        text.Line($"setp.gt.s32 orders, ahead, 0");
        Order();
        text.Line($"add.u32 filled, filled, 8");
        WarpText.Advance(text, "wr", variant);
        text.Line($"selp.b32 filled, barriers, filled, more");
        text.Line($"sub.s32 ahead, ahead, 1");
    }

    /// <inheritdoc/>
    public void AwaitNext()
    {
        text.Line($"add.u32 full, full, 8");
        text.Line($"setp.eq.u32 more, rd, 0");
        text.Line($"selp.b32 full, barriers, full, more");
        text.Line($"@more xor.b32 phase, phase, 1");
        Await(2);
    }

    /// <inheritdoc/>
    public void End()
    {
    }

    /// <summary>Waits for the tile of a stage if at least so many are to be multiplied.</summary>
    void Await(int least)
    {
        string none = text.Label("nowait");
        text.Line($"setp.lt.s32 more, togo, {least}");
        text.Line($"@more bra {none}");
        BoxLoader.Wait(text, "full", "phase");
        if (transposeA && !transposeB) BoxLoader.ClearTail(text, variant, least);
        text.Mark(none);
        // the next box goes where this warp has read: a bulk copy comes by another way, for which a barrier alone orders nothing
        if (least > 1) text.Line($"fence.proxy.async.shared::cta");
        text.Line($"bar.sync 0");
    }

    void Order()
    {
        text.Line($"setp.eq.and.u32 orders, lane, 0, orders");
        BoxLoader.Order(text, variant, transposeA, transposeB, "wr", "filled", "orders");
    }
}
