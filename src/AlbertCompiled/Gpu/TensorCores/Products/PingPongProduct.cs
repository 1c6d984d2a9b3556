using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Groups whose two warpgroups take tiles of C in turn. None waits for another group.</summary>
internal sealed class PingPongProduct<TLayout, TEpilogue>(GpuDevice device, ProductVariant variant) : TensorProduct<TLayout, TEpilogue>(device, variant)
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuEpilogue
{
    PatchedKernel<PingPongProductKernel<TEpilogue>>? kernel;

    /// <inheritdoc/>
    protected override void Launch(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int parts, int perPart, in TEpilogue epilogue)
    {
        kernel ??= Compile<PingPongProductKernel<TEpilogue>>();
        int groups = Math.Min(Variant.Tiles(m.Most, n), Variant.Resident * ProductChoice.Processors(Device));
        kernel.Launch(groups, 1, 1, new() { A = a.Address, B = b.Address, M = m, N = n, K = k, Epilogue = epilogue });
    }
}
