using System.Globalization;
using System.Text.RegularExpressions;
using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The texts of <see cref="WalkingProductKernel{TTile, TEpilogue}"/>, which share registers: accumulators, and each lane's place in the ring of stages, which goes on from
/// tile to tile.
/// </summary>
internal static partial class WalkText
{
    /// <summary>Columns that a warp hands to the epilogue at once.</summary>
    public const int FinishedColumns = 64;

    /// <summary>Shared memory in which a warp does so: 16 rows.</summary>
    public const int FinishedBytes = 16 * FinishedColumns * sizeof(float);

    /// <summary>The places, with their inputs: tensor maps; first row and column of C, steps from and to.</summary>
    public const string Begin = "//walk-begin %0 %1", Load = "//walk-load %0 %1 %2 %3 %4 %5", Multiply = "//walk-multiply %0 %1";

    /// <summary>Further places: 64 columns from these on.</summary>
    public const string Leave0 = "//walk-leave 0", Leave64 = "//walk-leave 64", Leave128 = "//walk-leave 128", Leave192 = "//walk-leave 192";

    /// <summary>The kernel's text with the products in place.</summary>
    public static string Complete(string kernel, ProductVariant variant, bool transposeA, bool transposeB)
    {
        int places = 0, expected = 5 + variant.Columns / FinishedColumns;      // begin, load, multiply, share, part; leaves
        string text = Marker().Replace(kernel, place =>
        {
            places++;
            var text = new PtxText($"TP{places}");
            string[] arguments = ProductText.Arguments(place.Value);
            return place.Groups[1].Value switch
            {
                "begin" => WriteBegin(text, arguments, variant),
                "load" => WriteLoad(text, arguments, variant, transposeA, transposeB),
                "multiply" => WriteMultiply(text, arguments, variant, transposeA, transposeB),
                "share" => WalkPartsText.WriteShare(text, arguments, variant),
                "part" => WalkPartsText.WritePart(text, arguments, variant),
                _ => WriteLeave(text, int.Parse(place.Groups[2].ValueSpan, CultureInfo.InvariantCulture)),
            };
        });
        if (places != expected) throw new InvalidOperationException($"a product's kernel has {places} places instead of {expected}");
        return Threads().Replace(ProductText.Finish(text, variant), $".maxnreg {65536 / variant.Resident / variant.Lanes / 8 * 8}\n.maxntid");
    }

    /// <summary>Registers of the whole kernel, barriers, and where a lane leaves its accumulators: columns 2t and 2t + 1 of each eight of rows g and g + 8.</summary>
    static string WriteBegin(PtxText text, string[] arguments, ProductVariant variant)
    {
        text.Line($".reg .b64 A, B");
        text.Line($".reg .b32 smem, lane, tileA, tileB, tiles, out, exchange, pair");
        Move(text, ["A", "B"], arguments);
        text.Line($"mov.u32 smem, {ProductText.Shared}");
        text.Line($"mov.u32 lane, %tid.x");
        text.Line($"add.u32 tileA, smem, {variant.FinishedBytes}");
        text.Line($"add.u32 tileB, tileA, {SharedTile.Bytes(ProductVariant.Rows)}");
        WarpgroupText.Begin(text, variant.Columns / 2);
        WarpgroupText.BoxRegisters(text);
        BoxLoader.Begin(text, variant);

        text.Line($"shr.u32 out, lane, 5");
        text.Line($"mad.lo.u32 out, out, {FinishedBytes}, smem");
        text.Line($"bfe.u32 pair, lane, 2, 3");
        text.Line($"mad.lo.u32 out, pair, {FinishedColumns * 4}, out");
        text.Line($"and.b32 pair, pair, 3");
        text.Line($"shl.b32 exchange, pair, 5");
        text.Line($"bfe.u32 pair, lane, 1, 1");
        text.Line($"mad.lo.u32 out, pair, {FinishedColumns * 2}, out");
        text.Line($"shl.b32 pair, pair, 4");
        text.Line($"xor.b32 exchange, exchange, pair");
        text.Line($"and.b32 pair, lane, 1");
        text.Line($"mad.lo.u32 out, pair, 8, out");
        return text.Open();
    }

    static string WriteLoad(PtxText text, string[] arguments, ProductVariant variant, bool transposeA, bool transposeB)
    {
        text.Line($".reg .b64 A, B");
        text.Line($".reg .b32 row, column, first, last");
        Move(text, ["A", "B", "row", "column", "first", "last"], arguments);
        ProductText.Steps(text);
        text.Line($"mov.b32 togo, tiles");
        BoxLoader.Produce(text, variant, transposeA, transposeB);
        text.Line($"bar.warp.sync 0xffffffff");
        return text.ToString();
    }

    static string WriteMultiply(PtxText text, string[] arguments, ProductVariant variant, bool transposeA, bool transposeB)
    {
        text.Line($".reg .b32 first, last");
        Move(text, ["first", "last"], arguments);
        ProductText.Steps(text);
        text.Line($"mov.b32 togo, tiles");
        text.Line($"bar.warp.sync 0xffffffff");
        WarpgroupText.BoxProducts(text, variant, transposeA, transposeB);
        return text.ToString();
    }

    /// <summary>Leaves 64 columns of the warp's rows in shared memory, once its lanes have read the last.</summary>
    static string WriteLeave(PtxText text, int column)
    {
        text.Line($".reg .b32 at");
        text.Line($"bar.warp.sync 0xffffffff");
        for (int j = 0; j < FinishedColumns / 8; j++)
        {
            int c = (column / 8 + j) * 4;
            text.Line($"xor.b32 at, exchange, {j * 16}");
            text.Line($"add.u32 at, at, out");
            text.Line($"st.shared.v2.f32 [at], {PtxText.Vector("c", c, 2)}");
            text.Line($"st.shared.v2.f32 [at+{8 * FinishedColumns * 4}], {PtxText.Vector("c", c + 2, 2)}");
        }

        text.Line($"bar.warp.sync 0xffffffff");
        return text.ToString();
    }

    /// <summary>Fills the registers of a place's inputs.</summary>
    public static void Move(PtxText text, string[] inputs, string[] arguments)
    {
        if (arguments.Length != inputs.Length) throw new InvalidOperationException($"a product's text has {arguments.Length} inputs instead of {inputs.Length}");
        for (int i = 0; i < inputs.Length; i++) text.Line($"mov.b{(inputs[i] is "A" or "B" or "sums" or "counter" ? 64 : 32)} {inputs[i]}, {arguments[i]}");
    }

    [GeneratedRegex(@"\.maxntid")]
    private static partial Regex Threads();

    [GeneratedRegex(@"^[ \t]*//walk-(begin|load|multiply|leave|share|part) (\d*)[^\n]*\n", RegexOptions.Multiline)]
    private static partial Regex Marker();
}
