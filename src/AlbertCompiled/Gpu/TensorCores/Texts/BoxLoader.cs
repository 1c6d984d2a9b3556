using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Text that fills stages by tensor maps. Each stage has a barrier that a full tile completes. Where a warp of its own orders them, it has a second one that the warps complete which
/// have read it: a lane of that warp runs ahead of the products by as many tiles as there are stages.
/// </summary>
internal static class BoxLoader
{
    /// <summary>Prepares the barriers and each lane's place in the ring of stages, for all lanes.</summary>
    public static void Begin(PtxText text, ProductVariant variant)
    {
        string done = text.Label("prepared");
        text.Line($".reg .b32 barriers, phase, full, tail, clear, clearEnd, none, target, element");
        text.Line($".reg .pred ready");
        text.Line($"add.u32 barriers, smem, {variant.BarrierOffset}");
        text.Line($"setp.ne.u32 more, lane, {variant.Orderer}");
        text.Line($"@more bra {done}");
        for (int s = 0; s < variant.Stages; s++)
        {
            text.Line($"mbarrier.init.shared::cta.b64 [barriers+{8 * s}], 1");
            if (variant.HasProducer) text.Line($"mbarrier.init.shared::cta.b64 [barriers+{8 * (variant.Stages + s)}], {variant.Warps}");
        }

        text.Line($"fence.mbarrier_init.release.cluster");
        text.Line($"fence.proxy.tensormap::generic.acquire.gpu [A], 128");
        text.Line($"fence.proxy.tensormap::generic.acquire.gpu [B], 128");
        text.Line($"fence.proxy.async.shared::cta");
        text.Mark(done);
        text.Line($"bar.sync 0");
        text.Line($"mov.b32 full, barriers");
        if (!variant.HasProducer)
        {
            text.Line($"mov.b32 phase, 0");
            return;
        }

        // A fresh barrier counts as one whose phase 1 is over: that is what the producer waits for first.
        text.Line($"setp.ge.u32 more, lane, {variant.Workers}");
        text.Line($"selp.b32 phase, 1, 0, more");
        text.Line($"mov.b32 rd, 0");
        text.Line($"mov.b32 empty, 0");
    }

    /// <summary>Waits until a phase of a barrier is over.</summary>
    public static void Wait(PtxText text, string barrier, string phase)
    {
        string wait = text.Label("wait");
        text.Mark(wait);
        text.Line($"mbarrier.try_wait.parity.shared::cta.b64 ready, [{barrier}], {phase}");
        text.Line($"@!ready bra {wait}");
    }

    /// <summary>
    /// In the last tile, when so many are still counted, zeroes the steps from the end of the contraction on, in both operands: a box ends where its matrix does, a batch may end before.
    /// Both are stored across the contraction, so those steps are the last rows of every panel.
    /// </summary>
    public static void ClearTail(PtxText text, ProductVariant variant, int last)
    {
        string whole = text.Label("whole");
        int reach = variant.Workers * 16, panels = variant.StageBytes / SharedTile.PanelBytes;
        text.Line($"sub.s32 tail, last, first");
        text.Line($"and.b32 tail, tail, {SharedTile.Depth - 1}");
        text.Line($"setp.ne.s32 more, togo, {last}");
        text.Line($"@more bra {whole}");
        text.Line($"setp.eq.s32 more, tail, 0");
        text.Line($"@more bra {whole}");
        text.Line($"add.u32 clear, tileA, rd");
        text.Line($"add.u32 clearEnd, clear, {SharedTile.PanelBytes}");
        text.Line($"mad.lo.u32 clear, tail, {SharedTile.RowBytes}, clear");
        text.Line($"mad.lo.u32 clear, lane, 16, clear");
        text.Line($"mov.b32 none, 0");
        for (int from = 0; from < SharedTile.PanelBytes; from += reach)
        {
            text.Line($"setp.lt.u32 more, clear, clearEnd");
            for (int p = 0; p < panels; p++) text.Line($"@more st.shared.v4.b32 [clear+{p * SharedTile.PanelBytes}], {{none, none, none, none}}");
            text.Line($"add.u32 clear, clear, {reach}");
        }

        if (variant.HasProducer)
        {
            text.Line($"fence.proxy.async.shared::cta");
            text.Line($"bar.sync 1, {variant.Workers}");
        }

        text.Mark(whole);
    }

