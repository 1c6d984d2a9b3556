using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>The main loops with wgmma: two groups of four warps, each with 64 rows of the tile, operands read from shared memory by the tensor cores.</summary>
internal static class WarpgroupText
{
    const int StepsPerTile = SharedTile.Depth / 16;

    /// <summary>Writes the loop and leaves the products in shared memory.</summary>
    public static void Write(PtxText text, ProductVariant variant, bool transposeA, bool transposeB)
    {
        int accumulators = variant.Columns / 2;
        Begin(text, accumulators);
        if (variant.Loader == ProductLoader.Boxes) BoxLoop(text, variant, transposeA, transposeB);
        else LaneLoop(text, variant, transposeA, transposeB, accumulators);
    }

    /// <summary>Declares the accumulators and describes the operands' tiles.</summary>
    public static void Begin(PtxText text, int accumulators)
    {
        text.Line($".reg .f32 c<{accumulators}>");
        text.Line($".reg .b32 group, rd, togo, ahead, low, high, one, lowA, lowB, offset");
        text.Line($".reg .b64 descA, descB");
        text.Line($".reg .pred more, always, never");
        text.Line($"shr.u32 group, lane, 7");
        text.Line($"mov.b32 one, 1");
        text.Line($"setp.ne.b32 always, one, 0");
        text.Line($"setp.eq.b32 never, one, 0");
        text.Line($"mov.b32 high, {SharedDescriptor.Upper}");

        // The group's 64 rows of A: in both forms the second half of the tile.
        text.Line($"mad.lo.u32 lowA, group, {SharedTile.Bytes(64)}, tileA");
        Descriptor(text, "lowA");
        text.Line($"mov.b32 lowB, tileB");
        Descriptor(text, "lowB");
    }

    static void LaneLoop(PtxText text, ProductVariant variant, bool transposeA, bool transposeB, int accumulators)
    {
        // A stage is filled again when the products that read it are known to be finished in all warps: two tiles behind, past the barrier.
        int tilesAhead = variant.Stages - 2;
        var feed = new LaneFeed(text, variant, transposeA, transposeB, tilesAhead);
        string loop = text.Label("loop"), end = text.Label("end");
        feed.Begin();
        Zero(text, accumulators);
        text.Line($"mov.b32 rd, 0");
        text.Line($"mov.b32 togo, tiles");
        text.Line($"sub.s32 ahead, tiles, {tilesAhead}");
        feed.Fill();
        text.Line($"setp.lt.s32 more, togo, 1");
        text.Line($"@more bra {end}");
        text.Mark(loop);
        feed.AwaitNext();
        Multiply(text, variant, transposeA, transposeB, "always");
        feed.OrderNext();
        text.Line($"wgmma.wait_group.sync.aligned 1");
        WarpText.Advance(text, "rd", variant);
        text.Line($"sub.s32 togo, togo, 1");
        text.Line($"setp.gt.s32 more, togo, 0");
        text.Line($"@more bra {loop}");
        text.Mark(end);
        text.Line($"wgmma.wait_group.sync.aligned 0");
        feed.End();
        text.Line($"bar.sync 0");
        Leave(text, variant);
    }

    static void BoxLoop(PtxText text, ProductVariant variant, bool transposeA, bool transposeB)
    {
        string producer = text.Label("producer"), finished = text.Label("finished");
        BoxRegisters(text);
        BoxLoader.Begin(text, variant);
        text.Line($"mov.b32 togo, tiles");
        text.Line($"setp.ge.u32 more, lane, {variant.Workers}");
        text.Line($"@more bra {producer}");
        BoxProducts(text, variant, transposeA, transposeB);
        text.Line($"bar.sync 1, {variant.Workers}");
        Leave(text, variant);
        text.Line($"bra {finished}");

        text.Mark(producer);
        BoxLoader.Produce(text, variant, transposeA, transposeB);
        text.Mark(finished);
        text.Line($"bar.warp.sync 0xffffffff");
    }

    /// <summary>Declares what workers and producer keep from tile to tile.</summary>
    public static void BoxRegisters(PtxText text)
    {
        text.Line($".reg .b32 empty, leader");
        text.Line($".reg .pred chosen");
    }

    /// <summary>
    /// The products of a tile of C, of so many steps; every stage is given back. The first step has a text of its own, which overwrites: accumulators that a loop's products
    /// may or may not overwrite are defined anew by ptxas of CUDA 12.4, which then lets no product run beside another (its warning C7515).
    /// </summary>
    /// <param name="text">Takes the text.</param>
    /// <param name="variant">The variant.</param>
    /// <param name="transposeA">Whether A is stored across the contraction.</param>
    /// <param name="transposeB">Whether B is stored along it.</param>
    public static void BoxProducts(PtxText text, ProductVariant variant, bool transposeA, bool transposeB)
    {
        string loop = text.Label("loop"), last = text.Label("last"), end = text.Label("end"), nothing = text.Label("nothing");
        text.Line($"and.b32 leader, lane, 31");
        text.Line($"setp.eq.u32 chosen, leader, 0");
        text.Line($"setp.lt.s32 more, togo, 1");
        text.Line($"@more bra {nothing}");
        if (variant.Lag > 0) Follow(text, variant);
        BoxStep(text, variant, transposeA, transposeB, "never");
        Next();
        text.Line($"@!more bra {last}");
        text.Mark(loop);
        BoxStep(text, variant, transposeA, transposeB, "always");
        text.Line($"wgmma.wait_group.sync.aligned 1");
        text.Line($"@chosen mbarrier.arrive.shared::cta.b64 _, [empty]");
        Next();
        text.Line($"@more bra {loop}");
        text.Mark(last);
        text.Line($"wgmma.wait_group.sync.aligned 0");
        text.Line($"@chosen mbarrier.arrive.shared::cta.b64 _, [empty]");
        text.Line($"bra {end}");
        text.Mark(nothing);
        Zero(text, variant.Columns / 2);
        text.Mark(end);

        void Next()
        {
            text.Line($"add.u32 empty, full, {variant.Stages * 8}");
            BoxLoader.Advance(text, variant);
            text.Line($"sub.s32 togo, togo, 1");
            text.Line($"setp.gt.s32 more, togo, 0");
            if (variant.Lag == 0) return;
            text.Line($"setp.eq.s32 leads, togo, lead");
            text.Line($"@leads bar.arrive 2, {variant.Workers}");
        }
    }

