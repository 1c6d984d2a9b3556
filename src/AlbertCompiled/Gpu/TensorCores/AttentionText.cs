using System.Globalization;
using System.Text;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// What the PTX texts of attention have in common. Heads of 64 columns: a row of a head is one line of 128 bytes in shared memory,
/// its 16-byte chunk c stored at c ^ (row mod 8), so that neither cp.async nor ldmatrix meets a bank twice.
/// A group walks over a list of items (tile of outer rows × head); for each it walks over the rows of the other kind
/// (inner) in tiles of 64, of which two matrices are held in shared memory in two stages.
/// </summary>
/// <param name="warps">Warps of a group: 4 or 8.</param>
/// <param name="tiles">Tiles of 16 outer rows that a warp owns.</param>
internal abstract class AttentionText(int warps, int tiles)
{
    /// <summary>Declares and fills the registers of dropout from the arguments %0 to %2.</summary>
    public const string DropoutArguments = """
        .reg .b32 key, threshold;
        .reg .f32 keepScale;
        mov.b32 key, %0;
        mov.b32 threshold, %1;
        mov.f32 keepScale, %2;

        """;

    /// <summary>Columns of a head.</summary>
    public const int HeadSize = 64;

    /// <summary>Rows of an inner tile.</summary>
    public const int Inner = 64;

    /// <summary>Bytes of an inner tile of one matrix, and of a stage of two.</summary>
    protected const int TileBytes = Inner * 128, StageBytes = 2 * TileBytes;

    const string Shared = "atShared";

    /// <summary>What scores are multiplied by, and the same for powers of two.</summary>
    protected const float Scale = 0.125f, Scale2 = 0.125f * Log2E;

    /// <summary>log₂ e and ln 2.</summary>
    protected const float Log2E = 1.44269504f, Ln2 = 0.693147181f;

    readonly StringBuilder text = new();
    int labels;

    protected int Warps => warps;

    protected int Tiles => tiles;

    /// <summary>Outer rows of a group.</summary>
    protected int Outer => 16 * tiles * warps;

    /// <summary>Lanes of a group.</summary>
    protected int Lanes => 32 * warps;

    /// <summary>The text so far.</summary>
    public override string ToString() => text.ToString();

    protected void Line(string line) => text.Append(line).Append('\n');

    /// <summary>A label of its own in the text.</summary>
    protected string Label(string name) => $"AT_{name}_{labels++}";

    /// <summary>An immediate float.</summary>
    protected static string Immediate(float value) => "0f" + BitConverter.SingleToUInt32Bits(value).ToString("X8", CultureInfo.InvariantCulture);

    protected static string Immediate(uint value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>count·Golden as an immediate.</summary>
    protected static string Golden(int count) => Immediate(unchecked((uint)count * CounterRandom.Golden));

    /// <summary>name0, name1, …</summary>
    protected static string List(string name, int first, int count) => "{" + string.Join(", ", Enumerable.Range(first, count).Select(i => name + i)) + "}";

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
        Line("shr.u32 quad, lane, 2;");          // row within eight of a fragment
        Line("and.b32 pair, lane, 3;");
        Line("shl.b32 pair, pair, 1;");          // column of a fragment
        Line($"mov.u32 smem, {Shared};");

        // What a lane copies: chunk tid mod 8 of rows tid / 8, + lanes / 8, ...
        Line("shr.u32 copyRow, tid, 3;");
        Line("and.b32 tmp, tid, 7;");
        Line("mul.wide.u32 copyColumn, tmp, 16;");
        Line("and.b32 tmp2, copyRow, 7;");
        Line("xor.b32 tmp, tmp, tmp2;");
        Line("shl.b32 tmp, tmp, 4;");
        Line("shl.b32 copyTo, copyRow, 7;");
        Line("add.u32 copyTo, copyTo, tmp;");
        Line("add.u32 copyTo, copyTo, smem;");

        // Row l mod 16, chunk l / 16: what ldmatrix.trans wants of a matrix [k, n].
        Line("and.b32 tmp, lane, 7;");
        Line("shr.u32 tmp2, lane, 4;");
        Line("xor.b32 tmp2, tmp2, tmp;");
        Line("shl.b32 tmp2, tmp2, 4;");
        Line("and.b32 laneA, lane, 15;");
        Line("shl.b32 laneA, laneA, 7;");
        Line("add.u32 laneA, laneA, tmp2;");
        Line("add.u32 laneA, laneA, smem;");

        // Row l mod 8 + 8 (l / 16), chunk (l / 8) mod 2: what ldmatrix wants of a matrix [n, k].
        Line("shr.u32 tmp2, lane, 3;");
        Line("and.b32 tmp2, tmp2, 1;");
        Line("xor.b32 tmp2, tmp2, tmp;");
        Line("shl.b32 tmp2, tmp2, 4;");
        Line("shr.u32 laneB, lane, 4;");
        Line("shl.b32 laneB, laneB, 3;");
        Line("add.u32 laneB, laneB, tmp;");
        Line("shl.b32 laneB, laneB, 7;");
        Line("add.u32 laneB, laneB, tmp2;");
        Line("add.u32 laneB, laneB, smem;");

        Line("mul.wide.u32 hiddenBytes, heads, 128;");
    }

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
        Line("mul.wide.u32 headBytes, head, 128;");
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

