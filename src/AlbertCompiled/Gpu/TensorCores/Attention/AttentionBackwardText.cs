namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The PTX texts of attention's gradient: two kernels without any exchange between groups. The first owns queries, walks over keys and
/// values and gives ∂queries (and delta = ∂context · context of each query on the way); the second owns keys, walks over queries and ∂context
/// and gives ∂keys and ∂values. Both compute the weights again from the log-sums, seven products where a single pass takes five,
/// and need neither atomics nor a fixed order of groups. Where rows are long, one lane's registers hold ∂keys or ∂values of 16 keys, not both: pairs of warps share keys.
/// </summary>
internal class AttentionBackwardText : AttentionTileText
{
    /// <summary>Declares and fills the registers of the arguments %0 to %6.</summary>
    public const string Addresses64 = """
        .reg .b64 projections, gradient, context, logSum, delta, result, list;
        mov.b64 projections, %0;
        mov.b64 gradient, %1;
        mov.b64 context, %2;
        mov.b64 logSum, %3;
        mov.b64 delta, %4;
        mov.b64 result, %5;
        mov.b64 list, %6;

        """;

    /// <summary>Declares and fills the registers of the arguments %0 to %5.</summary>
    public const string Sizes = """
        .reg .b32 stride, gradientStride, contextStride, resultStride, logSumStride, heads;
        mov.b32 stride, %0;
        mov.b32 gradientStride, %1;
        mov.b32 contextStride, %2;
        mov.b32 resultStride, %3;
        mov.b32 logSumStride, %4;
        mov.b32 heads, %5;

        """;

    readonly bool dropout, ownsKeys, shares;

    /// <summary>A text; <see cref="Write(AttentionHead, bool, bool)"/> picks the class.</summary>
    protected AttentionBackwardText(AttentionHead head, bool ownsKeys, bool dropout) : base(head, 1, Sides(head, ownsKeys)) =>
        (this.ownsKeys, this.dropout, shares) = (ownsKeys, dropout, Sides(head, ownsKeys) > 1);

    /// <summary>Warps that share outer rows.</summary>
    public static int Sides(AttentionHead head, bool ownsKeys) => ownsKeys && head.SharesKeys ? 2 : 1;

    /// <summary>Whether weights are dropped.</summary>
    protected bool Dropout => dropout;

    /// <summary>Whether the kernel owns keys, else queries.</summary>
    protected bool OwnsKeys => ownsKeys;

    /// <summary>Bytes of a number per query of an inner tile: log-sum, delta, key of the masks.</summary>
    protected int NumberBytes => Inner * 4;

    /// <summary>Where these numbers lie, in two stages behind the tiles.</summary>
    protected int RowsAt => 2 * StageBytes;

    int RowStage => 3 * NumberBytes;

    /// <summary>Where warps that share keys leave fragments for each other: 16 bytes a lane.</summary>
    int FragmentsAt => RowsAt + 2 * RowStage;

    /// <summary>Writes the text of the kernel of ∂keys and ∂values, or of that of ∂queries.</summary>
    public static string Write(AttentionHead head, bool ownsKeys, bool dropout)
    {
        var text = head.ByWarpgroup ? new AttentionBackwardWarpgroupText(head, ownsKeys, dropout) : new AttentionBackwardText(head, ownsKeys, dropout);
        text.Write();
        return text.ToString();
    }

