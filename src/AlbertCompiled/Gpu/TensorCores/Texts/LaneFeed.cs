using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Every lane copies 16 bytes at a time, so many tiles ahead.</summary>
internal sealed class LaneFeed(PtxText text, ProductVariant variant, bool transposeA, bool transposeB, int tilesAhead) : IStageFeed
{
    readonly LaneLoader a = new(text, "a", !transposeA, ProductVariant.Rows, variant.Lanes), b = new(text, "b", transposeB, variant.Columns, variant.Lanes);

    /// <inheritdoc/>
    public void Begin()
    {
        text.Line($".reg .b32 wr");
        a.Begin("A", "row", "rows", "first", "last", "strideA", "tileA");
        b.Begin("B", "column", "columns", "first", "last", "strideB", "tileB");
    }

    /// <inheritdoc/>
    public void Fill()
    {
        text.Line($"mov.b32 wr, 0");
        for (int s = 0; s < tilesAhead; s++)
        {
            Load();
            text.Line($"cp.async.commit_group");
            text.Line($"add.u32 wr, wr, {variant.StageBytes}");
        }
    }

    /// <inheritdoc/>
    public void AwaitFirst() => AwaitNext();

    /// <inheritdoc/>
    public void OrderNext()
    {
        string none = text.Label("noload");
        text.Line($"setp.lt.s32 more, ahead, 1");
        text.Line($"@more bra {none}");
        Load();
        text.Mark(none);
        text.Line($"cp.async.commit_group");
        WarpText.Advance(text, "wr", variant);
        text.Line($"sub.s32 ahead, ahead, 1");
    }

    /// <inheritdoc/>
    public void AwaitNext()
    {
        text.Line($"cp.async.wait_group {tilesAhead - 1}");
        if (variant.Compute == ProductCompute.Warpgroup) text.Line($"fence.proxy.async.shared::cta");
        text.Line($"bar.sync 0");
    }

    /// <inheritdoc/>
    public void End() => text.Line($"cp.async.wait_group 0");

    void Load()
    {
        a.Load("wr");
        b.Load("wr");
    }
}
