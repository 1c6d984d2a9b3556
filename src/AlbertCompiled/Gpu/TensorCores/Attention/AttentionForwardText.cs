namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The PTX text of attention's forward pass: a group owns a tile of queries of one head and walks over the keys and values with the online
/// softmax in powers of two, as FlashAttention-2 does (Dao, 2023). The scores' accumulators become the left factor of the second product
/// in their registers. What was summed is rescaled only when a row's largest score has grown by more than 8 powers of two: weights
/// relative to a score that is not quite the largest are as exact.
/// </summary>
internal class AttentionForwardText : AttentionStreamText
{
    /// <summary>Declares and fills the registers of the arguments %0 to %3.</summary>
    public const string Addresses64 = """
        .reg .b64 projections, context, logSum, list;
        mov.b64 projections, %0;
        mov.b64 context, %1;
        mov.b64 logSum, %2;
        mov.b64 list, %3;

        """;

    /// <summary>Declares and fills the registers of the arguments %0 to %3.</summary>
    public const string Sizes = """
        .reg .b32 stride, contextStride, logSumStride, heads;
        mov.b32 stride, %0;
        mov.b32 contextStride, %1;
        mov.b32 logSumStride, %2;
        mov.b32 heads, %3;

        """;

    /// <summary>Growth of a largest score that is let pass.</summary>
    float Slack => 8 / Scale2;

    readonly bool dropout;

    protected AttentionForwardText(AttentionHead head, bool dropout) : base(head, head.ForwardTiles) => this.dropout = dropout;

    /// <summary>Writes the text.</summary>
    public static string Write(AttentionHead head, bool dropout)
    {
        var text = head.ByWarpgroup ? new AttentionForwardWarpgroupText(head, dropout) : new AttentionForwardText(head, dropout);
        text.Write();
        return text.ToString();
    }

    int Rows => 2 * Tiles;

    void Write()
    {
        Line($".reg .b32 qf<{FragmentsOf16 * Tiles}>, rowKey<{Rows}>, left;");
        Line($".reg .f32 sc<{ScoresOf16 * Tiles}>, sum<{SumsOf16 * Tiles}>, largest<{Rows}>, norm<{Rows}>, now<{Rows}>, shift<{Rows}>;");
        Line(".reg .b64 keys, values, target;");
        Begin(OuterAt + OuterBytes);
        BeginProducts();
        Line("add.u64 keys, projections, hiddenBytes;");
        Line("add.u64 values, keys, hiddenBytes;");
        Items();
    }

    /// <summary>What a form of the products needs once.</summary>
    protected virtual void BeginProducts() { }

    protected override void CopyInner() => CopyTile(("keys", "stride"), ("values", "stride"));

    protected override void CopyOuter() => CopyOuterRows(OuterAt, "projections", "stride");

    /// <summary>Fragments of the queries, which stay for an item's tiles.</summary>
    protected virtual void BeginQueries() => OuterFragments("qf", OuterAt);

    protected override void BeginItem()
    {
        BeginQueries();
        for (int i = 0; i < SumsOf16 * Tiles; i++) Line($"mov.f32 sum{i}, zero;");
        for (int r = 0; r < Rows; r++)
        {
            Line($"mov.f32 largest{r}, {Immediate(float.NegativeInfinity)};");
            Line($"mov.f32 norm{r}, zero;");
            if (!dropout) continue;
            OuterRow("tmp", r);
            RowKey($"rowKey{r}", "tmp");
            Line($"mad.lo.u32 rowKey{r}, pair, {Golden(1)}, rowKey{r};");
        }
    }

    /// <summary>The lane's row r.</summary>
    void OuterRow(string target, int r)
    {
        Line($"mad.lo.u32 {target}, warp, {16 * Tiles}, outer;");
        Line($"add.u32 {target}, {target}, quad;");
        if (r > 0) Line($"add.u32 {target}, {target}, {8 * r};");
    }

    protected override void Compute()
    {
        Addresses("plainA", "laneB", 0);
        Addresses("transB", "laneA", TileBytes);
        Product("sc", "qf", "plainA");
        Rescale();
        for (int n = 0; n < Inner / 8; n++) Weigh(n, 0, Rows, "sc");
        EndRows();
        for (int j = 0; j < Inner / 16; j++)
        {
            for (int m = 0; m < Tiles; m++) Pack(j, m, "sc", "pa", m);
            Accumulate("sum", "pa", "transB", j);
        }
    }

    /// <summary>Scores of keys beyond the sequence's end become −∞, in the last tile alone.</summary>
    void MaskEnd()
    {
        Line("@prNext bra.uni AT_WHOLE;");
        Line("sub.u32 left, end, inner;");
        Line("sub.u32 left, left, pair;");
        for (int n = 0; n < Inner / 8; n++)
        {
            for (int e = 0; e < 2; e++)
            {
                Line($"setp.le.s32 pr, left, {8 * n + e};");
                for (int r = 0; r < Rows; r++) Line($"@pr mov.f32 {Score(r, n, e)}, {Immediate(float.NegativeInfinity)};");
            }
        }

        Line("AT_WHOLE:");
    }

