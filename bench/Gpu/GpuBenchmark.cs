using AlbertCompiled.Gpu;
using ILGPU;
using ILGPU.Runtime;
using BFloat16 = AlbertCompiled.Gpu.BFloat16;

namespace AlbertCompiled.Bench;

/// <summary>What a GPU does beside its own ceilings: a copy, a large matrix product, then the products, attention and rows of a step.</summary>
internal static class GpuBenchmark
{
    const int CopyMegabytes = 1024, Hidden = 768;

    public static void Run(Options options)
    {
        string kind = options.Text("device", "cuda");
        using var device = GpuDevice.Open(kind);
        var (name, precision) = options.Precision();
        var peak = CardPeak.Of(device.Name);
        Console.WriteLine($"device={device.Name} dtype={name} data_sheet={(peak is null ? "unknown" : $"{peak.Flops(precision) / 1e12} TFLOP/s, {peak.Memory} GB/s")}");
        if (precision == Compute.BFloat16) Run<BFloat16>(device, options);
        else Run<Float32>(device, options);
    }

    static void Run<T>(GpuDevice device, Options options) where T : unmanaged, IElement<T>
    {
        int head = options.Number("head", 64);
        if (head is < 1 or > Hidden) throw new ArgumentException($"head={head}: a head has from 1 to {Hidden} columns");
        int runs = options.Number("runs", 20), tokens = options.Number("tokens", 16384), large = options.Number("large", typeof(T) == typeof(BFloat16) ? 8192 : 4096);
        double copy = Copy(device, runs, options.Number("copy", CopyMegabytes)), ceiling = Store<T, NT>(device, large, large, large, Math.Max(1, runs / 4));
        Console.WriteLine($"copy_gb_s={copy / 1e9:F0} product_tflops={ceiling / 1e12:F2} m=n=k={large}");
        Console.WriteLine($"{"product",-24} {"m",6} {"n",6} {"k",6} {"form",5} {"µs",9} {"TFLOP/s",9} {"% of large",11}");
        foreach (var (name, m, n, k) in new[] { ("query, key, value", tokens, 3 * Hidden, Hidden), ("attention output", tokens, Hidden, Hidden), ("expansion", tokens, 4 * Hidden, Hidden), ("contraction", tokens, Hidden, 4 * Hidden), ("vocabulary", tokens * 15 / 100, 30000, 128) })
        {
            Print(name, "NT", m, n, k, Store<T, NT>(device, m, n, k, runs), ceiling);
            Print(name + ", dX", "NN", m, k, n, Store<T, NN>(device, m, k, n, runs), ceiling);
            Print(name + ", dW", "TN", n, k, m, Accumulate<T, TN>(device, n, k, m, runs), ceiling);
        }

        Console.WriteLine($"{"attention",-24} {"S",6} {"p",6} {"µs",12} {"TFLOP/s",9} {"backward µs",12} {"TFLOP/s",9}");
        foreach (int length in new[] { 512, 128 })
            foreach (double dropout in new[] { 0, 0.1 })
                if (tokens >= length) Attention<T>(device, tokens / length, length, head, dropout, runs);

        new RowBenchmark<T>(device, runs, copy).Run(tokens);
    }

    static void Print(string name, string form, int m, int n, int k, double rate, double ceiling) =>
        Console.WriteLine($"{name,-24} {m,6} {n,6} {k,6} {form,5} {2e6 * m * n * k / rate,9:F1} {rate / 1e12,9:F2} {rate / ceiling,11:P1}");

    static double Copy(GpuDevice device, int runs, int megabytes)
    {
        long floats = megabytes * (1L << 20) / sizeof(float);
        using var from = DeviceClock.Random<Float32>(device, floats);
        using var to = device.Allocate<Float32>(floats);
        return 2.0 * floats * sizeof(float) / DeviceClock.Seconds(device, runs, () => from.View.CopyTo(device.Stream, to.View));
    }

