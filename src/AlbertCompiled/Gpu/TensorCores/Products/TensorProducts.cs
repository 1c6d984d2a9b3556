using AlbertCompiled.Gpu.Ptx;
using ILGPU.Backends;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>A product on the tensor cores of a device: the variants that the card runs, of which a launch takes the one that fits its sizes.</summary>
internal sealed class TensorProducts<TLayout, TEpilogue>
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuEpilogue
{
    static readonly string Layout = typeof(TLayout).Name;

    readonly GpuDevice device;
    readonly ProductChoice choice;
    readonly Dictionary<ProductVariant, TensorProduct<TLayout, TEpilogue>> products = [];
    readonly Dictionary<ProductShape, (TensorProduct<TLayout, TEpilogue> Product, int Parts)> chosen = [];

    TensorProducts(GpuDevice device, ProductChoice choice) => (this.device, this.choice) = (device, choice);

    /// <summary>The products of a device, or null if it has no tensor cores that take bfloat16.</summary>
    public static TensorProducts<TLayout, TEpilogue>? For(GpuDevice device) => ProductChoice.For(device) is { } choice ? new(device, choice) : null;

    /// <summary>Queues the product, unless its operands do not lie as copies of 16 bytes want them or there is nothing to multiply.</summary>
    /// <returns>Whether it did.</returns>
    public bool TryLaunch(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, in TEpilogue epilogue)
    {
        if (ShapeOf(a, b, m, n, k) is not { } product) return false;
        if (!chosen.TryGetValue(product, out var form)) form = Choose(product);
        form.Product.Launch(a, b, m, n, k, form.Parts, epilogue);
        if (device.IsOnPaper && !chosen.ContainsKey(product))
        {
            // what is to be measured takes the memory of the form that wants most
            foreach (var (variant, parts) in choice.Rivals(product)) Create(device, variant).Launch(a, b, m, n, k, parts, epilogue);
        }

        return true;
    }

    /// <summary>The variant and the number of parts that a launch takes, or null where <see cref="TryLaunch"/> queues nothing.</summary>
    public (ProductVariant Variant, int Parts)? FormOf(TensorOperand a, TensorOperand b, Extent m, int n, Extent k)
    {
        if (ShapeOf(a, b, m, n, k) is not { } product) return null;
        if (!chosen.TryGetValue(product, out var form)) form = Choose(product);
        return (form.Product.Variant, form.Parts);
    }

    static ProductShape? ShapeOf(TensorOperand a, TensorOperand b, Extent m, int n, Extent k)
    {
        if (!a.IsAligned || !b.IsAligned || m.Most <= 0 || n <= 0 || k.Most <= 0) return null;
        // Boxes end at the bounds of a matrix. A shorter contraction is cut off within them only where a step is a row.
        bool boxes = k.IsConstant || TLayout.TransposeA && !TLayout.TransposeB;
        return new(Layout, m.Most, n, k.Most, boxes, TEpilogue.Operations);
    }

    (TensorProduct<TLayout, TEpilogue> Product, int Parts) Choose(ProductShape product)
    {
        var rivals = choice.Rivals(product);
        (ProductVariant Variant, int Parts)? settled = device.ProductMeasurements is { } measurements ? measurements.Of(product, choice) : rivals[0];
        // what is to be measured goes by the estimate in a rehearsal, and to the end of the process where nothing was rehearsed
        if (settled is null && device.Rehearsal is { } rehearsal) rehearsal.Measures(new ProductTimer<TLayout>(device, choice, product));
        else if (settled is null) settled = device.ProductMeasurements!.Estimate(product, choice);
        var (variant, parts) = settled ?? rivals[0];
        if (!products.TryGetValue(variant, out var launched)) products[variant] = launched = Create(device, variant);
        if (settled is not null) chosen[product] = (launched, parts);
        return (launched, parts);
    }

    /// <summary>A variant of the product.</summary>
    public static TensorProduct<TLayout, TEpilogue> Create(GpuDevice device, ProductVariant variant) => (variant.Columns, variant.Workers, variant.Walks) switch
    {
        (128, 128, false) => new TiledProduct<Tile128Warps4, TLayout, TEpilogue>(device, variant),
        (128, 256, false) => new TiledProduct<Tile128Warps8, TLayout, TEpilogue>(device, variant),
        (256, 256, false) => new TiledProduct<Tile256Warps8, TLayout, TEpilogue>(device, variant),
        (192, 128, false) => new TiledProduct<Tile192Warps4, TLayout, TEpilogue>(device, variant),
        (384, 256, false) => new TiledProduct<Tile384Warps8, TLayout, TEpilogue>(device, variant),
        (128, 256, true) => new WalkingProduct<Tile128Warps8, TLayout, TEpilogue>(device, variant),
        (256, 256, true) => new WalkingProduct<Tile256Warps8, TLayout, TEpilogue>(device, variant),
        _ => throw new ArgumentException($"{variant.Name} has no kernel", nameof(variant)),
    };

    /// <summary>The text of a variant's kernel, for any backend.</summary>
    public static string Text(Backend backend, ProductVariant variant) => (variant.Columns, variant.Workers, variant.Walks) switch
    {
        (128, 128, false) => Text<TensorProductKernel<Tile128Warps4, TEpilogue>>(backend, variant),
        (128, 256, false) => Text<TensorProductKernel<Tile128Warps8, TEpilogue>>(backend, variant),
        (256, 256, false) => Text<TensorProductKernel<Tile256Warps8, TEpilogue>>(backend, variant),
        (192, 128, false) => Text<TensorProductKernel<Tile192Warps4, TEpilogue>>(backend, variant),
        (384, 256, false) => Text<TensorProductKernel<Tile384Warps8, TEpilogue>>(backend, variant),
        (128, 256, true) => Text<WalkingProductKernel<Tile128Warps8, TEpilogue>>(backend, variant),
        (256, 256, true) => Text<WalkingProductKernel<Tile256Warps8, TEpilogue>>(backend, variant),
        _ => throw new ArgumentException($"{variant.Name} has no kernel", nameof(variant)),
    };

    static string Text<TKernel>(Backend backend, ProductVariant variant) where TKernel : struct, IGpuKernel =>
        PatchedKernel<TKernel>.Compile(backend, variant.Lanes, variant.Resident, text => TensorProduct<TLayout, TEpilogue>.Complete(text, variant));
}
