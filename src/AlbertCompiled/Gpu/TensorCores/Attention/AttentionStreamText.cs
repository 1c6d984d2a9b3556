namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// What the pipelined texts of attention have in common. A group's items follow each other without a pause: while the last inner tile of
/// an item is computed, the outer rows and the first inner tile of the next are on their way, as within an item the next inner tile is.
/// Outer rows arrive in shared memory by warps, each of which reads none but its own.
/// </summary>
/// <param name="head">The size of a head.</param>
/// <param name="tiles">Tiles of 16 outer rows that a warp owns.</param>
internal abstract class AttentionStreamText(AttentionHead head, int tiles) : AttentionTileText(head, tiles)
{
    /// <summary>Addresses of a lane's outer rows: their places among eight take turns.</summary>
    static readonly string[] OuterTo = ["outerTo", "tmp2", "out0", "out1"];

    /// <summary>Bytes of the outer rows of one matrix, and where those of the first lie.</summary>
    protected int OuterBytes => Head.RowBytes * Outer;

    /// <summary>Where outer rows lie: behind two stages.</summary>
    protected int OuterAt => 2 * StageBytes;

    /// <summary>Copies a tile of inner rows: of matrices of the item's head, or of the next item's.</summary>
    protected abstract void CopyInner();

    /// <summary>Copies outer rows of the next item.</summary>
    protected abstract void CopyOuter();

    /// <summary>Once for each item: fragments of the outer rows, sums.</summary>
    protected abstract void BeginItem();

    /// <summary>Starts the products of an inner tile in front of the next one's copies, if they run by themselves.</summary>
    protected virtual void Issue() { }

    /// <summary>Computes an inner tile in the stage <c>stage</c>, whose first row is <c>inner</c>.</summary>
    protected abstract void Compute();

    /// <summary>Leaves the results; the tile's own stage is free for everybody.</summary>
    protected abstract void EndItem();

    /// <summary>Writes the loops over items and their inner tiles.</summary>
    protected void Items()
    {
        Line(".reg .b32 nextStart, nextEnd, nextOuter, nextHead, copyFirst, copyEnd, copyLast, copyHead, outerTo;");
        Line($".reg .b64 copyBase{(Head.ByWarpgroup ? ", copyFrom, copyFrom2" : "")};");
        Line(".reg .pred prItem, prCopy;");

        // What a lane copies of its warp's outer rows: chunk l mod chunks of rows l / chunks, + 32 / chunks, ...
        Line($"shr.u32 tmp, lane, {ChunkShift};");
        Line($"and.b32 tmp2, lane, {Head.Chunks - 1};");
        Line($"xor.b32 tmp2, tmp2, {Exchange("tmp", "out0")};");
        Line("shl.b32 tmp2, tmp2, 4;");
        Line($"mad.lo.u32 outerTo, warp, {16 * Tiles}, tmp;");
        Line($"shl.b32 outerTo, outerTo, {RowShift};");
        Line("add.u32 outerTo, outerTo, tmp2;");
        Line("add.u32 outerTo, outerTo, smem;");

        Line("mov.u32 item, %ctaid.x;");
        Line("mov.u32 groups, %nctaid.x;");
        Line("ld.global.b32 count, [list];");
        Line("mul.lo.u32 count, count, heads;");
        Line("setp.ge.u32 pr, item, count;");
        Line("@pr bra.uni AT_DONE;");
        Entry();
        Line("mov.b32 stage, 0;");
        Line("mov.b32 nextStage, 0;");
        CopyOuter();
        Line("mov.b32 copyFirst, nextStart;");
        Line("mov.b32 copyEnd, nextEnd;");
        Line("mov.b32 copyHead, nextHead;");
        CopyInner();
        Line("cp.async.commit_group;");
        Arrive();

        Line("AT_ITEM:");
        foreach (string name in new[] { "Start", "End", "Outer", "Head" }) Line($"mov.b32 {name.ToLowerInvariant()}, next{name};");
        Line("add.u32 item, item, groups;");
        Line("setp.lt.u32 prItem, item, count;");
        Line("@!prItem bra.uni AT_LAST;");
        Entry();
        Line("AT_LAST:");
        BeginItem();
        Line("bar.warp.sync 4294967295;");      // the warp's fragments are in registers: their place is free
        Line("mov.b32 inner, start;");

        Line("AT_TILE:");
        Line($"add.u32 next, inner, {Inner};");
        Line($"xor.b32 nextStage, stage, {StageBytes};");
        Line("setp.lt.s32 prNext, next, end;");
        Line("or.pred prCopy, prNext, prItem;");
        Issue();
        Line("@!prCopy bra.uni AT_COPIED;");
        foreach (var (target, here, there) in new[] { ("First", "next", "nextStart"), ("End", "end", "nextEnd"), ("Head", "head", "nextHead") })
            Line($"selp.b32 copy{target}, {here}, {there}, prNext;");
        CopyInner();
        Line("@prNext bra.uni AT_INNER;");
        CopyOuter();
        Line("AT_INNER:");
        Line("cp.async.commit_group;");
        Line("AT_COPIED:");
        Compute();
        Arrive();
        Line("@!prNext bra.uni AT_END;");
        Line("mov.b32 inner, next;");
        Line("mov.b32 stage, nextStage;");
        Line("bra.uni AT_TILE;");

        Line("AT_END:");
        EndItem();
        Line("@!prItem bra.uni AT_DONE;");
        Line("mov.b32 stage, nextStage;");
        Line("bar.sync 0;");                     // the results have left the stage that is filled next
        Line("bra.uni AT_ITEM;");
        Line("AT_DONE:");
    }

