using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A buffer at a fixed place in device memory that the host fills anew for every run: its contents cross the bus on a stream of their own,
/// beside the run before, and move to their place when that run is over.
/// </summary>
/// <typeparam name="T">Element.</typeparam>
internal sealed class StagedBuffer<T> : IDisposable where T : unmanaged
{
    readonly GpuDevice device;
    readonly UploadRing<T> ring;
    readonly MemoryBuffer1D<T, Stride1D.Dense> landing, buffer;
    readonly StreamMark moved;

    public StagedBuffer(GpuDevice device, int length)
    {
        this.device = device;
        ring = new(device, length);
        landing = device.Allocate<T>(length);
        buffer = device.Allocate<T>(length);
        moved = new(device);
        moved.Set(device.Stream);   // behind the zeroes
    }

    /// <summary>What kernels read.</summary>
    public ArrayView<T> View => buffer.View;

    /// <summary>Host memory to fill for the next run.</summary>
    public Span<T> Next() => ring.Next();

    /// <summary>Queues the copy of what <see cref="Next"/> gave.</summary>
    public void Send()
    {
        moved.HoldBack(device.CopyStream);      // what was sent before may not have left yet
        var sent = ring.Send(landing.View, device.CopyStream);
        sent.HoldBack(device.Stream);
        landing.View.CopyTo(device.Stream, buffer.View);
        moved.Set(device.Stream);
    }

    public void Dispose()
    {
        GpuDevice.Free(landing);
        GpuDevice.Free(buffer);
        ring.Dispose();
        moved.Dispose();
    }
}
