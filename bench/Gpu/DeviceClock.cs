using System.Diagnostics;
using AlbertCompiled.Gpu;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Bench;

/// <summary>Timing of launches, and operands to launch them on.</summary>
internal static class DeviceClock
{
    const int Series = 3, Pattern = 1 << 20;

    /// <summary>Seconds of one launch: the least of some series of launches in the queue.</summary>
    public static double Seconds(GpuDevice device, int runs, Action launch)
    {
        launch();       // compiles
        device.Synchronize();
        double best = double.MaxValue;
        for (int series = 0; series < Series; series++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int run = 0; run < runs; run++) launch();
            device.Synchronize();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / runs);
        }

        return best;
    }

    /// <summary>A matrix of random numbers between −½ and ½: a card multiplies zeros faster.</summary>
    public static MemoryBuffer1D<T, Stride1D.Dense> Random<T>(GpuDevice device, long elements) where T : unmanaged, IElement<T>
    {
        var buffer = device.Allocate<T>(elements);
        var random = new Random(11);
        var pattern = new T[Math.Min(Pattern, elements)];
        for (int i = 0; i < pattern.Length; i++) pattern[i] = T.Of(random.NextSingle() - 0.5f);
        for (long at = 0; at < elements; at += pattern.Length)
        {
            int count = (int)Math.Min(pattern.Length, elements - at);
            device.Write<T>(buffer.View.BaseView.SubView(at, count), pattern.AsSpan(0, count));
        }

        return buffer;
    }
}