    /// <summary>The register of the lane's row, of a tile of eight keys or columns and one of its two in it.</summary>
    string Score(int row, int n, int e, string name = "sc") => $"{name}{row / 2 * ScoresOf16 + n * 4 + row % 2 * 2 + e}";

    /// <inheritdoc cref="Score"/>
    string Sum(int row, int n, int e) => $"sum{row / 2 * SumsOf16 + n * 4 + row % 2 * 2 + e}";

    /// <summary>The largest scores of the rows, and the earlier sums rescaled where they must be.</summary>
    protected void Rescale()
    {
        MaskEnd();
        for (int r = 0; r < Rows; r++)
        {
            Line($"mov.f32 now{r}, largest{r};");
            for (int n = 0; n < Inner / 8; n++)
                for (int e = 0; e < 2; e++) Line($"max.f32 now{r}, now{r}, {Score(r, n, e)};");
            OverQuad("max", $"now{r}");
            Line($"sub.f32 f0, now{r}, largest{r};");
            Line($"setp.gt{(r == 0 ? "" : ".or")}.f32 pr, f0, {Immediate(Slack)}{(r == 0 ? "" : ", pr")};");
        }

        Line("vote.sync.any.pred pr, pr, 4294967295;");
        Line("@!pr bra.uni AT_SCALED;");
        for (int r = 0; r < Rows; r++)
        {
            Line($"sub.f32 f0, largest{r}, now{r};");
            Line($"mul.f32 f0, f0, {Immediate(Scale2)};");
            Line("ex2.approx.ftz.f32 f0, f0;");
            Line($"mov.f32 largest{r}, now{r};");
            Line($"mul.f32 shift{r}, largest{r}, {Immediate(-Scale2)};");
            Line($"mul.f32 norm{r}, norm{r}, f0;");
            for (int n = 0; n < Head.Columns / 8; n++)
                for (int e = 0; e < 2; e++) Line($"mul.f32 {Sum(r, n, e)}, {Sum(r, n, e)}, f0;");
        }

        Line("AT_SCALED:");
    }

    /// <summary>Scores of rows with eight keys → weights, in registers laid out alike; the norms.</summary>
    protected void Weigh(int n, int first, int rows, string weights)
    {
        for (int r = first; r < first + rows; r++)
        {
            for (int e = 0; e < 2; e++)
            {
                string weight = Score(r, n, e, weights);
                Line($"fma.rn.f32 {weight}, {Score(r, n, e)}, {Immediate(Scale2)}, shift{r};");
                Line($"ex2.approx.ftz.f32 {weight}, {weight};");
                Line($"add.f32 norm{r}, norm{r}, {weight};");
                if (!dropout) continue;
                Dropped($"rowKey{r}", Golden(8 * n + e));
                Line($"@pr mov.f32 {weight}, zero;");
            }
        }
    }

    /// <summary>The masks' keys move on to the next tile.</summary>
    protected void EndRows()
    {
        if (!dropout) return;
        for (int r = 0; r < Rows; r++) Line($"add.u32 rowKey{r}, rowKey{r}, {Golden(Inner)};");
    }

    /// <summary>The weights of 16 keys, of a tile of queries, as the A fragment name[4·place + register].</summary>
    protected void Pack(int j, int m, string weights, string name, int place)
    {
        for (int i = 0; i < 4; i++)
        {
            int row = 2 * m + i % 2, n = 2 * j + i / 2;
            Line($"cvt.rn.bf16x2.f32 {name}{place * 4 + i}, {Score(row, n, 1, weights)}, {Score(row, n, 0, weights)};");
        }
    }

    /// <summary>Context and log-sums.</summary>
    protected override void EndItem()
    {
        Line("setp.eq.u64 pr, logSum, 0;");
        Line("setp.ne.or.u32 pr, pair, 0, pr;");
        for (int r = 0; r < Rows; r++)
        {
            OverQuad("add", $"norm{r}");
            Line($"lg2.approx.ftz.f32 f0, norm{r};");
            Line($"mul.f32 f0, f0, {Immediate(Ln2)};");
            Line($"fma.rn.f32 f0, largest{r}, {Immediate(Scale)}, f0;");
            OuterRow("tmp", r);
            Line("setp.ge.or.s32 prCopy, tmp, end, pr;");
            Line("mad.lo.u32 tmp, tmp, logSumStride, head;");
            Line("mul.wide.u32 at, tmp, 4;");
            Line("add.u64 at, at, logSum;");
            Line("@!prCopy st.global.f32 [at], f0;");
            Line($"rcp.approx.ftz.f32 f1, norm{r};");
            if (dropout) Line("mul.f32 f1, f1, keepScale;");
            for (int n = 0; n < Head.Columns / 8; n++)
                for (int e = 0; e < 2; e++) Line($"mul.f32 {Sum(r, n, e)}, {Sum(r, n, e)}, f1;");
        }

        Line($"mul.wide.u32 target, head, {Head.Bytes};");
        Line("add.u64 target, target, context;");
        StoreOuter("sum", "target", "contextStride", "stage");
    }
}
