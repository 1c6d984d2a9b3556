using ILGPU;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>A variant of the tensor-core product for a device: C[M, N] = op(A)·op(B) of bfloat16 with float32 accumulation.</summary>
internal sealed class TensorProduct<TTile, TLayout, TEpilogue>
    where TTile : struct, IProductTile
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, ITensorEpilogue
{
    readonly GpuDevice device;
    readonly ProductVariant variant;
    readonly TensorMaps maps;
    readonly Lazy<PatchedKernel<TensorProductKernel<TTile, TEpilogue>>> whole;
    readonly Lazy<PatchedKernel<TensorProductKernel<TTile, PartialTensorProduct>>> partial;
    readonly GpuKernel<TensorSumKernel<TEpilogue>> sum;

    /// <summary>Its kernels are compiled when first launched.</summary>
    public TensorProduct(GpuDevice device, ProductVariant variant, TensorMaps maps)
    {
        if (TTile.Columns != variant.Columns || TTile.Workers != variant.Workers) throw new ArgumentException($"{variant.Name} has another tile", nameof(variant));
        (this.device, this.variant, this.maps) = (device, variant, maps);
        whole = new(Compile<TEpilogue>);
        partial = new(Compile<PartialTensorProduct>);
        sum = new(device);
    }

    /// <summary>The text of the kernel without parts.</summary>
    public string Text => whole.Value.Text;

    PatchedKernel<TensorProductKernel<TTile, E>> Compile<E>() where E : struct, ITensorEpilogue =>
        new(device, variant.Lanes, variant.Resident, variant.SharedBytes, text => ProductText.Complete(text, variant, TLayout.TransposeA, TLayout.TransposeB));

    /// <summary>Queues the product in one part, or in several that are added in order.</summary>
    public void Launch(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int parts, in TEpilogue epilogue)
    {
        int tiles = (m.Most + ProductVariant.Rows - 1) / ProductVariant.Rows * ((n + TTile.Columns - 1) / TTile.Columns);
        if (tiles == 0) return;
        int perPart = ((k.Most + parts - 1) / parts + SharedTile.Depth - 1) / SharedTile.Depth * SharedTile.Depth;
        parts = perPart == 0 ? 1 : (k.Most + perPart - 1) / perPart;
        if (parts == 1)
        {
            whole.Value.Launch(tiles, 1, 1, Arguments(a, b, m, n, k, perPart, epilogue));
            return;
        }

        int stride = (n + 7) / 8 * 8;
        var products = device.Workspace((long)parts * m.Most * stride);
        partial.Value.Launch(tiles, 1, parts, Arguments<PartialTensorProduct>(a, b, m, n, k, perPart, new() { Products = products, Rows = m.Most, Stride = stride }));
        int packs = stride / 8;
        sum.Launch((packs + device.Lanes - 1) / device.Lanes, m.Most, 1, device.Lanes, new() { Products = products, Parts = parts, Rows = m.Most, Stride = stride, N = n, M = m, Epilogue = epilogue });
    }

    TensorProductKernel<TTile, E> Arguments<E>(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int perPart, in E epilogue) where E : struct, ITensorEpilogue
    {
        ulong first = a.Address, second = b.Address;
        if (variant.Loader == ProductLoader.Boxes)
        {
            first = TLayout.TransposeA ? maps.Of(first, k.Most, m.Most, a.Stride, SharedTile.Depth) : maps.Of(first, m.Most, k.Most, a.Stride, ProductVariant.Rows);
            second = TLayout.TransposeB ? maps.Of(second, n, k.Most, b.Stride, TTile.Columns) : maps.Of(second, k.Most, n, b.Stride, SharedTile.Depth);
        }

        return new() { A = first, B = second, StrideA = a.Stride, StrideB = b.Stride, M = m, N = n, K = k, KPerPart = perPart, Epilogue = epilogue };
    }
}
