using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>A float32 matrix as a factor of a product: itself, or a rounded copy that is made anew with each call.</summary>
/// <typeparam name="T">How factors are kept.</typeparam>
/// <param name="device">The device.</param>
/// <param name="own">Takes over what is allocated at the first call.</param>
public sealed class RoundedCopy<T>(GpuDevice device, Action<MemoryBuffer> own) where T : unmanaged, IElement<T>
{
    readonly GpuKernel<RoundKernel<T>> round = new(device);
    MemoryBuffer1D<T, Stride1D.Dense>? copy;

    /// <summary>Queues the copy.</summary>
    /// <param name="source">The matrix.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="rows">Rows.</param>
    public ArrayView<T> Of(ArrayView<float> source, int stride, Extent rows)
    {
        if (typeof(T) == typeof(Float32)) return source.Cast<T>();
        int packs = (int)(((long)stride * rows.Most + 7) / 8);
        if (copy is null) own(copy = device.Allocate<T>(8L * packs));
        round.Launch((packs + device.Lanes - 1) / device.Lanes, new() { Source = source, Target = copy.View, Packs = packs });
        return copy.View;
    }
}
