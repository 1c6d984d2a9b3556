namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The PTX texts of attention's gradient: two kernels without any exchange between groups. The first owns queries, walks over keys and
/// values and gives ∂queries (and delta = ∂context · context of each query on the way); the second owns keys, walks over queries and ∂context
/// and gives ∂keys and ∂values. Both compute the weights again from the log-sums, seven products where a single pass takes five,
/// and need neither atomics nor a fixed order of groups.
/// </summary>
internal sealed class AttentionBackwardStreamText : AttentionStreamText
{
    /// <summary>Per query of an inner tile: log-sum, delta, key of the masks. A stage of them has a sixteenth of the room of one of tiles.</summary>
    const int RowBytes = Inner * 4, RowStages = 2 * StageBytes / 16;

    readonly bool dropout, ownsKeys;

    AttentionBackwardStreamText(int warps, bool warpgroups, bool ownsKeys, bool dropout) : base(warps, 1, warpgroups) => (this.ownsKeys, this.dropout) = (ownsKeys, dropout);

    /// <summary>Where the per-row values lie: behind the outer rows.</summary>
    int RowsAt => OuterAt + (ownsKeys ? 2 : 3) * OuterBytes;

    /// <summary>Bytes of shared memory of a group.</summary>
    public static int SharedBytes(int warps, bool ownsKeys)
    {
        var text = new AttentionBackwardStreamText(warps, false, ownsKeys, false);
        return text.RowsAt + (ownsKeys ? RowStages : 4 * text.Outer);
    }

    /// <summary>Writes the text of the kernel of ∂keys and ∂values, or of that of ∂queries.</summary>
    public static string Write(int warps, bool warpgroups, bool ownsKeys, bool dropout)
    {
        var text = new AttentionBackwardStreamText(warps, warpgroups, ownsKeys, dropout);
        text.Write();
        return text.ToString();
    }

    void Write()
    {
        Line(".reg .b32 oa<16>, ob<16>, rowKey<2>, keyAt<2>, left, colKey<2>, rowTo;");
        Line(".reg .f32 sc<32>, dp<32>, sumA<32>, sumB<32>, shift<2>, minus<2>, logs<2>, deltas<2>, wk<4>, dr<4>;");
        Line(".reg .b64 keys, values, target;");
        Begin(SharedBytes(Warps, ownsKeys));
        Line("add.u64 keys, projections, hiddenBytes;");
        Line("add.u64 values, keys, hiddenBytes;");
        Items();
    }

    /// <summary>An inner tile and, if of queries, what belongs to each of its rows. Rows beyond the end weigh nothing: all is 0.</summary>
    protected override void CopyInner()
    {
        if (!ownsKeys)
        {
            CopyTile(("keys", "stride"), ("values", "stride"));
            return;
        }

        CopyTile(("projections", "stride"), ("gradient", "gradientStride"));
        string skip = Label("ROWS");
        Line($"setp.ge.u32 pr, tid, {Inner};");
        Line($"@pr bra {skip};");
        Line("add.u32 tmp, copyFirst, tid;");
        Line("setp.lt.s32 pr, tmp, copyEnd;");
        Line("selp.b32 bytes, 4, 0, pr;");
        Line("min.s32 tmp, tmp, copyLast;");
        Line("mad.lo.u32 tmp2, tmp, heads, copyHead;");
        Line("mul.wide.u32 at2, tmp2, 4;");
        Line("add.u64 at2, at2, delta;");
        Line("mad.lo.u32 tmp2, tmp, logSumStride, copyHead;");
        Line("mul.wide.u32 at, tmp2, 4;");
        Line("add.u64 at, at, logSum;");
        Line("shl.b32 rowTo, tid, 2;");
        Line("shr.u32 tmp2, nextStage, 4;");
        Line("add.u32 rowTo, rowTo, tmp2;");
        Line("add.u32 rowTo, rowTo, smem;");
        Line($"cp.async.ca.shared.global [rowTo+{RowsAt}], [at], 4, bytes;");
        Line($"cp.async.ca.shared.global [rowTo+{RowsAt + RowBytes}], [at2], 4, bytes;");
        if (dropout)
        {
            Line("mad.lo.u32 hash, tmp, heads, copyHead;");
            HashRow();
            Line($"st.shared.b32 [rowTo+{RowsAt + 2 * RowBytes}], hash;");
        }

        Line($"{skip}:");
    }

    protected override void CopyOuter()
    {
        if (ownsKeys)
        {
            CopyOuterRows(OuterAt, "keys", "stride");
            CopyOuterRows(OuterAt + OuterBytes, "values", "stride");
            return;
        }

        CopyOuterRows(OuterAt, "projections", "stride");
        CopyOuterRows(OuterAt + OuterBytes, "gradient", "gradientStride");
        CopyOuterRows(OuterAt + 2 * OuterBytes, "context", "contextStride");

        // The log-sums of the warp's 16 queries.
        string skip = Label("LOGS");
        Line("setp.ge.u32 pr, lane, 16;");
        Line($"@pr bra {skip};");
        Line("mad.lo.u32 tmp2, warp, 16, lane;");
        Line("add.u32 tmp, nextOuter, tmp2;");
        Line("setp.lt.s32 pr, tmp, nextEnd;");
        Line("selp.b32 bytes, 4, 0, pr;");
        Line("min.s32 tmp, tmp, copyLast;");
        Line("mad.lo.u32 tmp, tmp, logSumStride, nextHead;");
        Line("mul.wide.u32 at, tmp, 4;");
        Line("add.u64 at, at, logSum;");
        Line("shl.b32 tmp2, tmp2, 2;");
        Line("add.u32 tmp2, tmp2, smem;");
        Line($"cp.async.ca.shared.global [tmp2+{RowsAt}], [at], 4, bytes;");
        Line($"{skip}:");
    }