    void Write()
    {
        Line($".reg .b32 oa<{FragmentsOf16}>, ob<{FragmentsOf16}>, rowKey<2>, keyAt<2>, left, rows, nextRows, colKey<2>, rowTo;");
        Line($".reg .f32 sc<{ScoresOf16}>, dp<{ScoresOf16}>, sumA<{SumsOf16}>, sumB<{SumsOf16}>, shift<2>, minus<2>, logs<2>, deltas<2>, wk<4>, dr<4>;");
        Line(".reg .b64 queries, keys, values, gradients, contexts, target;");
        Begin(shares ? FragmentsAt + 16 * Lanes : ownsKeys ? FragmentsAt : RowsAt);
        if (shares) BeginSides();
        BeginProducts();
        BeginItems();
        Line("add.u64 queries, projections, headBytes;");
        Line("add.u64 keys, queries, hiddenBytes;");
        Line("add.u64 values, keys, hiddenBytes;");
        Line("add.u64 gradients, gradient, headBytes;");
        BeginItem();
        Line("mov.b32 inner, start;");
        Line("mov.b32 stage, 0;");
        Line("mov.b32 rows, 0;");
        CopyInner("inner", "stage", "rows");
        if (ownsKeys)
        {
            LoadOuter("oa", "keys", "stride");
            LoadOuter("ob", "values", "stride");
            KeyColumns();
        }
        else
        {
            LoadOuter("oa", "queries", "stride");
            LoadOuter("ob", "gradients", "gradientStride");
            QueryRows();
        }

        for (int i = 0; i < SumsOf16; i++)
        {
            Line($"mov.f32 sumA{i}, zero;");
            if (ownsKeys && !shares) Line($"mov.f32 sumB{i}, zero;");
        }

        Arrive();
        Line("AT_TILE:");
        Line($"add.u32 next, inner, {Inner};");
        Line($"xor.b32 nextStage, stage, {StageBytes};");
        Line($"sub.u32 nextRows, {RowStage}, rows;");
        Line("setp.lt.s32 prNext, next, end;");
        Issue();
        Line("@!prNext bra.uni AT_COPIED;");
        CopyInner("next", "nextStage", "nextRows");
        Line("AT_COPIED:");
        Compute();
        if (dropout && !ownsKeys)
            for (int r = 0; r < 2; r++) Line($"add.u32 rowKey{r}, rowKey{r}, {Golden(Inner)};");
        Arrive();
        Line("mov.b32 inner, next;");
        Line("mov.b32 stage, nextStage;");
        Line("mov.b32 rows, nextRows;");
        Line("@prNext bra.uni AT_TILE;");

        Store();
        End();
    }

    /// <summary>What a form of the products needs once.</summary>
    protected virtual void BeginProducts() { }

    /// <summary>What it needs once for each item, where the matrices' addresses are known.</summary>
    protected virtual void BeginItem() { }

    /// <summary>Starts the products of an inner tile in front of the next one's copies, if they run by themselves.</summary>
    protected virtual void Issue() { }

    /// <summary>Computes an inner tile in the stage <c>stage</c>, whose first row is <c>inner</c>.</summary>
    protected virtual void Compute()
    {
        Addresses("plainA", "laneB", 0);
        Addresses("plainB", "laneB", TileBytes);
        Addresses("transA", shares ? "laneOwn" : "laneA", 0);
        if (shares) Addresses("transB", "laneOther", 0);
        else if (ownsKeys) Addresses("transB", "laneA", TileBytes);
        Product("sc", "oa", "plainA");
        Product("dp", "ob", "plainB");
        if (!ownsKeys) MaskEnd("sc", float.NegativeInfinity);
        for (int j = 0; j < InnerOfWarp / 16; j++)
        {
            for (int half = 0; half < 2; half++)
            {
                if (ownsKeys) QueryColumns(2 * j + half);
                for (int i = 0; i < 4; i++) Element(2 * j + half, i);
                for (int r = 0; r < 2; r++)
                {
                    // Registers 0, 1: rows quad and quad + 8 of the first eight columns; 2, 3: of the second.
                    if (ownsKeys) Line($"cvt.rn.bf16x2.f32 pb{2 * half + r}, wk{2 * r + 1}, wk{2 * r};");
                    Line($"cvt.rn.bf16x2.f32 pa{2 * half + r}, dr{2 * r + 1}, dr{2 * r};");
                }
            }

            if (shares)
            {
                AccumulateSide();
                continue;
            }

            Accumulate("sumA", "pa", "transA", j);
            if (ownsKeys) Accumulate("sumB", "pb", "transB", j);
        }
    }

