using System.Numerics;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// What the PTX texts of attention have in common. A group walks over a list of items (tile of outer rows × head); for each it walks over the
/// rows of the other kind (inner) in tiles, of which two matrices are held in shared memory in two stages. Rows come from device memory into
/// registers or shared memory, become fragments, are multiplied, and go back.
/// </summary>
/// <param name="head">The size of a head.</param>
/// <param name="tiles">Tiles of 16 outer rows that a warp owns.</param>
/// <param name="sides">Warps that share outer rows: each computes its part of an inner tile's rows.</param>
internal abstract class AttentionTileText(AttentionHead head, int tiles, int sides = 1) : AttentionText
{
    /// <summary>Warps that own outer rows of their own.</summary>
    public const int Warps = 4;

    const string Shared = "atShared";

    protected AttentionHead Head => head;

    protected int Tiles => tiles;

    /// <summary>Outer rows of a group.</summary>
    protected int Outer => 16 * tiles * Warps;

    /// <summary>Lanes of a group.</summary>
    protected int Lanes => 32 * Warps * sides;

    /// <summary>Rows of an inner tile, and those of them that a warp computes.</summary>
    protected int Inner => head.Inner;

    /// <inheritdoc cref="Inner"/>
    protected int InnerOfWarp => head.Inner / sides;

    /// <summary>Bytes of 16 rows in shared memory, of an inner tile of one matrix, and of a stage of two.</summary>
    protected int BlockBytes => 16 * head.RowBytes;

    /// <inheritdoc cref="BlockBytes"/>
    protected int TileBytes => head.Inner * head.RowBytes;

    /// <inheritdoc cref="BlockBytes"/>
    protected int StageBytes => 2 * TileBytes;

    /// <summary>Registers of 16 outer rows: A fragments of their columns, their scores with a warp's inner rows, sums over their columns.</summary>
    protected int FragmentsOf16 => 4 * head.Steps;

    /// <inheritdoc cref="FragmentsOf16"/>
    protected int ScoresOf16 => InnerOfWarp / 2;

    /// <inheritdoc cref="FragmentsOf16"/>
    protected int SumsOf16 => head.Columns / 2;

    /// <summary>What scores are multiplied by, and the same for powers of two.</summary>
    protected float Scale => head.Scale;

    /// <inheritdoc cref="Scale"/>
    protected float Scale2 => head.Scale * Log2E;

    /// <summary>Powers of two: bytes from row to row, chunks of a row.</summary>
    protected int RowShift => BitOperations.Log2((uint)head.RowBytes);

    /// <inheritdoc cref="RowShift"/>
    protected int ChunkShift => BitOperations.Log2((uint)head.Chunks);

    /// <summary>In front of what a lane does with its chunk of a row, if rows have chunks that no head uses.</summary>
    protected string InHead => head.UsedChunks < head.Chunks ? "@prHead " : "";

    /// <summary>Declarations and the lane's constants.</summary>
    protected void Begin(int sharedBytes)
    {
        Line($".shared .align 1024 .b8 {Shared}[{sharedBytes}];");
        Line(".reg .pred pr, prNext, prRow<8>;");
        Line(".reg .b32 tid, lane, warp, quad, pair, smem, item, groups, count, tile, head, start, end, outer, last, inner, next, stage, nextStage, tmp, tmp2, bytes;");
        Line(".reg .b32 copyRow, copyTo, copyAt, copyStage, laneA, laneB, row<8>, fr<4>, plainA<4>, plainB<4>, transA<4>, transB<4>, out<8>, outAt, pa<8>, pb<4>, hash, hash2;");
        Line(".reg .b64 at, at2, headBytes, hiddenBytes, copyColumn;");
        Line(".reg .f32 zero, f<8>;");
        Line("mov.f32 zero, 0f00000000;");
        Line("mov.u32 tid, %tid.x;");
        Line("and.b32 lane, tid, 31;");
        Line("shr.u32 warp, tid, 5;");
        if (sides > 1)
        {
            Line(".reg .b32 side;");
            Line($"shr.u32 side, warp, {BitOperations.Log2(Warps)};");
            Line($"and.b32 warp, warp, {Warps - 1};");
        }

        Line("shr.u32 quad, lane, 2;");          // row within eight of a fragment
        Line("and.b32 pair, lane, 3;");
        Line("shl.b32 pair, pair, 1;");          // column of a fragment
        Line($"mov.u32 smem, {Shared};");

        // What a lane copies: chunk tid mod chunks of rows tid / chunks, + lanes / chunks, ...
        Line($"shr.u32 copyRow, tid, {ChunkShift};");
        Line($"and.b32 tmp, tid, {head.Chunks - 1};");
        if (InHead.Length > 0)
        {
            Line(".reg .pred prHead;");
            Line($"setp.lt.u32 prHead, tmp, {head.UsedChunks};");
        }

        Line("mul.wide.u32 copyColumn, tmp, 16;");
        Line("and.b32 tmp2, copyRow, 7;");
        Line($"xor.b32 tmp, tmp, {Exchange("tmp2", "tmp2")};");
        Line("shl.b32 tmp, tmp, 4;");
        Line($"shl.b32 copyTo, copyRow, {RowShift};");
        Line("add.u32 copyTo, copyTo, tmp;");
        Line("add.u32 copyTo, copyTo, smem;");

        // Row l mod 16, chunk l / 16: what ldmatrix.trans wants of a matrix [k, n].
        Line("and.b32 tmp, lane, 7;");
        string exchange = Exchange("tmp", "hash");
        Line("shr.u32 tmp2, lane, 4;");
        Line($"xor.b32 tmp2, tmp2, {exchange};");
        Line("shl.b32 tmp2, tmp2, 4;");
        Line("and.b32 laneA, lane, 15;");
        Line($"shl.b32 laneA, laneA, {RowShift};");
        Line("add.u32 laneA, laneA, tmp2;");
        Line("add.u32 laneA, laneA, smem;");

        if (!head.ByWarpgroup) LaneOfProduct(exchange);
        Line($"mul.wide.u32 hiddenBytes, heads, {head.Bytes};");
    }

