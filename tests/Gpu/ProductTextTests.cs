using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.TensorCores;
using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>The main loops that products run on cards, as text: a change of what a card runs is one that somebody has seen.</summary>
public sealed class ProductTextTests
{
    [Fact]
    public Task Main_loops() => Verifier.Verify(ProductVariant.All.SelectMany(v => new[] { Of<NT>(v), Of<NN>(v), Of<TN>(v) }));

    static Target Of<TLayout>(ProductVariant variant) where TLayout : struct, IProductLayout
    {
        return new("ptx.txt", variant.Walks ? Walking(variant, TLayout.TransposeA, TLayout.TransposeB) : ProductText.Write([.. Inputs(10)], variant, TLayout.TransposeA, TLayout.TransposeB), $"{variant.Name}-{typeof(TLayout).Name}");
    }

    /// <summary>The texts of a walking kernel, in its order.</summary>
    static string Walking(ProductVariant variant, bool transposeA, bool transposeB)
    {
        string[] places = [WalkText.Begin, WalkText.Load, WalkText.Multiply, WalkPartsText.Share, WalkPartsText.Part, WalkText.Leave0, WalkText.Leave64, .. variant.Columns == 256 ? new[] { WalkText.Leave128, WalkText.Leave192 } : []];
        return WalkText.Complete(string.Concat(places.Select(p => $"\t{p.Replace("%", "%input", StringComparison.Ordinal)}\n")), variant, transposeA, transposeB);
    }

    static IEnumerable<string> Inputs(int count) => Enumerable.Range(0, count).Select(i => $"%input{i}");
}