    /// <summary>
    /// Two warps that share keys: side 0 adds up ∂values, side 1 ∂keys, over all queries of an inner tile. Each computes weights and ∂scores of
    /// half of the queries alone, keeps what its own sum wants, and leaves the other half's factors to the other.
    /// </summary>
    void BeginSides()
    {
        Line(".reg .b32 laneOwn, laneOther, sendTo, receiveFrom, sideStage, meeting;");
        Line(".reg .f32 factor;");
        Line(".reg .pred prKeys;");
        Line("setp.ne.u32 prKeys, side, 0;");
        Line($"selp.f32 factor, {Immediate(Scale)}, {(dropout ? "keepScale" : Immediate(1f))}, prKeys;");
        Line($"mul.lo.u32 sideStage, side, {StageBytes};");
        Line("add.u32 meeting, warp, 1;");       // a named barrier for each pair

        // Own queries are the side's 16 rows of the tile; queries are the tile's first matrix, ∂context its second.
        Line($"mul.lo.u32 tmp, side, {BlockBytes};");
        Line("xor.b32 tmp2, side, 1;");
        Line("add.u32 laneB, laneB, tmp;");
        Line($"mad.lo.u32 laneOwn, tmp2, {TileBytes}, laneA;");
        Line("add.u32 laneOwn, laneOwn, tmp;");
        Line($"mad.lo.u32 laneOther, tmp2, {TileBytes + BlockBytes}, laneA;");
        Line("shl.b32 sendTo, tid, 4;");
        Line($"xor.b32 receiveFrom, sendTo, {16 * Lanes / 2};");
        Line("add.u32 sendTo, sendTo, smem;");
        Line("add.u32 receiveFrom, receiveFrom, smem;");
    }

    /// <summary>Adds the 16 queries that the warp weighed, then the other's 16, to the side's sum.</summary>
    void AccumulateSide()
    {
        for (int i = 0; i < 4; i++) Line($"selp.b32 out{i}, pb{i}, pa{i}, prKeys;");
        for (int i = 0; i < 4; i++) Line($"selp.b32 pa{i}, pa{i}, pb{i}, prKeys;");
        Line($"st.shared.v4.b32 [sendTo+{FragmentsAt}], {List("out", 0, 4)};");
        Accumulate("sumA", "pa", "transA", 0);
        Line("bar.sync meeting, 64;");
        Line($"ld.shared.v4.b32 {List("pb", 0, 4)}, [receiveFrom+{FragmentsAt}];");
        Accumulate("sumA", "pb", "transB", 0);
    }

    /// <summary>Scales the sums and stores them.</summary>
    protected virtual void Store()
    {
        string scale = shares ? "factor" : Immediate(Scale);
        for (int i = 0; i < SumsOf16; i++) Line($"mul.f32 sumA{i}, sumA{i}, {scale};");
        Line("add.u64 target, result, headBytes;");
        if (ownsKeys) Line("add.u64 target, target, hiddenBytes;");
        if (shares) Line("@!prKeys add.u64 target, target, hiddenBytes;");
        StoreOuter("sumA", "target", "resultStride", shares ? "sideStage" : "0");
        if (!ownsKeys || shares) return;
        if (dropout) for (int i = 0; i < SumsOf16; i++) Line($"mul.f32 sumB{i}, sumB{i}, keepScale;");
        Line("add.u64 target, target, hiddenBytes;");
        StoreOuter("sumB", "target", "resultStride", $"{StageBytes}");
    }

    /// <summary>Starts the copies of an inner tile and, for queries, of what belongs to each of its rows. Rows beyond the end weigh nothing: all is 0.</summary>
    void CopyInner(string firstRow, string stageOffset, string rowsOffset)
    {
        if (!ownsKeys)
        {
            Copy(firstRow, stageOffset, ("keys", "stride"), ("values", "stride"));
            Line("cp.async.commit_group;");
            return;
        }

        Copy(firstRow, stageOffset, ("queries", "stride"), ("gradients", "gradientStride"));
        CopyNumbers(firstRow, rowsOffset);
        Line("cp.async.commit_group;");
    }