    /// <summary>Row l mod 8 + 8 (l / 16), chunk (l / 8) mod 2: what ldmatrix wants of a matrix [n, k].</summary>
    void LaneOfProduct(string exchange)
    {
        Line("shr.u32 tmp2, lane, 3;");
        Line("and.b32 tmp2, tmp2, 1;");
        Line($"xor.b32 tmp2, tmp2, {exchange};");
        Line("shl.b32 tmp2, tmp2, 4;");
        Line("shr.u32 laneB, lane, 4;");
        Line("shl.b32 laneB, laneB, 3;");
        Line("add.u32 laneB, laneB, tmp;");
        Line($"shl.b32 laneB, laneB, {RowShift};");
        Line("add.u32 laneB, laneB, tmp2;");
        Line("add.u32 laneB, laneB, smem;");
    }

    /// <summary>The register with what a row's chunks are exchanged by, given its place among eight; a row of 64 bytes has a number of its own for it.</summary>
    protected string Exchange(string row, string scratch)
    {
        if (head.RowBytes > 64) return row;
        Line($"shr.u32 {scratch}, {row}, 1;");
        return scratch;
    }

    /// <summary>Where a step's chunks lie: the address that <see cref="Addresses"/> made, and bytes behind it.</summary>
    protected static (int Address, int Offset) Place(int step) => (step % 4, step / 4 * 128);

    /// <summary>The first item, or none.</summary>
    protected void BeginItems()
    {
        Line("mov.u32 item, %ctaid.x;");
        Line("mov.u32 groups, %nctaid.x;");
        Line("ld.global.b32 count, [list];");
        Line("mul.lo.u32 count, count, heads;");
        Line("AT_ITEM:");
        Line("setp.ge.u32 pr, item, count;");
        Line("@pr bra.uni AT_DONE;");
        Line("div.u32 tile, item, heads;");
        Line("mul.lo.u32 tmp, tile, heads;");
        Line("sub.u32 head, item, tmp;");
        Line($"mul.wide.u32 headBytes, head, {head.Bytes};");
        Line("mul.wide.u32 at, tile, 16;");
        Line("add.u64 at, at, list;");
        Line("ld.global.v4.b32 {start, end, outer, tmp}, [at+16];");
        Line("sub.u32 last, end, 1;");
        Line("bar.sync 0;");                     // the last item's rows have left shared memory
        Line($"mad.lo.u32 tmp, warp, {16 * tiles}, outer;");
        Line("add.u32 tmp, tmp, quad;");
        for (int r = 0; r < 2 * tiles; r++)
        {
            Line($"add.u32 row{r}, tmp, {8 * r};");
            Line($"setp.lt.s32 prRow{r}, row{r}, end;");
        }
    }

    /// <summary>Next item.</summary>
    protected void End()
    {
        Line("add.u32 item, item, groups;");
        Line("bra.uni AT_ITEM;");
        Line("AT_DONE:");
    }