    /// <summary>The next item's tile and head.</summary>
    void Entry()
    {
        Line("div.u32 tile, item, heads;");
        Line("mul.lo.u32 tmp, tile, heads;");
        Line("sub.u32 nextHead, item, tmp;");
        Line("mul.wide.u32 at, tile, 16;");
        Line("add.u64 at, at, list;");
        Line("ld.global.v4.b32 {nextStart, nextEnd, nextOuter, tmp}, [at+16];");
    }

    /// <summary>Starts the copies of a tile of two matrices into the next stage; rows from the sequence's end onwards become zeros.</summary>
    /// <param name="first">The first matrix: column 0 of head 0 in row 0, and bytes from row to row.</param>
    /// <param name="second">The second.</param>
    protected void CopyTile((string Address, string Stride) first, (string Address, string Stride) second)
    {
        int step = Lanes / Head.Chunks;
        Line("add.u32 copyStage, copyTo, nextStage;");
        Line("add.u32 copyAt, copyRow, copyFirst;");
        Line("sub.u32 copyLast, copyEnd, 1;");
        Line($"mul.wide.u32 copyBase, copyHead, {Head.Bytes};");
        Line("add.u64 copyBase, copyBase, copyColumn;");
        bool once = Head.ByWarpgroup;            // the matrices' addresses are added once for all rows
        if (once)
        {
            Line($"add.u64 copyFrom, {first.Address}, copyBase;");
            Line($"add.u64 copyFrom2, {second.Address}, copyBase;");
        }

        for (int i = 0; i * step < Inner; i++)
        {
            Line($"add.u32 tmp, copyAt, {i * step};");
            Line("setp.lt.s32 pr, tmp, copyEnd;");
            Line("selp.b32 bytes, 16, 0, pr;");
            Line("min.s32 tmp, tmp, copyLast;");
            Line($"mad.wide.s32 at, tmp, {first.Stride}, {(once ? "copyFrom" : "copyBase")};");
            if (!once) Line($"add.u64 at, at, {first.Address};");
            Line($"mad.wide.s32 at2, tmp, {second.Stride}, {(once ? "copyFrom2" : "copyBase")};");
            if (!once) Line($"add.u64 at2, at2, {second.Address};");
            Line($"{InHead}cp.async.cg.shared.global [copyStage+{i * step * Head.RowBytes}], [at], 16, bytes;");
            Line($"{InHead}cp.async.cg.shared.global [copyStage+{TileBytes + i * step * Head.RowBytes}], [at2], 16, bytes;");
        }
    }

    /// <summary>Starts the copies of the next item's outer rows of a matrix.</summary>
    /// <param name="offset">Where in shared memory.</param>
    /// <param name="address">Column 0 of head 0 in row 0.</param>
    /// <param name="stride">Bytes from row to row.</param>
    protected void CopyOuterRows(int offset, string address, string stride)
    {
        Line($"and.b32 tmp, lane, {Head.Chunks - 1};");
        Line("mul.wide.u32 copyBase, tmp, 16;");
        Line($"mul.wide.u32 at, nextHead, {Head.Bytes};");
        Line("add.u64 copyBase, copyBase, at;");
        Line($"add.u64 copyBase, copyBase, {address};");
        Line("sub.u32 copyLast, nextEnd, 1;");
        Line($"shr.u32 copyAt, lane, {ChunkShift};");
        Line($"mad.lo.u32 copyAt, warp, {16 * Tiles}, copyAt;");
        Line("add.u32 copyAt, copyAt, nextOuter;");
        int turns = Math.Max(1, 8 / Head.RowsAtOnce);
        for (int i = 1; i < turns; i++) Line($"xor.b32 {OuterTo[i]}, outerTo, {i * Head.RowsAtOnce * 16};");
        for (int row = 0; row < 16 * Tiles; row += Head.RowsAtOnce)
        {
            Line($"add.u32 tmp, copyAt, {row};");
            Line("setp.lt.s32 pr, tmp, nextEnd;");
            Line("selp.b32 bytes, 16, 0, pr;");
            Line("min.s32 tmp, tmp, copyLast;");
            Line($"mad.wide.s32 at, tmp, {stride}, copyBase;");
            Line($"{InHead}cp.async.cg.shared.global [{OuterTo[row / Head.RowsAtOnce % turns]}+{offset + row * Head.RowBytes}], [at], 16, bytes;");
        }
    }

    /// <summary>The warp's outer rows as A fragments: name[(tile·steps + k step)·4 + register].</summary>
    protected void OuterFragments(string name, int offset)
    {
        Line($"mad.lo.u32 tmp, warp, {BlockBytes * Tiles}, laneA;");
        for (int k = 0; k < Head.Steps; k++)
        {
            var (address, behind) = Place(k);
            if (address > 0) Line($"xor.b32 tmp2, tmp, {32 * address};");
            for (int m = 0; m < Tiles; m++)
                Line($"ldmatrix.sync.aligned.m8n8.x4.shared.b16 {List(name, (m * Head.Steps + k) * 4, 4)}, [{(address == 0 ? "tmp" : "tmp2")}+{offset + behind + m * BlockBytes}];");
        }
    }
}
