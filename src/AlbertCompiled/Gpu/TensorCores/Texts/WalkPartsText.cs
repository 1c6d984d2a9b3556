using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>The texts of a tile that several walking groups share: each leaves its part of the products for the others.</summary>
internal static class WalkPartsText
{
    /// <summary>The places, with their inputs: where a part's products go, the counter of its tile, and how many parts there are.</summary>
    public const string Share = "//walk-share %0 %1 %2", Part = "//walk-part %0 %1";

    /// <summary>
    /// Writes a part's products, row by row, and waits until those of all parts of the tile are there. A tile's counter goes up once for each part here and once behind its sum.
    /// </summary>
    public static string WriteShare(PtxText text, string[] arguments, ProductVariant variant)
    {
        string wait = text.Label("parts"), ready = text.Label("shared");
        text.Line($".reg .b64 sums, counter, at");
        text.Line($".reg .b32 parts, row, pair, seen");
        text.Line($".reg .pred other");
        WalkText.Move(text, ["sums", "counter", "parts"], arguments);
        text.Line($"shr.u32 row, lane, 5");
        text.Line($"shl.b32 row, row, 4");
        text.Line($"bfe.u32 pair, lane, 2, 3");
        text.Line($"add.u32 row, row, pair");
        text.Line($"and.b32 pair, lane, 3");
        text.Line($"shl.b32 pair, pair, 1");
        text.Line($"mad.lo.u32 row, row, {variant.Columns}, pair");
        text.Line($"mad.wide.u32 at, row, 4, sums");
        for (int c = 0; c < variant.Columns / 2; c += 4)
        {
            text.Line($"st.global.v2.f32 [at+{c * 8}], {PtxText.Vector("c", c, 2)}");
            text.Line($"st.global.v2.f32 [at+{c * 8 + 8 * variant.Columns * 4}], {PtxText.Vector("c", c + 2, 2)}");
        }

        text.Line($"fence.acq_rel.gpu");
        text.Line($"bar.sync 1, {variant.Workers}");
        text.Line($"setp.ne.u32 other, lane, 0");
        text.Line($"@other bra {ready}");
        text.Line($"red.release.gpu.global.add.u32 [counter], 1");
        text.Mark(wait);
        text.Line($"ld.acquire.gpu.global.b32 seen, [counter]");
        text.Line($"setp.lt.u32 other, seen, parts");
        text.Line($"@other bra {wait}");
        text.Mark(ready);
        text.Line($"bar.warp.sync 0xffffffff");
        text.Line($"bar.sync 1, {variant.Workers}");
        return text.ToString();
    }

    /// <summary>Ends a part: whoever is the last sets the counter back for the next launch.</summary>
    public static string WritePart(PtxText text, string[] arguments, ProductVariant variant)
    {
        string done = text.Label("parted");
        text.Line($".reg .b64 counter");
        text.Line($".reg .b32 parts, seen");
        text.Line($".reg .pred other");
        WalkText.Move(text, ["counter", "parts"], arguments);
        text.Line($"bar.warp.sync 0xffffffff");
        text.Line($"bar.sync 1, {variant.Workers}");
        text.Line($"setp.ne.u32 other, lane, 0");
        text.Line($"@other bra {done}");
        text.Line($"atom.acq_rel.gpu.global.add.u32 seen, [counter], 1");
        text.Line($"mad.lo.u32 parts, parts, 2, -1");
        text.Line($"setp.ne.u32 other, seen, parts");
        text.Line($"@other bra {done}");
        text.Line($"mov.b32 seen, 0");
        text.Line($"st.release.gpu.global.b32 [counter], seen");
        text.Mark(done);
        text.Line($"bar.warp.sync 0xffffffff");
        return text.ToString();
    }
}