    /// <summary>Loads A fragments of the warp's outer rows straight from device memory: name[(tile·steps + k step)·4 + register].</summary>
    /// <param name="name">Registers.</param>
    /// <param name="address">Column 0 of the head in row 0.</param>
    /// <param name="stride">Bytes from row to row.</param>
    protected void LoadOuter(string name, string address, string stride)
    {
        for (int r = 0; r < 2 * Tiles; r++)
        {
            Line($"mad.wide.s32 at, row{r}, {stride}, {address};");
            Line("mul.wide.u32 at2, pair, 2;");
            Line("add.u64 at, at, at2;");
            for (int k = 0; k < head.Steps; k++)
            {
                for (int high = 0; high < 2; high++)
                {
                    string register = $"{name}{(r / 2 * head.Steps + k) * 4 + r % 2 + 2 * high}";
                    Line($"mov.b32 {register}, 0;");
                    Line($"@prRow{r} ld.global.b32 {register}, [at+{k * 32 + high * 16}];");
                }
            }
        }
    }

    /// <summary>Starts the copies of a tile of two matrices; rows from the sequence's end onwards become zeros.</summary>
    /// <param name="firstRow">Register with the tile's first row.</param>
    /// <param name="stageOffset">Register with the stage's offset.</param>
    /// <param name="first">The first matrix: column 0 of the head in row 0 (by warpgroup the lane's column), and bytes from row to row.</param>
    /// <param name="second">The second.</param>
    protected void Copy(string firstRow, string stageOffset, (string Address, string Stride) first, (string Address, string Stride) second)
    {
        int step = Lanes / head.Chunks;
        Line($"add.u32 copyStage, copyTo, {stageOffset};");
        Line($"add.u32 copyAt, copyRow, {firstRow};");
        for (int i = 0; i * step < Inner; i++)
        {
            Line($"add.u32 tmp, copyAt, {i * step};");
            Line("setp.lt.s32 pr, tmp, end;");
            Line("selp.b32 bytes, 16, 0, pr;");
            Line("min.s32 tmp, tmp, last;");
            Line($"mad.wide.s32 at, tmp, {first.Stride}, {first.Address};");
            if (!head.ByWarpgroup) Line("add.u64 at, at, copyColumn;");
            Line($"mad.wide.s32 at2, tmp, {second.Stride}, {second.Address};");
            if (!head.ByWarpgroup) Line("add.u64 at2, at2, copyColumn;");
            Line($"{InHead}cp.async.cg.shared.global [copyStage+{i * step * head.RowBytes}], [at], 16, bytes;");
            Line($"{InHead}cp.async.cg.shared.global [copyStage+{TileBytes + i * step * head.RowBytes}], [at2], 16, bytes;");
        }
    }

    /// <summary>Waits for one's copies, then for everybody's.</summary>
    protected void Arrive()
    {
        Line("cp.async.wait_group 0;");
        if (head.ByWarpgroup) Line("fence.proxy.async.shared::cta;");    // wgmma reads through another proxy than copies write
        Line("bar.sync 0;");
    }

    /// <summary>
    /// Addresses of a stage's fragments: name{k step} for ldmatrix, or name{pair of column tiles} for its transposing form. Rows of 256 bytes are two lines of
    /// 128, whose chunks are exchanged alike: <see cref="Place"/>.
    /// </summary>
    protected void Addresses(string name, string lane, int offset)
    {
        Line($"add.u32 tmp, {lane}, stage;");
        if (offset > 0) Line($"add.u32 tmp, tmp, {offset};");
        for (int i = 0; i < Math.Min(4, head.Steps); i++) Line(i == 0 ? $"mov.b32 {name}0, tmp;" : $"xor.b32 {name}{i}, tmp, {i * 32};");
    }

    /// <summary>result[tile·scores + inner tile·4 + register] = outer · innerᵀ for the warp's inner rows.</summary>
    protected void Product(string result, string outer, string addresses)
    {
        for (int k = 0; k < head.Steps; k++)
        {
            var (address, offset) = Place(k);
            for (int n = 0; n < InnerOfWarp / 16; n++)
            {
                Line($"ldmatrix.sync.aligned.m8n8.x4.shared.b16 {List("fr", 0, 4)}, [{addresses}{address}+{offset + n * BlockBytes}];");
                for (int m = 0; m < Tiles; m++)
                {
                    for (int half = 0; half < 2; half++)
                    {
                        string c = List(result, m * ScoresOf16 + (2 * n + half) * 4, 4);
                        Multiply(c, List(outer, (m * head.Steps + k) * 4, 4), List("fr", 2 * half, 2), k == 0 ? "{zero, zero, zero, zero}" : c);
                    }
                }
            }
        }
    }