    static double Store<T, TLayout>(GpuDevice device, int m, int n, int k, int runs) where T : unmanaged, IElement<T> where TLayout : struct, IProductLayout
    {
        using var c = device.Allocate<T>((long)m * n);
        return Rate<T, TLayout, Store<T>>(device, m, n, k, new(c.View.BaseView, n), runs);
    }

    static double Accumulate<T, TLayout>(GpuDevice device, int m, int n, int k, int runs) where T : unmanaged, IElement<T> where TLayout : struct, IProductLayout
    {
        using var c = device.Allocate<float>((long)m * n);
        return Rate<T, TLayout, Accumulate>(device, m, n, k, new(c.View.BaseView, n), runs);
    }

    static double Rate<T, TLayout, TEpilogue>(GpuDevice device, int m, int n, int k, TEpilogue epilogue, int runs)
        where T : unmanaged, IElement<T> where TLayout : struct, IProductLayout where TEpilogue : struct, IGpuEpilogue
    {
        using var a = DeviceClock.Random<T>(device, (long)m * k);
        using var b = DeviceClock.Random<T>(device, (long)k * n);
        var product = new MatrixProduct<T, TLayout, TEpilogue>(device);
        var (left, right) = (new Operand<T>(a.View.BaseView, TLayout.TransposeA ? m : k), new Operand<T>(b.View.BaseView, TLayout.TransposeB ? k : n));
        return 2.0 * m * n * k / DeviceClock.Seconds(device, runs, () => product.Launch(left, right, m, n, k, epilogue));
    }

    static void Attention<T>(GpuDevice device, int sequences, int length, int headSize, double dropout, int runs) where T : unmanaged, IElement<T>
    {
        int tokens = sequences * length, heads = Hidden / headSize, hidden = heads * headSize;
        using var queryKeyValue = DeviceClock.Random<T>(device, (long)tokens * 3 * hidden);
        using var gradient = DeviceClock.Random<T>(device, (long)tokens * hidden);
        using var context = device.Allocate<T>((long)tokens * hidden);
        using var result = device.Allocate<T>((long)tokens * 3 * hidden);
        using var logSum = device.Allocate<float>((long)tokens * heads);
        using var delta = device.Allocate<float>((long)tokens * heads);
        using var starts = device.Allocate<int>(sequences + 1);
        device.Write<int>(starts.View.BaseView, [.. Enumerable.Range(0, sequences + 1).Select(s => s * length)]);
        using var lists = new AttentionTileLists(device, tokens, sequences);
        lists.Build(starts.View.BaseView, sequences);
        var arguments = new AttentionArguments<T>
        {
            QueryKeyValue = new(queryKeyValue.View.BaseView, 3 * hidden),
            Tiles = lists.Within(tokens, sequences),
            Heads = heads,
            HeadSize = headSize,
            Key = DropoutKey.Constant(7),
            Threshold = CounterRandom.Threshold(dropout),
            KeepScale = (float)(1 / (1 - dropout)),
        };
        var (forward, backward) = (new AttentionForward<T>(device), new AttentionBackward<T>(device));
        Operand<T> contexts = new(context.View.BaseView, hidden);
        Operand<float> logSums = new(logSum.View.BaseView, heads);
        double flops = 4.0 * tokens * length * hidden;
        double there = DeviceClock.Seconds(device, runs, () => forward.Launch(arguments, contexts, logSums));
        double back = DeviceClock.Seconds(device, runs, () => backward.Launch(arguments, contexts, logSums, new(gradient.View.BaseView, hidden), new(result.View.BaseView, 3 * hidden), delta.View.BaseView));
        Console.WriteLine($"{$"B={sequences}",-24} {length,6} {dropout,6} {there * 1e6,12:F1} {flops / there / 1e12,9:F2} {back * 1e6,12:F1} {2.5 * flops / back / 1e12,9:F2}");
    }
}