    protected override void BeginItem()
    {
        OuterFragments("oa", OuterAt);
        OuterFragments("ob", OuterAt + OuterBytes);
        if (ownsKeys) KeyColumns();
        else QueryRows();
        for (int i = 0; i < 32; i++)
        {
            Line($"mov.f32 sumA{i}, zero;");
            if (ownsKeys) Line($"mov.f32 sumB{i}, zero;");
        }
    }

    protected override void Compute()
    {
        Factor("plainA", 0, transposed: true);
        Factor("plainB", TileBytes, transposed: true);
        Factor("transA", 0, transposed: false);
        if (ownsKeys) Factor("transB", TileBytes, transposed: false);
        Times("sc", "oa", "plainA");
        Times("dp", "ob", "plainB");
        Settle();
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
                    int to = FragmentsOf(j) + 2 * half + r;
                    if (ownsKeys) Line($"cvt.rn.bf16x2.f32 pb{to}, wk{2 * r + 1}, wk{2 * r};");
                    Line($"cvt.rn.bf16x2.f32 pa{to}, dr{2 * r + 1}, dr{2 * r};");
                }
            }

            Add("sumA", "pa", "transA", j);
            if (ownsKeys) Add("sumB", "pb", "transB", j);
        }

        Settle();

        if (dropout && !ownsKeys)
            for (int r = 0; r < 2; r++) Line($"add.u32 rowKey{r}, rowKey{r}, {Golden(Inner)};");
    }

    protected override void EndItem()
    {
        for (int i = 0; i < 32; i++) Line($"mul.f32 sumA{i}, sumA{i}, {Immediate(Scale)};");
        Line("mul.wide.u32 target, head, 128;");
        Line("add.u64 target, target, result;");
        if (ownsKeys) Line("add.u64 target, target, hiddenBytes;");
        StoreOuter("sumA", "target", "resultStride", "stage");
        if (!ownsKeys) return;
        if (dropout) for (int i = 0; i < 32; i++) Line($"mul.f32 sumB{i}, sumB{i}, keepScale;");
        Line("add.u64 target, target, hiddenBytes;");
        Line("bar.warp.sync 4294967295;");
        StoreOuter("sumB", "target", "resultStride", "stage");
    }

    /// <summary>The lane's outer row r.</summary>
    void OuterRow(string target, int r)
    {
        Line($"mad.lo.u32 {target}, warp, 16, outer;");
        Line($"add.u32 {target}, {target}, quad;");
        if (r > 0) Line($"add.u32 {target}, {target}, {8 * r};");
    }

    /// <summary>The masks' columns of the lane's keys.</summary>
    void KeyColumns()
    {
        if (!dropout) return;
        for (int r = 0; r < 2; r++)
        {
            OuterRow("tmp", r);
            Line("sub.u32 tmp, tmp, start;");
            Line($"mul.lo.u32 keyAt{r}, tmp, {Golden(1)};");
        }
    }

    /// <summary>Log-sums, deltas and keys of the masks of the lane's queries; the deltas are left for the other kernel.</summary>
    void QueryRows()
    {
        for (int r = 0; r < 2; r++) Line($"mov.f32 f{r}, zero;");
        Line("mad.lo.u32 tmp, warp, 2048, laneA;");
        for (int k = 0; k < 4; k++)
        {
            if (k > 0) Line($"xor.b32 tmp2, tmp, {32 * k};");
            Line($"ldmatrix.sync.aligned.m8n8.x4.shared.b16 {List("fr", 0, 4)}, [{(k == 0 ? "tmp" : "tmp2")}+{OuterAt + 2 * OuterBytes}];");
            for (int i = 0; i < 4; i++)
            {
                string gradient = $"ob{k * 4 + i}";
                foreach (string part in new[] { "shl.b32 {0}, {1}, 16;", "and.b32 {0}, {1}, 4294901760;" })
                {
                    Line(string.Format(null, part, "hash", $"fr{i}"));
                    Line("mov.b32 f2, hash;");
                    Line(string.Format(null, part, "hash", gradient));
                    Line("mov.b32 f3, hash;");
                    Line($"fma.rn.f32 f{i % 2}, f2, f3, f{i % 2};");
                }
            }
        }

        Line("shl.b32 tmp2, quad, 2;");
        Line("mad.lo.u32 tmp2, warp, 64, tmp2;");
        Line("add.u32 tmp2, tmp2, smem;");
        for (int r = 0; r < 2; r++)
        {
            OverQuad("add", $"f{r}");
            Line($"neg.f32 minus{r}, f{r};");
            OuterRow("tmp", r);
            Line("setp.lt.s32 pr, tmp, end;");
            Line("setp.eq.and.u32 pr, pair, 0, pr;");
            Line("mad.lo.u32 hash, tmp, heads, head;");
            Line("mul.wide.u32 at, hash, 4;");
            Line("add.u64 at, at, delta;");
            Line($"@pr st.global.f32 [at], f{r};");
            Line($"ld.shared.f32 shift{r}, [tmp2+{RowsAt + 32 * r}];");
            Line($"mul.f32 shift{r}, shift{r}, {Immediate(-Log2E)};");
            if (!dropout) continue;
            HashRow();
            Line($"mad.lo.u32 rowKey{r}, pair, {Golden(1)}, hash;");
        }
    }

    /// <summary>hash = the key of a query's masks; hash was row · heads + head.</summary>
    void HashRow()
    {
        Line($"mad.lo.u32 hash, hash, {Golden(1)}, key;");
        Mix();
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
            Line("shr.u32 tmp, stage, 4;");
            Line("add.u32 rowTo, rowTo, tmp;");
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
