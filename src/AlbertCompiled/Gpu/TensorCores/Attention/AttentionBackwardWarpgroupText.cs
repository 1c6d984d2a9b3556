namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A kernel of attention's gradient by wgmma. Weights are computed while ∂weights are still multiplied; ∂scores of 16 inner rows at a time go into the sums while those of the
/// next are computed. What belongs to an inner query lies so that one access gives a lane its four of 16.
/// </summary>
internal sealed class AttentionBackwardWarpgroupText : AttentionBackwardText
{
    readonly AttentionWarpgroupProducts products;

    /// <summary>A text.</summary>
    public AttentionBackwardWarpgroupText(AttentionHead head, bool ownsKeys, bool dropout) : base(head, ownsKeys, dropout) => products = new(head, Line);

    /// <inheritdoc/>
    protected override void BeginProducts()
    {
        // Factors of all inner rows: products read them while the next are written.
        Line($".reg .b32 da<{Inner / 4}>;");
        Line($".reg .f32 we<{ScoresOf16}>, ds<{ScoresOf16}>;");    // not those that products write: others run (AttentionForwardWarpgroupText)
        if (OwnsKeys) BeginNumbers();
        products.Begin();
    }

    /// <summary>Half of the lanes fetch a log-sum each, the others a delta.</summary>
    void BeginNumbers()
    {
        Line($".reg .b32 wa<{Inner / 4}>, maskKeys<{Inner / 4}>, numberRow, numberStride, numberTo, numberAt;");
        Line(".reg .b64 numbers;");
        Line($".reg .f32 shifts<{Inner / 4}>, minuses<{Inner / 4}>;");
        Line(".reg .pred prShift;");
        Line($"setp.lt.u32 prShift, tid, {Inner};");
        Line("selp.b64 numbers, logSum, delta, prShift;");
        Line("selp.b32 numberStride, logSumStride, heads, prShift;");

        // Query 16 j + 8 h + 2 p + e lies at 16 j + 4 p + 2 h + e: the lanes of a column pair p find theirs side by side.
        Line($"and.b32 numberRow, tid, {Inner - 1};");
        Line($"and.b32 numberTo, numberRow, {Inner - 1 - 14};");
        Line("and.b32 tmp, numberRow, 6;");
        Line("shl.b32 tmp, tmp, 1;");
        Line("or.b32 numberTo, numberTo, tmp;");
        Line("and.b32 tmp, numberRow, 8;");
        Line("shr.u32 tmp, tmp, 2;");
        Line("or.b32 numberTo, numberTo, tmp;");
        Line("shl.b32 numberTo, numberTo, 2;");
        Line("add.u32 numberTo, numberTo, smem;");
        Line($"selp.b32 tmp, 0, {NumberBytes}, prShift;");
        Line("add.u32 numberTo, numberTo, tmp;");
    }

    /// <summary>The matrices that are copied begin at the lane's column: fewer registers to keep.</summary>
    protected override void BeginItem()
    {
        Line($"and.b32 tmp, tid, {Head.Chunks - 1};");
        Line("mul.wide.u32 at, tmp, 16;");
        foreach (string matrix in OwnsKeys ? ["queries", "gradients"] : (string[])["keys", "values"]) Line($"add.u64 {matrix}, {matrix}, at;");
    }

    /// <inheritdoc/>
    protected override void Store()
    {
        // Computed again rather than kept over the loop.
        Line($"mul.wide.u32 headBytes, head, {Head.Bytes};");
        Line($"mul.wide.u32 hiddenBytes, heads, {Head.Bytes};");
        base.Store();
    }

    /// <inheritdoc/>
    protected override void CopyNumbers(string firstRow, string rowsOffset)
    {
        Line($"add.u32 numberAt, numberTo, {rowsOffset};");
        Line($"add.u32 tmp, {firstRow}, numberRow;");
        Line("setp.lt.s32 pr, tmp, end;");
        Line("selp.b32 bytes, 4, 0, pr;");
        Line("min.s32 tmp, tmp, last;");
        Line("mad.lo.u32 tmp2, tmp, numberStride, head;");
        Line("mul.wide.u32 at, tmp2, 4;");
        Line("add.u64 at, at, numbers;");
        Line($"cp.async.ca.shared.global [numberAt+{RowsAt}], [at], 4, bytes;");
        if (!Dropout) return;
        RowKey("tmp2", "tmp");
        Line($"@prShift st.shared.b32 [numberAt+{RowsAt + 2 * NumberBytes}], tmp2;");
    }

