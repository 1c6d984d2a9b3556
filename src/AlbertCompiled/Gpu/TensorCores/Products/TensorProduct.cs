using AlbertCompiled.Gpu.Ptx;
using ILGPU;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>A variant of the tensor-core product for a device: C[M, N] = op(A)·op(B) of bfloat16 with float32 accumulation.</summary>
/// <typeparam name="TLayout">Transposes.</typeparam>
/// <typeparam name="TEpilogue">Consumes the elements of C.</typeparam>
internal abstract class TensorProduct<TLayout, TEpilogue>(GpuDevice device, ProductVariant variant)
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuEpilogue
{
    /// <summary>The device.</summary>
    protected GpuDevice Device => device;

    /// <summary>The variant.</summary>
    public ProductVariant Variant => variant;

    /// <summary>Queues the product in one part, or in several that are added in order.</summary>
    public void Launch(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int parts, in TEpilogue epilogue)
    {
        (parts, int perPart) = ProductVariant.Cut(k.Most, parts);
        if (variant.Loader == ProductLoader.Boxes)
        {
            var maps = device.TensorMaps;
            a = a with { Address = TLayout.TransposeA ? maps.Of(a.Address, k.Most, m.Most, a.Stride, SharedTile.Depth) : maps.Of(a.Address, m.Most, k.Most, a.Stride, ProductVariant.Rows) };
            b = b with { Address = TLayout.TransposeB ? maps.Of(b.Address, n, k.Most, b.Stride, variant.BoxColumns) : maps.Of(b.Address, k.Most, n, b.Stride, SharedTile.Depth) };
        }

        Launch(a, b, m, n, k, parts, perPart, epilogue);
    }

    /// <summary>Queues the product; addresses are of tensor maps if boxes load.</summary>
    protected abstract void Launch(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int parts, int perPart, in TEpilogue epilogue);

    /// <summary>Compiles a kernel of the variant.</summary>
    protected PatchedKernel<TKernel> Compile<TKernel>() where TKernel : struct, IGpuKernel =>
        new(device, variant.Lanes, variant.Resident, variant.SharedBytes, (variant, typeof(TLayout)), text => Complete(text, variant));

    /// <summary>A kernel's text with the products in place.</summary>
    public static string Complete(string text, ProductVariant variant) =>
        variant.Walks ? WalkText.Complete(text, variant, TLayout.TransposeA, TLayout.TransposeB) : ProductText.Complete(text, variant, TLayout.TransposeA, TLayout.TransposeB);
}

/// <summary>A group for each tile of C.</summary>
internal sealed class TiledProduct<TTile, TLayout, TEpilogue>(GpuDevice device, ProductVariant variant) : TensorProduct<TLayout, TEpilogue>(device, variant)
    where TTile : struct, IProductTile
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuEpilogue
{
    PatchedKernel<TensorProductKernel<TTile, TEpilogue>>? whole;
    PatchedKernel<TensorProductKernel<TTile, PartialProduct>>? partial;
    GpuKernel<TensorSumKernel<TEpilogue>>? sum;

    /// <inheritdoc/>
    protected override void Launch(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int parts, int perPart, in TEpilogue epilogue)
    {
        if (parts == 1)
        {
            whole ??= Compile<TensorProductKernel<TTile, TEpilogue>>();
            Launch(whole, a, b, m, n, k, parts, perPart, epilogue);
            return;
        }

        int stride = (n + 7) / 8 * 8, packs = m.Most * (stride / 8);
        var products = Device.Workspace((long)parts * m.Most * stride);
        partial ??= Compile<TensorProductKernel<TTile, PartialProduct>>();
        Launch(partial, a, b, m, n, k, parts, perPart, new() { Products = products, M = m.Most, N = stride });
        (sum ??= new(Device)).Launch((packs + Device.Lanes - 1) / Device.Lanes, new() { Products = products, Parts = parts, Stride = stride, N = n, M = m, Epilogue = epilogue });
    }

    void Launch<T>(PatchedKernel<TensorProductKernel<TTile, T>> kernel, TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int parts, int perPart, in T epilogue)
        where T : struct, IGpuEpilogue =>
        kernel.Launch(Variant.Tiles(m.Most, n), 1, parts, new() { Tile = TileProduct.Of(a, b, m, n, k, perPart), Epilogue = epilogue });
}