    /// <summary>Loads A fragments of the warp's outer rows straight from device memory: name[(tile·4 + k step)·4 + register].</summary>
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
            for (int k = 0; k < 4; k++)
            {
                for (int high = 0; high < 2; high++)
                {
                    string register = $"{name}{(r / 2 * 4 + k) * 4 + r % 2 + 2 * high}";
                    Line($"mov.b32 {register}, 0;");
                    Line($"@prRow{r} ld.global.b32 {register}, [at+{k * 32 + high * 16}];");
                }
            }
        }
    }

    /// <summary>Starts the copies of a tile of two matrices; rows from the sequence's end onwards become zeros.</summary>
    /// <param name="firstRow">Register with the tile's first row.</param>
    /// <param name="stageOffset">Register with the stage's offset.</param>
    /// <param name="first">The first matrix: column 0 of the head in row 0, and bytes from row to row.</param>
    /// <param name="second">The second.</param>
    protected void Copy(string firstRow, string stageOffset, (string Address, string Stride) first, (string Address, string Stride) second)
    {
        int step = Lanes / 8;
        Line($"add.u32 copyStage, copyTo, {stageOffset};");
        Line($"add.u32 copyAt, copyRow, {firstRow};");
        for (int i = 0; i * step < Inner; i++)
        {
            Line($"add.u32 tmp, copyAt, {i * step};");
            Line("setp.lt.s32 pr, tmp, end;");
            Line("selp.b32 bytes, 16, 0, pr;");
            Line("min.s32 tmp, tmp, last;");
            Line($"mad.wide.s32 at, tmp, {first.Stride}, {first.Address};");
            Line("add.u64 at, at, copyColumn;");
            Line($"mad.wide.s32 at2, tmp, {second.Stride}, {second.Address};");
            Line("add.u64 at2, at2, copyColumn;");
            Line($"cp.async.cg.shared.global [copyStage+{i * step * 128}], [at], 16, bytes;");
            Line($"cp.async.cg.shared.global [copyStage+{TileBytes + i * step * 128}], [at2], 16, bytes;");
        }
    }

    /// <summary>Waits for one's copies, then for everybody's.</summary>
    protected void Arrive()
    {
        Line("cp.async.wait_group 0;");
        Line("bar.sync 0;");
    }

    /// <summary>Addresses of a stage's fragments: name{k step} for ldmatrix, or name{pair of column tiles} for its transposing form.</summary>
    protected void Addresses(string name, string lane, int offset)
    {
        Line($"add.u32 tmp, {lane}, stage;");
        if (offset > 0) Line($"add.u32 tmp, tmp, {offset};");
        for (int i = 0; i < 4; i++) Line(i == 0 ? $"mov.b32 {name}0, tmp;" : $"xor.b32 {name}{i}, tmp, {i * 32};");
    }

    /// <summary>result[tile·32 + column tile·4 + register] = outer · innerᵀ for 64 inner rows.</summary>
    protected void Product(string result, string outer, string addresses)
    {
        for (int k = 0; k < 4; k++)
        {
            for (int n = 0; n < 4; n++)
            {
                Line($"ldmatrix.sync.aligned.m8n8.x4.shared.b16 {List("fr", 0, 4)}, [{addresses}{k}+{n * 2048}];");
                for (int m = 0; m < Tiles; m++)
                {
                    for (int half = 0; half < 2; half++)
                    {
                        string c = List(result, m * 32 + (2 * n + half) * 4, 4);
                        Multiply(c, List(outer, (m * 4 + k) * 4, 4), List("fr", 2 * half, 2), k == 0 ? "{zero, zero, zero, zero}" : c);
                    }
                }
            }
        }
    }

    /// <summary>sum[tile·32 + column tile·4 + register] += A fragments of 16 inner rows (tile·4 + register) · those rows.</summary>
    protected void Accumulate(string sum, string fragments, string addresses, int innerTile)
    {
        for (int n = 0; n < 4; n++)
        {
            Line($"ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {List("fr", 0, 4)}, [{addresses}{n}+{innerTile * 2048}];");
            for (int m = 0; m < Tiles; m++)
            {
                for (int half = 0; half < 2; half++)
                {
                    string c = List(sum, m * 32 + (2 * n + half) * 4, 4);
                    Multiply(c, List(fragments, m * 4, 4), List("fr", 2 * half, 2), c);
                }
            }
        }
    }

    void Multiply(string d, string a, string b, string c) =>
        Line($"mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {d}, {a}, {b}, {c};");

    /// <summary>Adds up, or takes the largest, over the four lanes of a row.</summary>
    protected void OverQuad(string operation, string register)
    {
        for (int distance = 1; distance <= 2; distance *= 2)
        {
            Line($"shfl.sync.bfly.b32 f7, {register}, {distance}, 31, 4294967295;");
            Line($"{operation}.f32 {register}, {register}, f7;");
        }
    }

    /// <summary>hash = Mix(hash): <see cref="CounterRandom.Mix(uint)"/>.</summary>
    protected void Mix()
    {
        Line("shr.u32 hash2, hash, 16;");
        Line("xor.b32 hash, hash, hash2;");
        Line($"mul.lo.u32 hash, hash, {Immediate(CounterRandom.Multiplier1)};");
        Line("shr.u32 hash2, hash, 15;");
        Line("xor.b32 hash, hash, hash2;");
        Line($"mul.lo.u32 hash, hash, {Immediate(CounterRandom.Multiplier2)};");
        Line("shr.u32 hash2, hash, 16;");
        Line("xor.b32 hash, hash, hash2;");
    }

    /// <summary>target = the key of a query's masks, <see cref="CounterRandom.RowKey"/>.</summary>
    protected void RowKey(string target, string queryRow)
    {
        Line($"mad.lo.u32 hash, {queryRow}, heads, head;");
        Line($"mad.lo.u32 hash, hash, {Golden(1)}, key;");
        Mix();
        Line($"mov.b32 {target}, hash;");
    }

    /// <summary>pr = whether the element is dropped.</summary>
    protected void Dropped(string rowKey, string offset)
    {
        Line($"add.u32 hash, {rowKey}, {offset};");
        Mix();
        Line("setp.lt.u32 pr, hash, threshold;");
    }

    /// <summary>
    /// Stores the warp's outer rows as bfloat16, through rows of shared memory that no other warp uses, so that 16 bytes leave at once.
    /// </summary>
    /// <param name="name">Accumulators, already scaled.</param>
    /// <param name="address">Column 0 of the head in row 0.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="offset">Offset in shared memory: a number or a register.</param>
    protected void StoreOuter(string name, string address, string stride, string offset)
    {
        Line($"mul.lo.u32 outAt, warp, {Tiles * 2048};");
        Line("add.u32 outAt, outAt, smem;");
        Line($"add.u32 outAt, outAt, {offset};");
        Line("shl.b32 tmp, quad, 7;");
        Line("shl.b32 tmp2, quad, 4;");
        Line("add.u32 tmp, tmp, tmp2;");
        Line("shl.b32 tmp2, pair, 1;");
        Line("add.u32 tmp, tmp, tmp2;");
        Line("add.u32 tmp, tmp, outAt;");
        for (int n = 0; n < 8; n++)
        {
            Line(n == 0 ? "mov.b32 tmp2, tmp;" : $"xor.b32 tmp2, tmp, {n * 16};");
            for (int r = 0; r < 2 * Tiles; r++)
            {
                int c = r / 2 * 32 + n * 4 + r % 2 * 2;
                Line($"cvt.rn.bf16x2.f32 pa0, {name}{c + 1}, {name}{c};");
                Line($"st.shared.b32 [tmp2+{r * 1024}], pa0;");
            }
        }

        Line("bar.warp.sync 4294967295;");
        Line("shr.u32 tmp, lane, 3;");           // row
        Line("and.b32 tmp2, lane, 7;");          // chunk
        Line("mul.wide.u32 at2, tmp2, 16;");
        Line($"add.u64 at2, at2, {address};");
        Line("shl.b32 pa0, tmp, 7;");
        Line("add.u32 outAt, outAt, pa0;");
        Line($"mad.lo.u32 pa1, warp, {16 * Tiles}, outer;");
        Line("add.u32 pa1, pa1, tmp;");
        for (int i = 0; i < 4 * Tiles; i++)
        {
            // Row i·4 + l / 8: its place modulo 8 alternates between l / 8 and l / 8 + 4.
            Line($"add.u32 pa2, tmp, {i % 2 * 4};");
            Line("xor.b32 pa2, pa2, tmp2;");
            Line("shl.b32 pa2, pa2, 4;");
            Line("add.u32 pa2, pa2, outAt;");
            Line($"ld.shared.v4.b32 {List("out", 0, 4)}, [pa2+{i * 512}];");
            Line($"add.u32 pa2, pa1, {i * 4};");
            Line("setp.lt.s32 pr, pa2, end;");
            Line($"mad.wide.s32 at, pa2, {stride}, at2;");
            Line($"@pr st.global.v4.b32 [at], {List("out", 0, 4)};");
        }
    }
}
