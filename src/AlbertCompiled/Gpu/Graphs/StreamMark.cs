using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu;

/// <summary>A place in a stream that the host or another stream can wait for.</summary>
internal sealed class StreamMark : IDisposable
{
    readonly GpuDevice device;
    IntPtr recorded;
    AcceleratorStream? marked;

    public StreamMark(GpuDevice device)
    {
        this.device = device;
        if (!device.IsCuda) return;
        recorded = CudaDriver.CreateEvent();
        device.Scope?.Add(this);
    }

    /// <summary>Sets the mark behind all that a stream has been given so far.</summary>
    public void Set(AcceleratorStream stream)
    {
        marked = stream;
        if (device.IsCuda) CudaDriver.Record(recorded, Handle(stream));
    }

    /// <summary>Returns when the mark has been reached; at once if it was never set.</summary>
    public void Wait()
    {
        if (marked is null) return;
        if (device.IsCuda) CudaDriver.Wait(recorded);
        else marked.Synchronize();
    }

    /// <summary>Holds what a stream is given from now on until the mark has been reached; returns at once.</summary>
    public void HoldBack(AcceleratorStream stream)
    {
        if (marked is null || marked == stream) return;
        if (device.IsCuda) CudaDriver.Wait(recorded, Handle(stream));
        else marked.Synchronize();
    }

    public void Dispose()
    {
        if (recorded != IntPtr.Zero && !device.IsClosed) CudaDriver.DestroyEvent(recorded);
        recorded = IntPtr.Zero;
    }

    static IntPtr Handle(AcceleratorStream stream) => ((CudaStream)stream).StreamPtr;
}
