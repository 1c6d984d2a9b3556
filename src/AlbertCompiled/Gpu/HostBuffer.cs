using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>Page-locked host memory: the device copies from and to it directly, and copying allocates nothing.</summary>
/// <typeparam name="T">Element.</typeparam>
internal sealed class HostBuffer<T> : IDisposable where T : unmanaged
{
    readonly AcceleratorStream stream;
    readonly PageLockedArray1D<T> memory;

    public HostBuffer(GpuDevice device, int length)
    {
        stream = device.Stream;
        memory = device.Accelerator.AllocatePageLocked1D<T>(length);
    }

    public Span<T> Span => memory.Span;

    /// <summary>Fills the first elements of a view. They may be overwritten once this returns.</summary>
    public void CopyTo(ArrayView<T> destination)
    {
        memory.ArrayView.SubView(0, memory.Length).CopyTo(stream, destination.SubView(0, memory.Length));
        stream.Synchronize();
    }

    /// <summary>Waits for what is queued and takes the first <paramref name="count"/> elements of a view.</summary>
    public ReadOnlySpan<T> CopyFrom(ArrayView<T> source, int count)
    {
        if (count > 0) source.SubView(0, count).CopyTo(stream, memory.ArrayView.SubView(0, count));
        stream.Synchronize();
        return memory.Span[..count];
    }

    public void Dispose() => memory.Dispose();
}
