namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The PTX texts of attention's gradient: two kernels without any exchange between groups. The first owns queries, walks over keys and
/// values and gives ∂queries (and delta = ∂context · context of each query on the way); the second owns keys, walks over queries and ∂context
/// and gives ∂keys and ∂values. Both compute the weights again from the log-sums, seven products where a single pass takes five,
/// and need neither atomics nor a fixed order of groups.
/// </summary>
internal sealed class AttentionBackwardText : AttentionText
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

    /// <summary>Per query of an inner tile: log-sum, delta, key of the masks; in two stages behind the tiles.</summary>
    const int RowBytes = Inner * 4, RowsAt = 2 * StageBytes, RowStage = 3 * RowBytes;

    readonly bool dropout, ownsKeys;

    AttentionBackwardText(int warps, bool ownsKeys, bool dropout) : base(warps, 1) => (this.ownsKeys, this.dropout) = (ownsKeys, dropout);

    /// <summary>Writes the text of the kernel of ∂keys and ∂values, or of that of ∂queries.</summary>
    public static string Write(int warps, bool ownsKeys, bool dropout)
    {
        var text = new AttentionBackwardText(warps, ownsKeys, dropout);
        text.Write();
        return text.ToString();
    }

    void Write()
    {
        Line(".reg .b32 oa<16>, ob<16>, rowKey<2>, keyAt<2>, left, rows, nextRows, colKey<2>, rowTo;");
        Line(".reg .f32 sc<32>, dp<32>, sumA<32>, sumB<32>, shift<2>, minus<2>, logs<2>, deltas<2>, wk<4>, dr<4>;");
        Line(".reg .b64 queries, keys, values, gradients, contexts, target;");
        Begin(ownsKeys ? RowsAt + 2 * RowStage : RowsAt);
        BeginItems();
        Line("add.u64 queries, projections, headBytes;");
        Line("add.u64 keys, queries, hiddenBytes;");
        Line("add.u64 values, keys, hiddenBytes;");
        Line("add.u64 gradients, gradient, headBytes;");
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

        for (int i = 0; i < 32; i++)
        {
            Line($"mov.f32 sumA{i}, zero;");
            if (ownsKeys) Line($"mov.f32 sumB{i}, zero;");
        }

        Arrive();
        Line("AT_TILE:");
        Line($"add.u32 next, inner, {Inner};");
        Line($"xor.b32 nextStage, stage, {StageBytes};");
        Line($"sub.u32 nextRows, {RowStage}, rows;");
        Line("setp.lt.s32 prNext, next, end;");
        Line("@!prNext bra.uni AT_COPIED;");
        CopyInner("next", "nextStage", "nextRows");
        Line("AT_COPIED:");
        Addresses("plainA", "laneB", 0);
        Addresses("plainB", "laneB", TileBytes);
        Addresses("transA", "laneA", 0);
        if (ownsKeys) Addresses("transB", "laneA", TileBytes);
        Product("sc", "oa", "plainA");
        Product("dp", "ob", "plainB");
        if (!ownsKeys)
        {
            Line("@prNext bra.uni AT_WHOLE;");
            MaskEnd();
            Line("AT_WHOLE:");
        }

        for (int j = 0; j < 4; j++)
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

            Accumulate("sumA", "pa", "transA", j);
            if (ownsKeys) Accumulate("sumB", "pb", "transB", j);
        }

        if (dropout && !ownsKeys)
            for (int r = 0; r < 2; r++) Line($"add.u32 rowKey{r}, rowKey{r}, {Golden(Inner)};");
        Arrive();
        Line("mov.b32 inner, next;");
        Line("mov.b32 stage, nextStage;");
        Line("mov.b32 rows, nextRows;");
        Line("@prNext bra.uni AT_TILE;");

        for (int i = 0; i < 32; i++) Line($"mul.f32 sumA{i}, sumA{i}, {Immediate(Scale)};");
        Line("add.u64 target, result, headBytes;");
        if (ownsKeys) Line("add.u64 target, target, hiddenBytes;");
        StoreOuter("sumA", "target", "resultStride", "0");
        if (ownsKeys)
        {
            if (dropout) for (int i = 0; i < 32; i++) Line($"mul.f32 sumB{i}, sumB{i}, keepScale;");
            Line("add.u64 target, target, hiddenBytes;");
            StoreOuter("sumB", "target", "resultStride", $"{StageBytes}");
        }

        End();
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
        Line($"cp.async.ca.shared.global [rowTo+{RowsAt + RowBytes}], [at2], 4, bytes;");
        if (dropout)
        {
            RowKey("tmp2", "tmp");
            Line($"st.shared.b32 [rowTo+{RowsAt + 2 * RowBytes}], tmp2;");
        }

        Line($"{skip}:");
        Line("cp.async.commit_group;");
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
            for (int k = 0; k < 4; k++)
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

    /// <summary>Scores of keys beyond the sequence's end become −∞.</summary>
    void MaskEnd()
    {
        Line("sub.u32 left, end, inner;");
        Line("sub.u32 left, left, pair;");
        for (int n = 0; n < 8; n++)
        {
            for (int e = 0; e < 2; e++)
            {
                Line($"setp.le.s32 pr, left, {8 * n + e};");
                for (int r = 0; r < 2; r++) Line($"@pr mov.f32 sc{n * 4 + 2 * r + e}, {Immediate(float.NegativeInfinity)};");
            }
        }
    }

    /// <summary>Log-sums, deltas and keys of the masks of two inner queries.</summary>
    void QueryColumns(int n)
    {
        if (n == 0)
        {
            Line("shl.b32 rowTo, pair, 2;");
            Line("add.u32 rowTo, rowTo, rows;");
            Line("add.u32 rowTo, rowTo, smem;");
        }

        Line($"ld.shared.v2.f32 {List("logs", 0, 2)}, [rowTo+{RowsAt + 32 * n}];");
        Line($"ld.shared.v2.f32 {List("deltas", 0, 2)}, [rowTo+{RowsAt + RowBytes + 32 * n}];");
        if (dropout) Line($"ld.shared.v2.b32 {List("colKey", 0, 2)}, [rowTo+{RowsAt + 2 * RowBytes + 32 * n}];");
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
