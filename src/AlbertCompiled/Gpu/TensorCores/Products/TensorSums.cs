using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Products on the tensor cores of a device whose epilogues sum columns: those of one group to a tile, in one part, of whole packs.</summary>
internal sealed class TensorSums<TLayout, TEpilogue>(GpuDevice device)
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuSummedEpilogue
{
    readonly Dictionary<ProductVariant, TensorProduct<TLayout, Summed<TEpilogue>>?> products = [];

    /// <summary>Queues the product in the form that is chosen for it, if that can sum.</summary>
    /// <returns>Whether it did.</returns>
    public bool TryLaunch(TensorProducts<TLayout, Summed<TEpilogue>> forms, TensorOperand a, TensorOperand b, Extent m, int n, Extent k, in Summed<TEpilogue> epilogue)
    {
        // on paper every form is counted that a measurement may choose: the product without sums does so
        if (device.IsOnPaper || n % Float8.Count != 0 || forms.FormOf(a, b, m, n, k) is not (var variant, 1)) return false;
        if (!products.TryGetValue(variant, out var product)) products[variant] = product = Create(device, variant);
        product?.Launch(a, b, m, n, k, 1, epilogue);
        return product is not null;
    }

    /// <summary>The product in a variant, or null if that cannot sum.</summary>
    public static TensorProduct<TLayout, Summed<TEpilogue>>? Create(GpuDevice device, ProductVariant variant) => (variant.Columns, variant.Workers, variant.Walks) switch
    {
        (128, 128, false) => new SummedTiles<Tile128Warps4, TLayout, TEpilogue>(device, variant),
        (128, 256, false) => new SummedTiles<Tile128Warps8, TLayout, TEpilogue>(device, variant),
        (256, 256, false) => new SummedTiles<Tile256Warps8, TLayout, TEpilogue>(device, variant),
        _ => null,
    };
}

/// <summary>A group for each tile of C, which also sums its columns.</summary>
internal sealed class SummedTiles<TTile, TLayout, TEpilogue>(GpuDevice device, ProductVariant variant) : TensorProduct<TLayout, Summed<TEpilogue>>(device, variant)
    where TTile : struct, IProductTile
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuSummedEpilogue
{
    PatchedKernel<SummedTileKernel<TTile, TEpilogue>>? kernel;

    /// <inheritdoc/>
    protected override void Launch(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int parts, int perPart, in Summed<TEpilogue> epilogue)
    {
        kernel ??= Compile<SummedTileKernel<TTile, TEpilogue>>();
        kernel.Launch(Variant.Tiles(m.Most, n), 1, 1, new() { Tile = TileProduct.Of(a, b, m, n, k, perPart), Epilogue = epilogue });
    }
}