    /// <summary>Starts the copies of what belongs to each query of an inner tile.</summary>
    protected virtual void CopyNumbers(string firstRow, string rowsOffset)
    {
        string skip = Label("ROWS");
        Line($"setp.ge.u32 pr, tid, {Inner};");
        Line($"@pr bra {skip};");
        Line($"add.u32 tmp, {firstRow}, tid;");
        Line("setp.lt.s32 pr, tmp, end;");
        Line("selp.b32 bytes, 4, 0, pr;");
        Line("min.s32 tmp, tmp, last;");
        Line("mad.lo.u32 tmp2, tmp, heads, head;");
        Line("mul.wide.u32 at2, tmp2, 4;");
        Line("add.u64 at2, at2, delta;");
        Line("mad.lo.u32 tmp2, tmp, logSumStride, head;");
        Line("mul.wide.u32 at, tmp2, 4;");
        Line("add.u64 at, at, logSum;");
        Line($"shl.b32 rowTo, tid, 2;");
        Line($"add.u32 rowTo, rowTo, {rowsOffset};");
        Line("add.u32 rowTo, rowTo, smem;");
        Line($"cp.async.ca.shared.global [rowTo+{RowsAt}], [at], 4, bytes;");
        Line($"cp.async.ca.shared.global [rowTo+{RowsAt + NumberBytes}], [at2], 4, bytes;");
        if (dropout)
        {
            RowKey("tmp2", "tmp");
            Line($"st.shared.b32 [rowTo+{RowsAt + 2 * NumberBytes}], tmp2;");
        }

        Line($"{skip}:");
    }

    /// <summary>The masks' columns of the lane's keys.</summary>
    void KeyColumns()
    {
        if (!dropout) return;
        for (int r = 0; r < 2; r++)
        {
            Line($"sub.u32 tmp, row{r}, start;");
            Line($"mul.lo.u32 keyAt{r}, tmp, {Golden(1)};");
        }
    }

    /// <summary>Log-sums, deltas and keys of the masks of the lane's queries; the deltas are left for the other kernel.</summary>
    void QueryRows()
    {
        Line("add.u64 contexts, context, headBytes;");
        for (int r = 0; r < 2; r++)
        {
            Line($"mov.f32 f{r}, zero;");
            Line($"mad.wide.s32 at, row{r}, contextStride, contexts;");
            Line("mul.wide.u32 at2, pair, 2;");
            Line("add.u64 at, at, at2;");
            for (int k = 0; k < Head.Steps; k++)
            {
                for (int high = 0; high < 2; high++)
                {
                    Line("mov.b32 tmp, 0;");
                    Line($"@prRow{r} ld.global.b32 tmp, [at+{k * 32 + high * 16}];");
                    string other = $"ob{k * 4 + r + 2 * high}";
                    Line("shl.b32 tmp2, tmp, 16;");
                    Line("mov.b32 f2, tmp2;");
                    Line($"shl.b32 tmp2, {other}, 16;");
                    Line("mov.b32 f3, tmp2;");
                    Line($"fma.rn.f32 f{r}, f2, f3, f{r};");
                    Line("and.b32 tmp2, tmp, 4294901760;");
                    Line("mov.b32 f2, tmp2;");
                    Line($"and.b32 tmp2, {other}, 4294901760;");
                    Line("mov.b32 f3, tmp2;");
                    Line($"fma.rn.f32 f{r}, f2, f3, f{r};");
                }
            }

            OverQuad("add", $"f{r}");
            Line($"neg.f32 minus{r}, f{r};");
            Line($"mad.lo.u32 tmp, row{r}, heads, head;");
            Line("mul.wide.u32 at2, tmp, 4;");
            Line("add.u64 at2, at2, delta;");
            Line($"mad.lo.u32 tmp, row{r}, logSumStride, head;");
            Line("mul.wide.u32 at, tmp, 4;");
            Line("add.u64 at, at, logSum;");
            Line("setp.eq.u32 pr, pair, 0;");
            Line($"and.pred pr, pr, prRow{r};");
            Line($"@pr st.global.f32 [at2], f{r};");
            Line($"mov.f32 shift{r}, zero;");
            Line($"@prRow{r} ld.global.f32 shift{r}, [at];");
            Line($"mul.f32 shift{r}, shift{r}, {Immediate(-Log2E)};");
            if (!dropout) continue;
            RowKey($"rowKey{r}", $"row{r}");
            Line($"mad.lo.u32 rowKey{r}, pair, {Golden(1)}, rowKey{r};");
        }
    }

