using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>Zeroes memory. OpenCL's own fill wants patterns aligned within a buffer, which a slot of the arena need not be to a driver.</summary>
internal struct ClearKernel<T> : IGpuKernel where T : unmanaged, IElement<T>
{
    /// <summary>Floats that a lane zeroes.</summary>
    public const int PerLane = 8;

    public ArrayView<T> Target;

    /// <inheritdoc/>
    public readonly void Run()
    {
        long first = (long)Grid.IdxX * Group.DimX * PerLane + Group.IdxX;
        for (int i = 0; i < PerLane; i++)
        {
            long at = first + i * Group.DimX;
            if (at < Target.Length) Target[at] = default;
        }
    }
}
