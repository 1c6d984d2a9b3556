using AlbertCompiled.Gpu.Ptx;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Groups that walk over the tiles of C and the parts of their contractions: as many as the card holds at once, since a part may wait for the one before.</summary>
internal sealed class WalkingProduct<TTile, TLayout, TEpilogue>(GpuDevice device, ProductVariant variant) : TensorProduct<TLayout, TEpilogue>(device, variant)
    where TTile : struct, IProductTile
    where TLayout : struct, IProductLayout
    where TEpilogue : struct, IGpuEpilogue
{
    PatchedKernel<WalkingProductKernel<TTile, TEpilogue>>? kernel;

    /// <inheritdoc/>
    public override void Prepare() => kernel ??= Compile<WalkingProductKernel<TTile, TEpilogue>>();

    /// <inheritdoc/>
    protected override void Launch(TensorOperand a, TensorOperand b, Extent m, int n, Extent k, int parts, int perPart, in TEpilogue epilogue)
    {
        Prepare();
        int tiles = Variant.Tiles(m.Most, n);
        kernel!.Launch(Math.Min(tiles * parts, Variant.Resident * ProductChoice.Processors(Device)), 1, 1, new()
        {
            A = a.Address,
            B = b.Address,
            Sums = parts == 1 ? 0 : (ulong)Device.Workspace((long)tiles * ProductVariant.Rows * Variant.Columns).LoadEffectiveAddressAsPtr(),
            Turns = parts == 1 ? 0 : (ulong)Device.Turns(tiles * Variant.Warps).LoadEffectiveAddressAsPtr(),
            M = m,
            N = n,
            K = k,
            Parts = parts,
            KPerPart = perPart,
            Epilogue = epilogue,
        });
    }
}