    /// <summary>Moves on to the next stage; after the last, to the first and the next phase.</summary>
    public static void Advance(PtxText text, ProductVariant variant)
    {
        string same = text.Label("same");
        text.Line($"add.u32 rd, rd, {variant.StageBytes}");
        text.Line($"add.u32 full, full, 8");
        text.Line($"setp.ne.u32 more, rd, {variant.Stages * variant.StageBytes}");
        text.Line($"@more bra {same}");
        text.Line($"mov.b32 rd, 0");
        text.Line($"mov.b32 full, barriers");
        text.Line($"xor.b32 phase, phase, 1");
        text.Mark(same);
    }

    /// <summary>The loop of the lane that orders the copies of a tile of C, for the warp behind the workers: its phase begins at 1.</summary>
    public static void Produce(PtxText text, ProductVariant variant, bool transposeA, bool transposeB)
    {
        string loop = text.Label("order"), end = text.Label("ordered");
        text.Line($".reg .b32 step");
        text.Line($"setp.ne.u32 more, lane, {variant.Workers}");
        text.Line($"@more bra {end}");
        text.Line($"setp.lt.s32 more, togo, 1");
        text.Line($"@more bra {end}");
        text.Line($"mov.b32 step, first");
        text.Mark(loop);
        text.Line($"add.u32 empty, full, {variant.Stages * 8}");
        Wait(text, "empty", "phase");
        Order(text, variant, transposeA, transposeB, "rd", "full", "");
        Advance(text, variant);
        text.Line($"sub.s32 togo, togo, 1");
        text.Line($"setp.gt.s32 more, togo, 0");
        text.Line($"@more bra {loop}");
        text.Mark(end);
    }

    /// <summary>Orders the boxes of a tile, and moves on along the contraction.</summary>
    /// <param name="text">Takes the text.</param>
    /// <param name="variant">The variant.</param>
    /// <param name="transposeA">Whether A is stored across the contraction.</param>
    /// <param name="transposeB">Whether B is stored along it.</param>
    /// <param name="stage">Register: the stage's offset.</param>
    /// <param name="barrier">Register: the stage's barrier.</param>
    /// <param name="lane">Predicate: the one lane that orders; empty if no other comes here.</param>
    public static void Order(PtxText text, ProductVariant variant, bool transposeA, bool transposeB, string stage, string barrier, string lane)
    {
        string only = lane.Length > 0 ? $"@{lane} " : "";
        text.Line($"{only}mbarrier.arrive.expect_tx.shared::cta.b64 _, [{barrier}], {variant.StageBytes}");
        Boxes("A", "tileA", "row", ProductVariant.Rows, transposeA ? 0 : ProductVariant.Rows);
        Boxes("B", "tileB", "column", variant.Columns, transposeB ? variant.BoxColumns : 0);
        text.Line($"add.s32 step, step, {SharedTile.Depth}");

        // boxes of so many elements along the contraction, or of 64 across it
        void Boxes(string map, string tile, string first, int elements, int along)
        {
            int reach = along > 0 ? along : SharedTile.PanelElements;
            text.Line($"add.u32 target, {tile}, {stage}");
            text.Line($"mov.b32 element, {first}");
            for (int at = 0; at < elements; at += reach)
            {
                if (at > 0)
                {
                    text.Line($"add.u32 target, target, {SharedTile.Bytes(reach)}");
                    text.Line($"add.s32 element, element, {reach}");
                }

                string place = along > 0 ? "step, element" : "element, step";
                text.Line($"{only}cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [target], [{map}, {{{place}}}], [{barrier}]");
            }
        }
    }
}
