using System.Diagnostics;
using AlbertCompiled.Gpu;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Bench;

/// <summary>What a GPU does beside its own ceilings: the rate of a copy of a gigabyte and of a large matrix product, then the products of a step.</summary>
internal static class GpuBenchmark
{
    const int CopyMegabytes = 1024, Large = 4096;

    public static void Run(Options options)
    {
        string kind = options.Text("device", "cuda");
        int runs = options.Number("runs", 20), tokens = options.Number("tokens", 16384);
        using var device = Device.Open(kind) as GpuDevice ?? throw new ArgumentException($"device={kind} is not a GPU");
        Console.WriteLine($"copy_gb_s={Copy(device, runs):F0} device={device.Name}");
        double ceiling = Rate<NT>(device, Large, Large, Large, runs);
        Console.WriteLine($"product_tflops={ceiling / 1e12:F2} m={Large} n={Large} k={Large} dtype=fp32");
        Console.WriteLine($"{"product",-20} {"m",6} {"n",6} {"k",6} {"form",5} {"TFLOP/s",9} {"% of ceiling",13}");
        foreach (var (name, m, n, k) in new[] { ("query, key, value", tokens, 2304, 768), ("attention output", tokens, 768, 768), ("expansion", tokens, 3072, 768), ("contraction", tokens, 768, 3072), ("vocabulary", tokens * 15 / 100, 30000, 128) })
        {
            Print(name, "NT", m, n, k, Rate<NT>(device, m, n, k, runs), ceiling);
            Print(name + ", dX", "NN", m, k, n, Rate<NN>(device, m, k, n, runs), ceiling);
            Print(name + ", dW", "TN", n, k, m, Rate<TN>(device, n, k, m, runs), ceiling);
        }
    }

    static void Print(string name, string form, int m, int n, int k, double rate, double ceiling) =>
        Console.WriteLine($"{name,-20} {m,6} {n,6} {k,6} {form,5} {rate / 1e12,9:F2} {rate / ceiling,13:P1}");

    static double Copy(GpuDevice device, int runs)
    {
        long floats = CopyMegabytes * (1L << 20) / sizeof(float);
        using var from = device.Allocate<float>(floats);
        using var to = device.Allocate<float>(floats);
        return 2.0 * floats * sizeof(float) / Seconds(device, runs, () => from.View.CopyTo(device.Stream, to.View));
    }

    static double Rate<TLayout>(GpuDevice device, int m, int n, int k, int runs) where TLayout : struct, IProductLayout
    {
        using var a = device.Allocate<float>((long)m * k);
        using var b = device.Allocate<float>((long)k * n);
        using var c = device.Allocate<float>((long)m * n);
        var product = new MatrixProduct<TLayout, Store>(device);
        var (left, right) = (new Operand(a.View, TLayout.TransposeA ? m : k), new Operand(b.View, TLayout.TransposeB ? k : n));
        return 2.0 * m * n * k / Seconds(device, runs, () => product.Launch(left, right, m, n, k, new(c.View, n)));
    }

    /// <summary>Seconds of one launch: the least of three series in the queue.</summary>
    static double Seconds(GpuDevice device, int runs, Action launch)
    {
        double best = double.MaxValue;
        for (int series = -1; series < 3; series++)
        {
            int count = series < 0 ? 1 : runs;
            long start = Stopwatch.GetTimestamp();
            for (int run = 0; run < count; run++) launch();
            device.Synchronize();
            if (series >= 0) best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / count);
        }

        return best;
    }
}
