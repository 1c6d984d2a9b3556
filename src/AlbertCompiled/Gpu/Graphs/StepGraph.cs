using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A sequence of launches that is the same every time. On CUDA the first time queues them one by one, so that whatever is allocated on demand is there;
/// the second records them; from then on all of them are one call to the driver. Elsewhere they are always queued.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="queue">Queues the launches on the device's stream. It neither waits nor allocates once it has run.</param>
internal sealed class StepGraph(GpuDevice device, Action queue) : IDisposable
{
    IntPtr executable;
    int version;        // of the device's memory at the last run
    bool ran;

    /// <summary>Queues everything.</summary>
    /// <exception cref="DeviceException">The driver failed.</exception>
    public void Run()
    {
        bool moved = version != device.MemoryVersion;
        if (moved || !device.RecordsSteps) Forget();
        if (moved) ran = false;     // what was given back is allocated anew, and nothing may be while launches are recorded
        if (executable == IntPtr.Zero && ran && device.RecordsSteps) Record();
        if (executable != IntPtr.Zero) CudaDriver.Launch(executable, Stream);
        else queue();
        (ran, version) = (true, device.MemoryVersion);
    }

    public void Dispose()
    {
        if (!device.IsClosed) Forget();
    }

    IntPtr Stream => ((CudaStream)device.Stream).StreamPtr;

    void Record()
    {
        CudaDriver.BeginCapture(Stream);
        try
        {
            queue();
        }
        catch
        {
            CudaDriver.AbandonCapture(Stream);
            throw;
        }

        var graph = CudaDriver.EndCapture(Stream);
        try
        {
            executable = CudaDriver.Instantiate(graph);
        }
        finally
        {
            CudaDriver.DestroyGraph(graph);
        }
    }

    void Forget()
    {
        if (executable != IntPtr.Zero) CudaDriver.DestroyExecutable(executable);
        executable = IntPtr.Zero;
    }
}
