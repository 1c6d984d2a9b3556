using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Zeroes memory that begins at a multiple of 16 bytes. OpenCL's own fill wants patterns aligned within a buffer, which a slot of the arena need not
/// be to a driver.
/// </summary>
internal struct ClearKernel<T> : IGpuKernel where T : unmanaged, IElement<T>
{
    /// <summary>Packs that a lane zeroes.</summary>
    public const int PerLane = 4;

    public ArrayView<T> Target;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int first = Grid.IdxX * Group.DimX * PerLane + Group.IdxX, packs = (int)(Target.Length / Float8.Count);
        for (int i = 0; i < PerLane; i++)
        {
            int pack = first + i * Group.DimX;
            if (pack < packs) T.Store(Target, pack * Float8.Count, 0f);
        }

        int rest = packs * Float8.Count + Group.IdxX;
        if (Grid.IdxX == 0 && rest < Target.Length) Target[rest] = default;
    }
}
