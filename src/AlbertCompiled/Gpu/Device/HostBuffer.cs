using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu;

/// <summary>Page-locked host memory: the device copies from and to it directly, and copying neither allocates nor waits.</summary>
/// <typeparam name="T">Element.</typeparam>
internal sealed unsafe class HostBuffer<T> : IDisposable where T : unmanaged
{
    readonly GpuDevice device;
    readonly int length;
    readonly PageLockedArray1D<T>? array;   // where there is no CUDA driver to allocate
    T* memory;

    public HostBuffer(GpuDevice device, int length)
    {
        (this.device, this.length) = (device, length);
        if (device.IsOnPaper) return;
        // the driver's own allocation: small arrays of the managed heap share pages, and a page can be locked only once
        if (device.IsCuda) memory = (T*)CudaDriver.AllocateHost(Bytes(length));
        else array = device.Accelerator.AllocatePageLocked1D<T>(length);
        device.Scope?.Add(this);
    }

    public Span<T> Span => array is null ? new(memory, length) : array.Span;

    /// <summary>Queues a copy of all elements to the front of a view. They must stay as they are until it has run.</summary>
    public void SendTo(ArrayView<T> destination, AcceleratorStream stream)
    {
        if (array is null) CudaDriver.CopyToDevice(destination.LoadEffectiveAddressAsPtr(), memory, Bytes(length), ((CudaStream)stream).StreamPtr);
        else array.ArrayView.CopyTo(stream, destination.SubView(0, length));
    }

    /// <summary>Queues a copy of the first <paramref name="count"/> elements of a view.</summary>
    public void FetchFrom(ArrayView<T> source, int count, AcceleratorStream stream)
    {
        if (count == 0) return;
        if (array is null) CudaDriver.CopyToHost(memory, source.LoadEffectiveAddressAsPtr(), Bytes(count), ((CudaStream)stream).StreamPtr);
        else source.SubView(0, count).CopyTo(stream, array.ArrayView.SubView(0, count));
    }

    /// <summary>Waits for what is queued and takes the first <paramref name="count"/> elements of a view.</summary>
    public ReadOnlySpan<T> CopyFrom(ArrayView<T> source, int count)
    {
        FetchFrom(source, count, device.Stream);
        device.Synchronize();
        return Span[..count];
    }

    public void Dispose()
    {
        if (array is not null) GpuDevice.Free(array);
        else if (memory is not null && !device.IsClosed) CudaDriver.FreeHost((IntPtr)memory);
        memory = null;
    }

    static long Bytes(int count) => Math.Max(1, count) * (long)sizeof(T);
}
