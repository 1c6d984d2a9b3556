using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Texts of a kernel whose groups stay and take tile after tile of C: the warp that orders copies runs ahead into the next tile while the others hand the last one
/// to the epilogue, through shared memory that is theirs alone.
/// </summary>
internal static class ResidentText
{
    /// <summary>Rows that a warp holds.</summary>
    public const int WarpRows = 16;

    /// <summary>Columns that it stages at a time.</summary>
    public const int StagedColumns = 128;

    /// <summary>
    /// Floats between the first and the last four of eight columns: a staged row holds all the first ones, then all the last ones, so that lanes which read eight columns
    /// each lie side by side. 4 more than there are, and rows 8 more, so that lanes' pairs meet in no bank.
    /// </summary>
    public const int SecondHalf = StagedColumns / 2 + 4;

    /// <summary>Floats from one staged row to the next.</summary>
    public const int RowFloats = StagedColumns + 8;

    /// <summary>Bytes that a warp stages.</summary>
    public const int WarpBytes = WarpRows * RowFloats * sizeof(float);

    /// <summary>What all tiles need: registers, barriers, descriptors. It stands in no block of its own.</summary>
    public static string Begin(IReadOnlyList<string> arguments, ProductVariant variant)
    {
        var text = new PtxText("TB");
        text.Line($".reg .b64 A, B");
        text.Line($".reg .b32 smem, lane, tileA, tileB, tiles, staged, staging");
        text.Line($"mov.b64 A, {arguments[0]}");
        text.Line($"mov.b64 B, {arguments[1]}");
        ProductText.Place(text);
        WarpgroupText.Begin(text, variant.Columns / 2);
        WarpgroupText.BoxRegisters(text);
        BoxLoader.Begin(text, variant);

        // A lane holds columns 2t and 2t + 1 of rows g and g + 8 of each 16 × 8.
        text.Line($"shr.u32 staging, lane, 5");
        text.Line($"mul.lo.u32 staging, staging, {WarpBytes}");
        text.Line($"add.u32 staging, staging, smem");
        text.Line($"and.b32 staged, lane, 31");
        text.Line($"shr.u32 staged, staged, 2");
        text.Line($"mad.lo.u32 staging, staged, {RowFloats * sizeof(float)}, staging");
        text.Line($"and.b32 staged, lane, 1");
        text.Line($"mad.lo.u32 staging, staged, 8, staging");
        text.Line($"shr.u32 staged, lane, 1");
        text.Line($"and.b32 staged, staged, 1");
        text.Line($"mad.lo.u32 staging, staged, {SecondHalf * sizeof(float)}, staging");
        return text.Open();
    }

    /// <summary>Orders the copies of a tile: first row and column of C, steps from and to.</summary>
    public static string Load(IReadOnlyList<string> arguments, ProductVariant variant, bool transposeA, bool transposeB)
    {
        var text = new PtxText("TL");
        text.Line($".reg .b32 row, column, first, last");
        text.Line($"mov.b32 row, {arguments[0]}");
        text.Line($"mov.b32 column, {arguments[1]}");
        text.Line($"mov.b32 first, {arguments[2]}");
        text.Line($"mov.b32 last, {arguments[3]}");
        ProductText.Count(text);
        text.Line($"mov.b32 togo, tiles");
        BoxLoader.Produce(text, variant, transposeA, transposeB);
        text.Line($"bar.warp.sync 0xffffffff");
        return text.ToString();
    }

    /// <summary>Multiplies a tile: steps from and to.</summary>
    public static string Multiply(IReadOnlyList<string> arguments, ProductVariant variant, bool transposeA, bool transposeB)
    {
        var text = new PtxText("TM");
        text.Line($".reg .b32 first, last");
        text.Line($"mov.b32 first, {arguments[0]}");
        text.Line($"mov.b32 last, {arguments[1]}");
        ProductText.Count(text);
        text.Line($"mov.b32 togo, tiles");
        WarpgroupText.BoxProducts(text, variant, transposeA, transposeB);
        return text.ToString();
    }

    /// <summary>Leaves 128 columns of the warp's rows in its shared memory: which, by number.</summary>
    public static string Stage(IReadOnlyList<string> arguments, ProductVariant variant)
    {
        var text = new PtxText("TS");
        string end = text.Label("end");
        int parts = variant.Columns / StagedColumns;
        for (int part = 0; part < parts; part++)
        {
            string next = text.Label("next");
            text.Line($"setp.ne.s32 more, {arguments[0]}, {part}");
            text.Line($"@more bra {next}");
            for (int j = 0; j < StagedColumns / 8; j++)
            {
                int c = (part * StagedColumns / 8 + j) * 4, at = variant.StagingOffset + j * 16;
                text.Line($"st.shared.v2.f32 [staging+{at}], {PtxText.Vector("c", c, 2)}");
                text.Line($"st.shared.v2.f32 [staging+{at + 8 * RowFloats * sizeof(float)}], {PtxText.Vector("c", c + 2, 2)}");
            }

            text.Line($"bra {end}");
            text.Mark(next);
        }

        text.Mark(end);
        text.Line($"bar.warp.sync 0xffffffff");
        return text.ToString();
    }
}