    /// <summary>Scores of keys beyond the sequence's end become −∞, or weights 0, in the last tile alone.</summary>
    protected void MaskEnd(string name, float value)
    {
        Line("@prNext bra.uni AT_WHOLE;");
        Line("sub.u32 left, end, inner;");
        Line("sub.u32 left, left, pair;");
        for (int n = 0; n < Inner / 8; n++)
        {
            for (int e = 0; e < 2; e++)
            {
                Line($"setp.le.s32 pr, left, {8 * n + e};");
                for (int r = 0; r < 2; r++) Line($"@pr mov.f32 {name}{n * 4 + 2 * r + e}, {Immediate(value)};");
            }
        }

        Line("AT_WHOLE:");
    }

    /// <summary>Log-sums, deltas and keys of the masks of two inner queries.</summary>
    void QueryColumns(int n)
    {
        if (n == 0)
        {
            Line("shl.b32 rowTo, pair, 2;");
            Line("add.u32 rowTo, rowTo, rows;");
            Line("add.u32 rowTo, rowTo, smem;");
            if (shares) Line($"mad.lo.u32 rowTo, side, {InnerOfWarp * 4}, rowTo;");
        }

        Line($"ld.shared.v2.f32 {List("logs", 0, 2)}, [rowTo+{RowsAt + 32 * n}];");
        Line($"ld.shared.v2.f32 {List("deltas", 0, 2)}, [rowTo+{RowsAt + NumberBytes + 32 * n}];");
        if (dropout) Line($"ld.shared.v2.b32 {List("colKey", 0, 2)}, [rowTo+{RowsAt + 2 * NumberBytes + 32 * n}];");
        for (int e = 0; e < 2; e++)
        {
            Line($"mul.f32 shift{e}, logs{e}, {Immediate(-Log2E)};");
            Line($"neg.f32 minus{e}, deltas{e};");
        }
    }

    /// <summary>wk = weight · mask, dr = ∂score: weight · (mask · ∂weight · keepScale − delta).</summary>
    void Element(int n, int i)
    {
        // Register i: row quad + 8 (i / 2), column pair + i mod 2.
        int e = i % 2, r = i / 2, query = ownsKeys ? e : r, c = n * 4 + i;
        Line($"fma.rn.f32 wk{i}, sc{c}, {Immediate(Scale2)}, shift{query};");
        Line($"ex2.approx.ftz.f32 wk{i}, wk{i};");
        if (!dropout)
        {
            Line($"add.f32 dr{i}, dp{c}, minus{query};");
            Line($"mul.f32 dr{i}, dr{i}, wk{i};");
            return;
        }

        Dropped(ownsKeys ? $"colKey{e}" : $"rowKey{r}", ownsKeys ? $"keyAt{r}" : Golden(8 * n + e));
        Line($"fma.rn.f32 dr{i}, dp{c}, keepScale, minus{query};");
        Line($"@pr mov.f32 dr{i}, minus{query};");
        Line($"mul.f32 dr{i}, dr{i}, wk{i};");
        if (ownsKeys) Line($"@pr mov.f32 wk{i}, zero;");
    }
}
