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
        string[] inputs = [.. Enumerable.Range(0, 10).Select(i => $"%input{i}")];
        return new("ptx.txt", ProductText.Write(inputs, variant, TLayout.TransposeA, TLayout.TransposeB), $"{variant.Name}-{typeof(TLayout).Name}");
    }
}
