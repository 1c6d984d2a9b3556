using System.Text.RegularExpressions;
using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Puts a variant's main loop into the text of a compiled kernel. The kernel marks the place by a comment that names the registers of its inputs;
/// they end as the finished tile, in float32, at the start of dynamic shared memory, behind a barrier that the kernel itself has.
/// </summary>
internal static partial class ProductText
{
    /// <summary>What the kernel emits: matrices (or tensor maps), first row and column of C, steps from and to, rows, columns, strides in elements.</summary>
    public const string Marker = "//product %0 %1 %2 %3 %4 %5 %6 %7 %8 %9";

    internal const string Shared = "__dyn_shared_alloca";

    static readonly string[] Inputs = ["A", "B", "row", "column", "first", "last", "rows", "columns", "strideA", "strideB"];

    /// <summary>The kernel's text with the main loop in place.</summary>
    public static string Complete(string kernel, ProductVariant variant, bool transposeA, bool transposeB)
    {
        var places = MarkerLine().Matches(kernel);
        if (places.Count != 1) throw new InvalidOperationException($"a product's kernel has {places.Count} places for its main loop");
        string[] arguments = Arguments(places[0].Value);
        if (arguments.Length != Inputs.Length) throw new InvalidOperationException($"a product's main loop has {arguments.Length} inputs");
        return Finish(kernel.Replace(places[0].Value, Write(arguments, variant, transposeA, transposeB), StringComparison.Ordinal), variant);
    }

    /// <summary>What a product's kernel needs besides its main loop: the target, the alignment of shared memory.</summary>
    public static string Finish(string text, ProductVariant variant)
    {
        // What epilogues read they read once, before they write it: not a reason to wait for the stores of other rows.
        text = text.Replace("ld.global.", "ld.global.nc.", StringComparison.Ordinal);
        text = Alignment().Replace(text, $".extern .shared .align {SharedTile.AtomBytes} .b8 {Shared}[]");
        return variant.Compute == ProductCompute.Warpgroup ? HopperTarget.Of(text) : variant.Loader == ProductLoader.Boxes ? HopperTarget.AtLeast(text) : text;
    }

    /// <summary>The main loop alone.</summary>
    public static string Write(IReadOnlyList<string> arguments, ProductVariant variant, bool transposeA, bool transposeB)
    {
        var text = new PtxText();
        text.Line($".reg .b64 A, B");
        text.Line($".reg .b32 {string.Join(", ", Inputs[2..])}");
        for (int i = 0; i < Inputs.Length; i++) text.Line($"mov.b{(i < 2 ? 64 : 32)} {Inputs[i]}, {arguments[i]}");
        text.Line($".reg .b32 smem, lane, tileA, tileB, tiles");
        text.Line($"mov.u32 smem, {Shared}");
        text.Line($"mov.u32 lane, %tid.x");
        text.Line($"mov.b32 tileA, smem");
        text.Line($"add.u32 tileB, smem, {SharedTile.Bytes(ProductVariant.Rows)}");
        Steps(text);
        if (variant.Compute == ProductCompute.Warp) WarpText.Write(text, variant, transposeA, transposeB);
        else WarpgroupText.Write(text, variant, transposeA, transposeB);
        return text.ToString();
    }

    /// <summary>Counts the tiles of the contraction between its first and last step.</summary>
    public static void Steps(PtxText text)
    {
        text.Line($"sub.s32 tiles, last, first");
        text.Line($"add.s32 tiles, tiles, {SharedTile.Depth - 1}");
        text.Line($"shr.s32 tiles, tiles, {int.Log2(SharedTile.Depth)}");
    }

    /// <summary>The registers of a marker, in order.</summary>
    public static string[] Arguments(string marker) => [.. Register().Matches(marker).Select(m => m.Value)];

    [GeneratedRegex(@"^[ \t]*//product[^\n]*\n", RegexOptions.Multiline)]
    private static partial Regex MarkerLine();

    [GeneratedRegex(@"%[a-z]+\d+")]
    private static partial Regex Register();

    [GeneratedRegex(@"\.extern \.shared \.align \d+ \.b8 __dyn_shared_alloca\[\]")]
    private static partial Regex Alignment();
}
