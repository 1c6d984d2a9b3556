using AlbertCompiled.Gpu.Ptx;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Groups that walk over the tiles of C and the parts of their contractions: no more than the card holds at once, since those with parts of one tile wait for one another.</summary>
internal sealed class WalkingProduct<TTile, TLayout, TEpilogue>(GpuDevice device, ProductVariant variant) : TensorProduct<TLayout, TEpilogue>(device, variant)
    where TTile : struct, IProductTile
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuEpilogue
{
    PatchedKernel<WalkingProductKernel<TTile, TEpilogue>>? kernel;

    /// <inheritdoc/>
    protected override void Launch(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int parts, int perPart, in TEpilogue epilogue)
    {
        kernel ??= Compile<WalkingProductKernel<TTile, TEpilogue>>();
        int resident = Variant.Resident * ProductChoice.Processors(Device), steps = (k.Most + SharedTile.Depth - 1) / SharedTile.Depth;
        int groups = WalkingParts.Groups(Variant.Tiles(m.Most, n), steps, resident);
        kernel.Launch(groups, 1, 1, new()
        {
            A = a.Address,
            B = b.Address,
            Parts = (ulong)Device.Workspace((long)groups * ProductVariant.Rows * Variant.Columns).LoadEffectiveAddressAsPtr(),
            Counters = (ulong)Device.Turns(groups).LoadEffectiveAddressAsPtr(),
            M = m,
            N = n,
            K = k,
            Epilogue = epilogue,
        });
    }
}