    /// <inheritdoc/>
    protected override void Issue()
    {
        products.BeginTile();
        products.Fence();
        products.Product("sc", "oa", 0, 0);
        products.Commit();
        products.Product("dp", "ob", 0, TileBytes);
        products.Commit();
    }

    /// <inheritdoc/>
    protected override void Compute()
    {
        if (OwnsKeys)
        {
            Line("shl.b32 rowTo, pair, 3;");
            Line("add.u32 rowTo, rowTo, rows;");
            Line("add.u32 rowTo, rowTo, smem;");
            Numbers("shifts", 0);
            for (int i = 0; i < Inner / 4; i++) Line($"mul.f32 shifts{i}, shifts{i}, {Immediate(-Log2E)};");
        }

        products.Wait(1);
        for (int c = 0; c < ScoresOf16; c++) Weigh(c);
        if (OwnsKeys)
        {
            Numbers("minuses", 1);
            for (int i = 0; i < Inner / 4; i++) Line($"neg.f32 minuses{i}, minuses{i};");
            if (Dropout) Numbers("maskKeys", 2);
        }

        products.Wait(0);
        if (!OwnsKeys) MaskEnd("we", 0);
        for (int j = 0; j < Inner / 16; j++)
        {
            for (int i = 0; i < 8; i++) Differentiate(8 * j + i);
            for (int i = 0; i < 4; i++)
            {
                int fragment = 4 * j + i, c = 2 * fragment;
                if (OwnsKeys) Line($"cvt.rn.bf16x2.f32 wa{fragment}, we{c + 1}, we{c};");
                Line($"cvt.rn.bf16x2.f32 da{fragment}, ds{c + 1}, ds{c};");
            }

            products.Fence();
            if (OwnsKeys) products.Accumulate("sumB", 0, "wa", 4 * j, TileBytes, j);
            products.Accumulate("sumA", 0, "da", 4 * j, 0, j);
        }

        products.Commit();
        products.Wait(0);                            // the stage is free
    }

    /// <summary>Loads the lane's numbers of a kind.</summary>
    void Numbers(string name, int kind)
    {
        for (int j = 0; j < Inner / 16; j++) Line($"ld.shared.v4.b32 {List(name, 4 * j, 4)}, [rowTo+{RowsAt + kind * NumberBytes + 64 * j}];");
    }

    /// <summary>Register c of scores is row quad + 8 (c / 2 mod 2), column 8 (c / 4) + pair + c mod 2: the register of what belongs to its query, be that the row or the column.</summary>
    string Query(string ofRow, string ofColumn, int c) => OwnsKeys ? $"{ofColumn}{c / 4 * 2 + c % 2}" : $"{ofRow}{c / 2 % 2}";

    /// <summary>Score → weight.</summary>
    void Weigh(int c)
    {
        Line($"fma.rn.f32 we{c}, sc{c}, {Immediate(Scale2)}, {Query("shift", "shifts", c)};");
        Line($"ex2.approx.ftz.f32 we{c}, we{c};");
    }

    /// <summary>∂weight → ∂score: weight · (mask · ∂weight · keepScale − delta); weight → weight · mask.</summary>
    void Differentiate(int c)
    {
        string minus = Query("minus", "minuses", c);
        if (!Dropout)
        {
            Line($"add.f32 ds{c}, dp{c}, {minus};");
            Line($"mul.f32 ds{c}, ds{c}, we{c};");
            return;
        }

        Dropped(Query("rowKey", "maskKeys", c), OwnsKeys ? $"keyAt{c / 2 % 2}" : Golden(c / 4 * 8 + c % 2));
        Line($"fma.rn.f32 ds{c}, dp{c}, keepScale, {minus};");
        Line($"@pr mov.f32 ds{c}, {minus};");
        Line($"mul.f32 ds{c}, ds{c}, we{c};");
        if (OwnsKeys) Line($"@pr mov.f32 we{c}, zero;");
    }
}
