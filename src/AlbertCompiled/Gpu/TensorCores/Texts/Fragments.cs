using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Text that reads the operand fragments of mma.sync m16n8k16 from a shared tile: one ldmatrix brings four 8×8 matrices, which are 16 rows of A,
/// or two times 8 columns of B, by 16 steps.
/// </summary>
/// <param name="text">Receives it.</param>
/// <param name="x">Prefix of its registers.</param>
/// <param name="isA">The left operand.</param>
/// <param name="kMajor">How the tile is stored.</param>
/// <param name="width">Elements that a warp reads: 32, 64 or 96.</param>
internal sealed class Fragments(PtxText text, string x, bool isA, bool kMajor, int width)
{
    /// <summary>A warp's elements are a panel and a half, so that every other warp begins in the middle of one.</summary>
    readonly bool uneven = !kMajor && width == 96;

    /// <summary>Blocks of 16 elements.</summary>
    public int Blocks => width / 16;

    /// <summary>The byte that a lane's row address adds for a block and for 16 steps, beside the xor of its chunk.</summary>
    public static (int Xor, int Add) Place(bool kMajor, int block, int steps) => kMajor ? (steps * 32, block * 2048) : (block * 32, steps * 2048);

    /// <summary>Prepares the lane's addresses in a tile whose address is in a register; the warp's place among the warps along its axis is too.</summary>
    public void Begin(string tile, string warp)
    {
        // Bit 3 or 4 of the lane chooses the 8 rows, the other one the chunk: the order of the matrices in the fragment.
        int rowBit = isA == kMajor ? 3 : 4, chunkBit = 7 - rowBit;
        text.Line($".reg .b32 {x}base, {x}xor, {x}now, {x}adr, {x}t");
        text.Line($".reg .b32 {x}f<{2 * Blocks * 4}>");
        if (uneven) text.Line($".reg .b32 {x}middle");
        text.Line($"and.b32 {x}base, lane, 7");
        text.Line($"shr.u32 {x}t, lane, {chunkBit}");
        text.Line($"and.b32 {x}t, {x}t, 1");
        text.Line($"xor.b32 {x}xor, {x}t, {x}base");
        text.Line($"shl.b32 {x}xor, {x}xor, 4");
        text.Line($"shr.u32 {x}t, lane, {rowBit}");
        text.Line($"and.b32 {x}t, {x}t, 1");
        text.Line($"shl.b32 {x}t, {x}t, 3");
        text.Line($"add.u32 {x}base, {x}base, {x}t");
        text.Line($"shl.b32 {x}base, {x}base, 7");
        text.Line($"add.u32 {x}base, {x}base, {tile}");
        if (kMajor)
        {
            text.Line($"mad.lo.u32 {x}base, {warp}, {width * SharedTile.RowBytes}, {x}base");
        }
        else if (width == 64)
        {
            text.Line($"mad.lo.u32 {x}base, {warp}, {SharedTile.PanelBytes}, {x}base");
        }
        else
        {
            // 32 or 96 columns begin at a panel or in its middle
            if (uneven) text.Line($"mul.lo.u32 {x}t, {warp}, 3");
            text.Line($"shr.u32 {x}t, {(uneven ? $"{x}t" : warp)}, 1");
            text.Line($"mad.lo.u32 {x}base, {x}t, {SharedTile.PanelBytes}, {x}base");
            text.Line($"and.b32 {x}t, {warp}, 1");
            if (uneven) text.Line($"mad.lo.u32 {x}middle, {x}t, {SharedTile.PanelBytes}, {x}base");
            text.Line($"shl.b32 {x}t, {x}t, 6");
            text.Line($"xor.b32 {x}xor, {x}xor, {x}t");
        }
    }

    /// <summary>The first register of a block in one of the two buffers.</summary>
    public int Register(int buffer, int block) => (buffer * Blocks + block) * 4;

    /// <summary>Reads all blocks of 16 steps of the stage whose offset is in a register.</summary>
    public void Load(int buffer, int steps, string stage)
    {
        string form = kMajor ? "" : ".trans";
        text.Line($"add.u32 {x}now, {x}base, {stage}");
        int last = -1;
        for (int block = 0; block < Blocks; block++)
        {
            var (xor, add) = Place(kMajor, block, steps);
            if (xor != last)
            {
                text.Line($"xor.b32 {x}adr, {x}xor, {xor}");
                text.Line($"add.u32 {x}adr, {x}adr, {x}now");
            }

            last = xor;
            text.Line($"ldmatrix.sync.aligned.m8n8.x4{form}.shared.b16 {PtxText.Vector($"{x}f", Register(buffer, block), 4)}, [{x}adr+{add}]");
        }
    }

    /// <summary>Reads a block of 16 steps of the stage whose offset is in a register into the n-th four registers.</summary>
    public void LoadBlock(int n, int block, int steps, string stage)
    {
        var (xor, add) = uneven ? (block % 2 * 32 ^ block / 2 % 2 * 64, steps * 2048 + block / 4 * SharedTile.PanelBytes) : Place(kMajor, block, steps);
        text.Line($"xor.b32 {x}adr, {x}xor, {xor}");
        text.Line($"add.u32 {x}now, {x}{(uneven && block / 2 == 1 ? "middle" : "base")}, {stage}");
        text.Line($"add.u32 {x}adr, {x}adr, {x}now");
        text.Line($"ldmatrix.sync.aligned.m8n8.x4{(kMajor ? "" : ".trans")}.shared.b16 {PtxText.Vector($"{x}f", 4 * n, 4)}, [{x}adr+{add}]");
    }
}