    /// <summary>sum[tile·sums + column tile·4 + register] += A fragments of 16 inner rows (tile·4 + register) · those rows.</summary>
    protected void Accumulate(string sum, string fragments, string addresses, int innerTile)
    {
        for (int n = 0; n < head.Steps; n++)
        {
            var (address, offset) = Place(n);
            Line($"ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {List("fr", 0, 4)}, [{addresses}{address}+{offset + innerTile * BlockBytes}];");
            for (int m = 0; m < Tiles; m++)
            {
                for (int half = 0; half < 2; half++)
                {
                    string c = List(sum, m * SumsOf16 + (2 * n + half) * 4, 4);
                    Multiply(c, List(fragments, m * 4, 4), List("fr", 2 * half, 2), c);
                }
            }
        }
    }

    void Multiply(string d, string a, string b, string c) =>
        Line($"mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {d}, {a}, {b}, {c};");

    /// <summary>
    /// Stores the warp's outer rows as bfloat16, through rows of shared memory that no other warp uses, so that 16 bytes leave at once.
    /// </summary>
    /// <param name="name">Accumulators, already scaled.</param>
    /// <param name="address">Column 0 of the head in row 0.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="offset">Offset in shared memory: a number or a register.</param>
    protected void StoreOuter(string name, string address, string stride, string offset)
    {
        Line($"mul.lo.u32 outAt, warp, {Tiles * BlockBytes};");
        Line("add.u32 outAt, outAt, smem;");
        Line($"add.u32 outAt, outAt, {offset};");
        Line($"shl.b32 tmp, quad, {RowShift};");
        Line($"shl.b32 tmp2, {Exchange("quad", "tmp2")}, 4;");
        Line("add.u32 tmp, tmp, tmp2;");
        Line("shl.b32 tmp2, pair, 1;");
        Line("add.u32 tmp, tmp, tmp2;");
        Line("add.u32 tmp, tmp, outAt;");
        for (int n = 0; n < Math.Min(8, head.UsedChunks); n++)
        {
            Line(n == 0 ? "mov.b32 tmp2, tmp;" : $"xor.b32 tmp2, tmp, {n * 16};");
            for (int chunk = n; chunk < head.UsedChunks; chunk += 8)
            {
                for (int r = 0; r < 2 * Tiles; r++)
                {
                    int c = r / 2 * SumsOf16 + chunk * 4 + r % 2 * 2;
                    Line($"cvt.rn.bf16x2.f32 pa0, {name}{c + 1}, {name}{c};");
                    Line($"st.shared.b32 [tmp2+{(chunk - n) * 16 + r * BlockBytes / 2}], pa0;");
                }
            }
        }

        Line("bar.warp.sync 4294967295;");
        Line($"shr.u32 tmp, lane, {ChunkShift};");               // row
        Line($"and.b32 tmp2, lane, {head.Chunks - 1};");         // chunk
        Line("mul.wide.u32 at2, tmp2, 16;");
        Line($"add.u64 at2, at2, {address};");
        Line($"shl.b32 pa0, tmp, {RowShift};");
        Line("add.u32 outAt, outAt, pa0;");
        Line($"mad.lo.u32 pa1, warp, {16 * Tiles}, outer;");
        Line("add.u32 pa1, pa1, tmp;");
        for (int row = 0; row < 16 * Tiles; row += head.RowsAtOnce)
        {
            // The lane's row is that many rows below the one that it began with, which is among the first of eight.
            Line($"add.u32 pa2, tmp, {row % 8};");
            Line($"xor.b32 pa2, {Exchange("pa2", "pa2")}, tmp2;");
            Line("shl.b32 pa2, pa2, 4;");
            Line("add.u32 pa2, pa2, outAt;");
            Line($"{InHead}ld.shared.v4.b32 {List("out", 0, 4)}, [pa2+{row * head.RowBytes}];");
            Line($"add.u32 pa2, pa1, {row};");
            Line(InHead.Length > 0 ? "setp.lt.and.s32 pr, pa2, end, prHead;" : "setp.lt.s32 pr, pa2, end;");
            Line($"mad.wide.s32 at, pa2, {stride}, at2;");
            Line($"@pr st.global.v4.b32 [at], {List("out", 0, 4)};");
        }
    }
}