    /// <summary>
    /// The second four warps begin a tile so many steps behind the first four, so that the products of either hide the other's epilogue. Tiles of fewer steps than stages, which the
    /// first could finish before the second has begun, go without.
    /// </summary>
    static void Follow(PtxText text, ProductVariant variant)
    {
        text.Line($".reg .b32 lead");
        text.Line($".reg .pred leads, follows");
        text.Line($"sub.s32 lead, togo, {variant.Lag}");
        text.Line($"setp.le.s32 leads, togo, {variant.Stages}");
        text.Line($"@leads mov.b32 lead, -1");
        text.Line($"setp.eq.u32 follows, group, 1");
        text.Line($"@follows mov.b32 lead, -1");
        text.Line($"setp.gt.and.s32 follows, togo, {variant.Stages}, follows");
        text.Line($"@follows bar.sync 2, {variant.Workers}");
    }

    /// <summary>Queues the products of a stage, once it is full.</summary>
    static void BoxStep(PtxText text, ProductVariant variant, bool transposeA, bool transposeB, string adds)
    {
        BoxLoader.Wait(text, "full", "phase");
        if (transposeA && !transposeB) BoxLoader.ClearTail(text, variant, last: 1);
        Multiply(text, variant, transposeA, transposeB, adds);
    }

    static void Zero(PtxText text, int accumulators)
    {
        for (int i = 0; i < accumulators; i++) text.Line($"mov.f32 c{i}, 0f00000000");
    }

    /// <summary>Makes the lower half of a descriptor of an address.</summary>
    static void Descriptor(PtxText text, string address)
    {
        text.Line($"and.b32 {address}, {address}, 0x3ffff");
        text.Line($"shr.u32 {address}, {address}, 4");
        text.Line($"or.b32 {address}, {address}, {SharedDescriptor.Panels}");
    }

    /// <summary>Queues the products of a tile; a predicate says whether the first of them adds to what the accumulators hold.</summary>
    static void Multiply(PtxText text, ProductVariant variant, bool transposeA, bool transposeB, string adds)
    {
        text.Line($"shr.u32 offset, rd, 4");
        text.Line($"wgmma.fence.sync.aligned");
        for (int step = 0; step < StepsPerTile; step++)
        {
            Place(text, "descA", "lowA", SharedDescriptor.Advance(step, !transposeA));
            Place(text, "descB", "lowB", SharedDescriptor.Advance(step, transposeB));
            text.Line($"wgmma.mma_async.sync.aligned.m64n{variant.Columns}k16.f32.bf16.bf16 {PtxText.Vector("c", 0, variant.Columns / 2)}, descA, descB, {(step == 0 ? adds : "always")}, 1, 1, {(transposeA ? 1 : 0)}, {(transposeB ? 0 : 1)}");
        }

        text.Line($"wgmma.commit_group.sync.aligned");
    }

    static void Place(PtxText text, string descriptor, string low, uint advance)
    {
        text.Line($"add.u32 low, {low}, offset");
        if (advance > 0) text.Line($"add.u32 low, low, {advance}");
        text.Line($"mov.b64 {descriptor}, {{low, high}}");
    }

    static void Leave(PtxText text, ProductVariant variant)
    {
        // Warp w of a group holds rows 16w + g and + 8; registers 4j to 4j + 3 are columns 8j + 2t, + 1 of both.
        text.Line($".reg .b32 out, pair");
        text.Line($"shr.u32 out, lane, 5");
        text.Line($"shl.b32 out, out, 4");
        text.Line($"and.b32 pair, lane, 31");
        text.Line($"shr.u32 pair, pair, 2");
        text.Line($"add.u32 out, out, pair");
        text.Line($"mul.lo.u32 out, out, {variant.ProductStride * 4}");
        WarpText.PairOffset(text, variant);
        text.Line($"add.u32 out, out, smem");
        for (int j = 0; j < variant.Columns / 8; j++)
        {
            text.Line($"st.shared.v2.f32 [out+{j * 16}], {PtxText.Vector("c", j * 4, 2)}");
            text.Line($"st.shared.v2.f32 [out+{j * 16 + 8 * variant.ProductStride * 4}], {PtxText.Vector("c", j * 4 + 2, 2)}");
        }
    }
}
