using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>The main loop with mma.sync: fragments of the next 16 steps are read while those of the last are multiplied; one barrier a tile.</summary>
internal static class WarpText
{
    const int StepsPerTile = SharedTile.Depth / 16;

    /// <summary>Writes the loop and leaves the products in shared memory.</summary>
    public static void Write(PtxText text, ProductVariant variant, bool transposeA, bool transposeB)
    {
        int stages = variant.Stages, columns = variant.Columns / (variant.Warps / 2), accumulators = columns / 8 * 16;
        var loadA = new LaneLoader(text, "a", !transposeA, ProductVariant.Rows, variant.Lanes);
        var loadB = new LaneLoader(text, "b", transposeB, variant.Columns, variant.Lanes);
        var a = new Fragments(text, "fa", true, !transposeA, 64);
        var b = new Fragments(text, "fb", false, transposeB, columns);
        text.Line($".reg .f32 c<{accumulators}>");
        text.Line($".reg .b32 warp, warpM, warpN, rd, wr");
        text.Line($"shr.u32 warp, lane, 5");
        text.Line($"and.b32 warpM, warp, 1");
        text.Line($"shr.u32 warpN, warp, 1");
        loadA.Begin("A", "row", "rows", "first", "last", "strideA", "tileA");
        loadB.Begin("B", "column", "columns", "first", "last", "strideB", "tileB");
        a.Begin("tileA", "warpM");
        b.Begin("tileB", "warpN");
        for (int i = 0; i < accumulators; i++) text.Line($"mov.f32 c{i}, 0f00000000");
        text.Line($"mov.b32 wr, 0");
        for (int s = 0; s < stages - 1; s++)
        {
            loadA.Load("wr");
            loadB.Load("wr");
            text.Line($"cp.async.commit_group");
            text.Line($"add.u32 wr, wr, {variant.StageBytes}");
        }

        text.Line($"mov.b32 rd, 0");
        text.Line($"cp.async.wait_group {stages - 2}");
        text.Line($"bar.sync 0");
        a.Load(0, 0, "rd");
        b.Load(0, 0, "rd");
        string loop = text.Label("loop"), end = text.Label("end"), noLoad = text.Label("noload");
        text.Line($".reg .b32 ahead, togo");
        text.Line($".reg .pred more");
        text.Line($"mov.b32 togo, tiles");
        text.Line($"sub.s32 ahead, tiles, {stages - 1}");
        text.Line($"setp.lt.s32 more, togo, 1");
        text.Line($"@more bra {end}");
        text.Mark(loop);
        for (int step = 0; step < StepsPerTile; step++)
        {
            bool last = step == StepsPerTile - 1;
            if (last)
            {
                Advance(text, "rd", variant);
                text.Line($"cp.async.wait_group {stages - 2}");
                text.Line($"bar.sync 0");
            }

            a.Load((step + 1) % 2, (step + 1) % StepsPerTile, "rd");
            b.Load((step + 1) % 2, (step + 1) % StepsPerTile, "rd");
            if (step == 0)
            {
                // The stage read last is free: everyone has passed the barrier behind its last fragment.
                text.Line($"setp.lt.s32 more, ahead, 1");
                text.Line($"@more bra {noLoad}");
                loadA.Load("wr");
                loadB.Load("wr");
                text.Mark(noLoad);
                text.Line($"cp.async.commit_group");
                Advance(text, "wr", variant);
                text.Line($"sub.s32 ahead, ahead, 1");
            }

            for (int i = 0; i < a.Blocks; i++)
            {
                for (int j = 0; j < columns / 8; j++)
                {
                    string c = PtxText.Vector("c", (i * (columns / 8) + j) * 4, 4);
                    string fb = PtxText.Vector("fbf", b.Register(step % 2, j / 2) + j % 2 * 2, 2);
                    text.Line($"mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {c}, {PtxText.Vector("faf", a.Register(step % 2, i), 4)}, {fb}, {c}");
                }
            }
        }

        text.Line($"sub.s32 togo, togo, 1");
        text.Line($"setp.gt.s32 more, togo, 0");
        text.Line($"@more bra {loop}");
        text.Mark(end);
        text.Line($"cp.async.wait_group 0");
        text.Line($"bar.sync 0");
        Leave(text, variant, columns);
    }

    /// <summary>Moves a stage's offset on, around the ring.</summary>
    public static void Advance(PtxText text, string stage, ProductVariant variant)
    {
        text.Line($"add.u32 {stage}, {stage}, {variant.StageBytes}");
        text.Line($"setp.eq.u32 more, {stage}, {variant.Stages * variant.StageBytes}");
        text.Line($"selp.b32 {stage}, 0, {stage}, more");
    }

    /// <summary>Adds to the byte at which a row of the finished tile begins where the lane's columns 2t and 2t + 1 of each eight lie: the last four in the second half.</summary>
    public static void PairOffset(PtxText text, ProductVariant variant)
    {
        text.Line($".reg .b32 half");
        text.Line($"and.b32 pair, lane, 1");
        text.Line($"mad.lo.u32 out, pair, 8, out");
        text.Line($"bfe.u32 half, lane, 1, 1");
        text.Line($"mad.lo.u32 out, half, {variant.ProductHalf * 4}, out");
    }

    static void Leave(PtxText text, ProductVariant variant, int columns)
    {
        // A lane holds columns 2t and 2t + 1 of rows g and g + 8 of each 16 × 8.
        text.Line($".reg .b32 out, pair");
        text.Line($"and.b32 pair, lane, 31");
        text.Line($"shr.u32 out, pair, 2");
        text.Line($"mad.lo.u32 out, warpM, 64, out");
        text.Line($"mul.lo.u32 out, out, {variant.ProductStride * 4}");
        PairOffset(text, variant);
        text.Line($"mad.lo.u32 out, warpN, {columns * 2}, out");
        text.Line($"add.u32 out, out, smem");
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < columns / 8; j++)
            {
                int c = (i * (columns / 8) + j) * 4, at = i * 16 * variant.ProductStride * 4 + j * 16;
                text.Line($"st.shared.v2.f32 [out+{at}], {PtxText.Vector("c", c, 2)}");
                text.Line($"st.shared.v2.f32 [out+{at + 8 * variant.ProductStride * 4}], {PtxText.Vector("c", c + 2, 2)}");
            }
        }
    }
}
