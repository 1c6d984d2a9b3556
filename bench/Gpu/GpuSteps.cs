using System.Diagnostics;
using AlbertCompiled.Gpu;

namespace AlbertCompiled.Bench;

/// <summary>The time of training steps on a GPU: what a step costs when it follows another at once, and what the host does meanwhile.</summary>
/// <param name="Step">Seconds a step of a series that is waited for at its end.</param>
/// <param name="Waited">Median seconds of a step that is waited for before the next begins.</param>
/// <param name="Least">The least of those.</param>
/// <param name="Host">Median seconds until a call to train a step returns, with an idle card.</param>
/// <param name="Loss">The last step's.</param>
internal sealed record GpuSteps(double Step, double Waited, double Least, double Host, float Loss)
{
    public static GpuSteps Measure(Workload workload, int steps, int warmup)
    {
        for (int step = 0; step < warmup; step++) workload.Step();
        var (waited, host) = (new List<double>(), new List<double>());
        for (int step = 0; step < steps; step++)
        {
            long start = Stopwatch.GetTimestamp();
            workload.Queue();
            host.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            ((GpuDevice)workload.Device).Synchronize();
            waited.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        float loss = workload.Step();
        long series = Stopwatch.GetTimestamp();
        for (int step = 0; step < steps; step++) workload.Queue();
        ((GpuDevice)workload.Device).Synchronize();
        return new(Stopwatch.GetElapsedTime(series).TotalSeconds / steps, Median.Of(waited), waited.Min(), Median.Of(host), loss);
    }

    /// <summary>Bytes of a CUDA card that are in use, or 0 where nobody counts them.</summary>
    public static long UsedBytes(Device device)
    {
        if (device is not GpuDevice { Kind: "cuda" } gpu) return 0;
        gpu.Bind();
        var (free, total) = CudaDriver.MemoryInfo();
        return total - free;
    }
}
