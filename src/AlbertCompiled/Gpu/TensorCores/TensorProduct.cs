using AlbertCompiled.Gpu.Ptx;
using ILGPU;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>A product on tensor cores, whatever its tile.</summary>
/// <typeparam name="TEpilogue">Consumes the elements of C.</typeparam>
internal interface ITensorProduct<TEpilogue> where TEpilogue : struct, IGpuEpilogue
{
    /// <summary>The text of the kernel without parts.</summary>
    string Text { get; }

    /// <summary>Queues the product in one part, or in several that are added in order.</summary>
    void Launch(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int parts, in TEpilogue epilogue);
}

/// <summary>A variant of the tensor-core product for a device: C[M, N] = op(A)·op(B) of bfloat16 with float32 accumulation.</summary>
internal sealed class TensorProduct<TTile, TLayout, TEpilogue> : ITensorProduct<TEpilogue>
    where TTile : struct, IProductTile
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuEpilogue
{
    readonly GpuDevice device;
    readonly ProductVariant variant;
    readonly GpuKernel<TensorSumKernel<TEpilogue>> sum;
    PatchedKernel<TensorProductKernel<TTile, TEpilogue>>? whole;
    PatchedKernel<TensorProductKernel<TTile, PartialProduct>>? partial;

    /// <summary>Its kernels are compiled when first launched.</summary>
    public TensorProduct(GpuDevice device, ProductVariant variant)
    {
        if (TTile.Columns != variant.Columns || TTile.Workers != variant.Workers) throw new ArgumentException($"{variant.Name} has another tile", nameof(variant));
        (this.device, this.variant) = (device, variant);
        sum = new(device);
    }

    /// <inheritdoc/>
    public string Text => (whole ??= Compile<TEpilogue>()).Text;

    PatchedKernel<TensorProductKernel<TTile, E>> Compile<E>() where E : struct, IGpuEpilogue =>
        new(device, variant.Lanes, variant.Resident, variant.SharedBytes, text => ProductText.Complete(text, variant, TLayout.TransposeA, TLayout.TransposeB));

    /// <inheritdoc/>
    public void Launch(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int parts, in TEpilogue epilogue)
    {
        int tiles = variant.Tiles(m.Most, n);
        (parts, int perPart) = ProductVariant.Cut(k.Most, parts);
        if (parts == 1)
        {
            (whole ??= Compile<TEpilogue>()).Launch(tiles, 1, 1, Arguments(a, b, m, n, k, perPart, epilogue));
            return;
        }

        int stride = (n + 7) / 8 * 8, packs = m.Most * (stride / 8);
        var products = device.Workspace((long)parts * m.Most * stride);
        (partial ??= Compile<PartialProduct>()).Launch(tiles, 1, parts, Arguments<PartialProduct>(a, b, m, n, k, perPart, new() { Products = products, M = m.Most, N = stride }));
        sum.Launch((packs + device.Lanes - 1) / device.Lanes, new() { Products = products, Parts = parts, Stride = stride, N = n, M = m, Epilogue = epilogue });
    }

    TensorProductKernel<TTile, E> Arguments<E>(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int perPart, in E epilogue) where E : struct, IGpuEpilogue
    {
        ulong first = a.Address, second = b.Address;
        if (variant.Loader == ProductLoader.Boxes)
        {
            var maps = device.TensorMaps;
            first = TLayout.TransposeA ? maps.Of(first, k.Most, m.Most, a.Stride, SharedTile.Depth) : maps.Of(first, m.Most, k.Most, a.Stride, ProductVariant.Rows);
            second = TLayout.TransposeB ? maps.Of(second, n, k.Most, b.Stride, TTile.Columns) : maps.Of(second, k.Most, n, b.Stride, SharedTile.Depth);
        }

        return new() { A = first, B = second, StrideA = a.Stride, StrideB = b.Stride, M = m, N = n, K = k, KPerPart = perPart, Epilogue = epilogue };
    }
}
