using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Text that copies an operand's tiles with 16-byte cp.async: eight lanes to a row of 128 bytes. Whatever lies outside the matrix arrives as zero.
/// </summary>
/// <param name="text">Receives it.</param>
/// <param name="x">Prefix of its registers.</param>
/// <param name="kMajor">The matrix is stored [elements, steps] instead of [steps, elements].</param>
/// <param name="elements">Elements of a tile.</param>
/// <param name="lanes">Lanes that copy.</param>
internal sealed class LaneLoader(PtxText text, string x, bool kMajor, int elements, int lanes)
{
    readonly int pass = lanes / 8, panels = elements / 64;

    /// <summary>Prepares the registers. Inputs are registers: the matrix, its first element and step of the tile, its ends, its stride in elements.</summary>
    public void Begin(string source, string first, string end, string step, string lastStep, string stride, string tile)
    {
        text.Line($".reg .b64 {x}src, {x}step, {x}run, {x}tmp");
        text.Line($".reg .b32 {x}c, {x}r, {x}at, {x}left, {x}bytes, {x}n, {x}dst, {x}to");
        text.Line($".reg .pred {x}in");
        text.Line($"and.b32 {x}c, lane, 7");
        text.Line($"shr.u32 {x}r, lane, 3");
        text.Line($"and.b32 {x}dst, {x}r, 7");
        text.Line($"xor.b32 {x}dst, {x}dst, {x}c");
        text.Line($"shl.b32 {x}dst, {x}dst, 4");
        text.Line($"shl.b32 {x}at, {x}r, 7");
        text.Line($"add.u32 {x}dst, {x}dst, {x}at");
        text.Line($"add.u32 {x}dst, {x}dst, {tile}");
        text.Line($"shl.b32 {x}c, {x}c, 3");
        text.Line($"shl.b32 {x}n, {stride}, 1");
        text.Line($"mul.wide.s32 {x}step, {x}n, {pass}");
        string row = kMajor ? first : step, column = kMajor ? step : first, rows = kMajor ? end : lastStep, columns = kMajor ? lastStep : end;
        text.Line($"add.s32 {x}r, {x}r, {row}");
        text.Line($"mul.wide.s32 {x}src, {x}r, {x}n");
        text.Line($"add.s32 {x}c, {x}c, {column}");
        text.Line($"mul.wide.s32 {x}tmp, {x}c, 2");
        text.Line($"add.s64 {x}src, {x}src, {x}tmp");
        text.Line($"add.s64 {x}src, {x}src, {source}");
        text.Line($"sub.s32 {x}left, {rows}, {x}r");            // rows from the lane's first one to the end
        text.Line($"sub.s32 {x}bytes, {columns}, {x}c");        // columns from the lane's chunk to the end
        if (kMajor) return;
        text.Line($".reg .b32 {x}size<{panels}>");
        for (int p = 0; p < panels; p++)
        {
            text.Line($"sub.s32 {x}n, {x}bytes, {64 * p}");
            Clamp($"{x}size{p}");
        }
    }

    /// <summary>Copies the next tile to the stage whose offset is in a register, and moves on.</summary>
    public void Load(string stage)
    {
        text.Line($"add.u32 {x}to, {x}dst, {stage}");
        if (kMajor)
        {
            text.Line($"mov.b32 {x}n, {x}bytes");
            Clamp($"{x}c");
            text.Line($"mov.b64 {x}run, {x}src");
            for (int i = 0; i < elements / pass; i++)
            {
                if (i > 0) text.Line($"add.s64 {x}run, {x}run, {x}step");
                Copy(i * pass, i * pass * SharedTile.RowBytes, 0, $"{x}c");
            }

            text.Line($"add.s64 {x}src, {x}src, {SharedTile.RowBytes}");
            text.Line($"sub.s32 {x}bytes, {x}bytes, {SharedTile.Depth}");
            return;
        }

        text.Line($"mov.b64 {x}run, {x}src");
        for (int i = 0; i < SharedTile.Depth / pass; i++)
        {
            for (int p = 0; p < panels; p++) Copy(i * pass, p * SharedTile.PanelBytes + i * pass * SharedTile.RowBytes, p * SharedTile.RowBytes, $"{x}size{p}");
            text.Line($"add.s64 {x}run, {x}run, {x}step");
        }

        text.Line($"mov.b64 {x}src, {x}run");
        text.Line($"sub.s32 {x}left, {x}left, {SharedTile.Depth}");
    }

    void Copy(int row, int target, int source, string bytes)
    {
        text.Line($"setp.gt.s32 {x}in, {x}left, {row}");
        text.Line($"selp.b32 {x}n, {bytes}, 0, {x}in");
        text.Line($"cp.async.cg.shared.global.L2::128B [{x}to+{target}], [{x}run+{source}], 16, {x}n");
    }

    /// <summary>Bytes of a chunk of which so many elements exist, in the register n.</summary>
    void Clamp(string bytes)
    {
        text.Line($"min.s32 {x}n, {x}n, 8");
        text.Line($"max.s32 {x}n, {x}n, 0");
        text.Line($"shl.b32 {bytes}, {x}n, 1");
    }
}
