using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The main loop with mma.sync: fragments of the next 16 steps are read while those of the last are multiplied; one barrier a tile. A warp of 96 columns has no
/// registers for two sets of them: it reads B's a block ahead, and A's where they stand, each behind its last product.
/// </summary>
internal sealed class WarpText
{
    const int StepsPerTile = SharedTile.Depth / 16;

    readonly PtxText text;
    readonly ProductVariant variant;
    readonly IStageFeed feed;
    readonly Fragments a, b;
    readonly int columns;       // of a warp

    WarpText(PtxText text, ProductVariant variant, bool transposeA, bool transposeB)
    {
        (this.text, this.variant) = (text, variant);
        columns = variant.Columns / (variant.Warps / 2);
        feed = variant.Loader == ProductLoader.Boxes ? new BoxFeed(text, variant, transposeA, transposeB) : new LaneFeed(text, variant, transposeA, transposeB, variant.Stages - 1);
        a = new(text, "fa", true, !transposeA, 64);
        b = new(text, "fb", false, transposeB, columns);
    }

    bool Wide => columns > 64;

    /// <summary>Writes the loop and leaves the products in shared memory.</summary>
    public static void Write(PtxText text, ProductVariant variant, bool transposeA, bool transposeB) => new WarpText(text, variant, transposeA, transposeB).Write();

    void Write()
    {
        int accumulators = columns / 8 * 16;
        text.Line($".reg .f32 c<{accumulators}>");
        text.Line($".reg .b32 warp, warpM, warpN, rd, ahead, togo");
        text.Line($".reg .pred more");
        text.Line($"shr.u32 warp, lane, 5");
        text.Line($"and.b32 warpM, warp, 1");
        text.Line($"shr.u32 warpN, warp, 1");
        feed.Begin();
        a.Begin("tileA", "warpM");
        b.Begin("tileB", "warpN");
        for (int i = 0; i < accumulators; i++) text.Line($"mov.f32 c{i}, 0f00000000");
        text.Line($"mov.b32 rd, 0");
        text.Line($"mov.b32 togo, tiles");
        text.Line($"sub.s32 ahead, tiles, {variant.Stages - 1}");
        feed.Fill();
        feed.AwaitFirst();
        a.Load(0, 0, "rd");
        if (Wide) b.LoadBlock(0, 0, 0, "rd");
        else b.Load(0, 0, "rd");
        string loop = text.Label("loop"), end = text.Label("end");
        text.Line($"setp.lt.s32 more, togo, 1");
        text.Line($"@more bra {end}");
        text.Mark(loop);
        for (int step = 0; step < StepsPerTile; step++)
        {
            if (Wide) WideStep(step, (step + 1) % StepsPerTile);
            else Step(step, (step + 1) % StepsPerTile);
        }

        text.Line($"sub.s32 togo, togo, 1");
        text.Line($"setp.gt.s32 more, togo, 0");
        text.Line($"@more bra {loop}");
        text.Mark(end);
        feed.End();
        text.Line($"bar.sync 0");
        Leave();
    }

    void Step(int step, int next)
    {
        if (next == 0) NextStage();
        a.Load((step + 1) % 2, next, "rd");
        b.Load((step + 1) % 2, next, "rd");
        if (step == 0) feed.OrderNext();
        for (int i = 0; i < a.Blocks; i++)
        {
            for (int j = 0; j < columns / 8; j++) Multiply(i, j, a.Register(step % 2, i), b.Register(step % 2, j / 2) + j % 2 * 2);
        }
    }

    void WideStep(int step, int next)
    {
        for (int block = 0; block < b.Blocks; block++)
        {
            bool last = block == b.Blocks - 1;
            if (last && next == 0) NextStage();
            b.LoadBlock((block + 1) % 2, last ? 0 : block + 1, last ? next : step, "rd");
            if (step == 0 && block == 0) feed.OrderNext();
            for (int i = 0; i < a.Blocks; i++)
            {
                for (int j = 0; j < 2; j++) Multiply(i, 2 * block + j, a.Register(0, i), b.Register(0, block % 2) + 2 * j);
                if (last) a.LoadBlock(i, i, next, "rd");
            }
        }
    }

    void NextStage()
    {
        Advance(text, "rd", variant);
        feed.AwaitNext();
    }

    /// <summary>16 rows by 8 columns by 16 steps, whose fragments begin at two registers.</summary>
    void Multiply(int i, int j, int fa, int fb)
    {
        string c = PtxText.Vector("c", (i * (columns / 8) + j) * 4, 4);
        text.Line($"mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {c}, {PtxText.Vector("faf", fa, 4)}, {PtxText.Vector("fbf", fb, 2)}, {c}");
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

    void Leave()
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
