using System.Diagnostics;
using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.TensorCores;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using BFloat16 = AlbertCompiled.Gpu.BFloat16;

namespace AlbertCompiled.Bench;

/// <summary>Queues a product.</summary>
internal delegate void TensorLaunch<TEpilogue>(Operand<BFloat16> a, Operand<BFloat16> b, Extent m, int n, Extent k, int parts, TEpilogue epilogue) where TEpilogue : struct, IGpuEpilogue;

/// <summary>
/// The product of bfloat16 as programs call it, and its tensor-core kernels by variant: their PTX, their error against float64, their speed on the products of a step.
/// </summary>
internal static class TensorBenchmark
{
    static readonly (int M, int N, int K, string Form)[] Sizes =
    [
        (16384, 2304, 768, "NT"), (16384, 768, 768, "NT"), (16384, 3072, 768, "NT"), (16384, 768, 3072, "NT"), (16384, 768, 2304, "NN"), (16384, 3072, 768, "NN"),
        (2304, 768, 16384, "TN"), (768, 768, 16384, "TN"), (3072, 768, 16384, "TN"), (2458, 30000, 128, "NT"), (8192, 8192, 8192, "NT"),
    ];

    /// <summary>Dense bfloat16 of an H100 or H200 (NVIDIA's data sheets).</summary>
    const double PeakTeraflops = 989;

    public static void Run(Options options)
    {
        string wanted = options.Text("variant", "chosen"), folder = options.Text("dump", ""), mode = options.Text("mode", "all");
        string[] names = wanted.Split(',');
        var variants = ProductVariant.All.Where(v => wanted == "all" || names.Contains(v.Name)).ToArray();
        if (wanted is not ("all" or "chosen") && variants.Length < names.Length)
            throw new ArgumentException($"variant={wanted} is none of chosen, all, or some of {string.Join(",", ProductVariant.All.Select(v => v.Name))}");
        if (mode is not ("all" or "names" or "text" or "check" or "time")) throw new ArgumentException($"mode={mode} is none of all, names, text, check, time");
        if (mode == "names")
        {
            foreach (var v in ProductVariant.All) Console.WriteLine(v.Name);
            return;
        }

        if (folder.Length > 0) Dump(wanted == "chosen" ? ProductVariant.All : variants, folder);
        if (mode == "text") return;
        using var device = GpuDevice.Open("cuda");
        var card = (CudaAccelerator)device.Accelerator;
        Console.WriteLine($"{device.Name}, sm_{ProductChoice.Capability(card)}");
        if (wanted is "all" or "chosen") Each(device, null, mode, options.Number("runs", 20));
        foreach (var variant in variants)
        {
            if (!variant.RunsOn(card))
            {
                Console.WriteLine($"{variant.Name}: not for this card");
                continue;
            }

            Each(device, variant, mode, options.Number("runs", 20));
        }
    }

    static void Each(GpuDevice device, ProductVariant? variant, string mode, int runs)
    {
        Each<NT>(device, variant, mode, runs);
        Each<NN>(device, variant, mode, runs);
        Each<TN>(device, variant, mode, runs);
    }

    static void Each<TLayout>(GpuDevice device, ProductVariant? variant, string mode, int runs) where TLayout : struct, IProductLayout
    {
        string name = variant?.Name ?? "chosen";
        string form = $"{(TLayout.TransposeA ? 'T' : 'N')}{(TLayout.TransposeB ? 'T' : 'N')}";
        try
        {
            var accumulate = Launcher<TLayout, Accumulate>(device, variant);
            if (mode is not "time") TensorProductCheck.Run<TLayout>(device, accumulate, $"{name} {form}");
            if (mode is not "check") Time<TLayout>(device, Launcher<TLayout, Store<BFloat16>>(device, variant), accumulate, variant, name, form, runs);
        }
        catch (Exception e) when (e is DeviceException or AcceleratorException or InternalCompilerException or InvalidOperationException)
        {
            Console.WriteLine($"{name} {form}: FAILED {e.GetType().Name}: {e.Message}{(e.InnerException is { } inner ? " / " + inner.Message : "")}");
        }
    }

    /// <summary>A variant's launcher, or the product's own, which chooses variant and parts.</summary>
    static TensorLaunch<TEpilogue> Launcher<TLayout, TEpilogue>(GpuDevice device, ProductVariant? variant)
        where TLayout : struct, IProductLayout where TEpilogue : struct, IGpuEpilogue
    {
        if (variant is null)
        {
            var own = new MatrixProduct<BFloat16, TLayout, TEpilogue>(device);
            return (a, b, m, n, k, _, epilogue) => own.Launch(a, b, m, n, k, epilogue);
        }

        var product = TensorProducts<TLayout, TEpilogue>.Create(device, variant);
        return (a, b, m, n, k, parts, epilogue) => product.Launch(TensorOperand.Of(a), TensorOperand.Of(b), m, n, k, parts, epilogue);
    }

    static void Time<TLayout>(GpuDevice device, TensorLaunch<Store<BFloat16>> store, TensorLaunch<Accumulate> accumulate, ProductVariant? variant, string name, string form, int runs)
        where TLayout : struct, IProductLayout
    {
        int processors = device.Accelerator.NumMultiprocessors;
        foreach (var (m, n, k, _) in Sizes.Where(s => s.Form == form))
        {
            int strideA = Padded(TLayout.TransposeA ? m : k), strideB = Padded(TLayout.TransposeB ? k : n), strideC = Padded(n);
            using var a = Random(device, (long)(TLayout.TransposeA ? k : m) * strideA, 3);
            using var b = Random(device, (long)(TLayout.TransposeB ? n : k) * strideB, 4);
            using var c = device.Allocate<BFloat16>((long)m * strideC);
            using var gradient = form == "TN" ? device.Allocate<float>((long)m * strideC) : null;
            int[] choices = [1];
            string chosen = "";
            if (variant is null && ProductChoice.For(device)?.Of(new(typeof(TLayout).Name, m, n, k, true)) is { } choice)
                chosen = $" ({choice.Variant.Name} in {choice.Parts})";
            else if (variant is not null && form == "TN")
                choices = [.. new[] { 1, (2 * processors * variant.Resident + variant.Tiles(m, n) - 1) / variant.Tiles(m, n), Math.Max(1, processors * variant.Resident / variant.Tiles(m, n)) }.Distinct().Where(p => p <= 64)];
            foreach (int parts in choices)
            {
                void Launch()
                {
                    if (gradient is null) store(new(a.View, strideA), new(b.View, strideB), m, n, k, parts, new(c.View, strideC));
                    else accumulate(new(a.View, strideA), new(b.View, strideB), m, n, k, parts, new(gradient.View, strideC));
                }

                var milliseconds = new List<double>();
                for (int run = -1; run < 5; run++)
                {
                    device.Synchronize();
                    long start = Stopwatch.GetTimestamp();
                    for (int i = 0; i < runs; i++) Launch();
                    device.Synchronize();
                    if (run >= 0) milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / runs);
                }

                double median = Median.Of(milliseconds), teraflops = 2.0 * m * n * k / median / 1e9;
                double bytes = 2.0 * ((double)m * k + (double)n * k) + (gradient is null ? 2.0 : 8.0) * m * n;       // a gradient is read and written
                Console.WriteLine($"{name} {form} {m}x{n}x{k}{(parts > 1 ? $" in {parts}" : "")}{chosen}: {median * 1000:F1} us, {teraflops:F0} TFLOP/s ({teraflops / PeakTeraflops:P0} of {PeakTeraflops}; best {2.0 * m * n * k / milliseconds.Min() / 1e9:F0}), {bytes / median / 1e6:F0} GB/s");
            }
        }
    }

    /// <summary>Writes each variant's kernels as the driver gets them, for the tools of the CUDA toolkit.</summary>
    static void Dump(IEnumerable<ProductVariant> variants, string folder)
    {
        Directory.CreateDirectory(folder);
        using var context = Context.Create(builder => builder.EnableKernels());
        using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_80), CudaArchitecture.SM_80, CudaInstructionSet.ISA_88, null);
        foreach (var variant in variants)
        {
            Dump<NT>(backend, variant, folder);
            Dump<NN>(backend, variant, folder);
            Dump<TN>(backend, variant, folder);
        }

        Console.WriteLine($"{Directory.GetFiles(folder, "*.ptx").Length} kernels in {folder}: for f in {folder}/*.ptx; do ptxas -v --gpu-name sm_90a -o /dev/null $f; done");
    }

    static void Dump<TLayout>(Backend backend, ProductVariant variant, string folder) where TLayout : struct, IProductLayout
    {
        string form = $"{(TLayout.TransposeA ? 'T' : 'N')}{(TLayout.TransposeB ? 'T' : 'N')}";
        File.WriteAllText(Path.Combine(folder, $"{variant.Name}-{form}.ptx"), TensorProducts<TLayout, Store<BFloat16>>.Text(backend, variant));
    }

    internal static int Padded(int columns) => (columns + 15) / 16 * 16;

    /// <summary>Random numbers, repeated after a million.</summary>
    static MemoryBuffer1D<BFloat16, Stride1D.Dense> Random(GpuDevice device, long length, int seed)
    {
        var random = new Random(seed);
        var values = new ushort[length];
        var pattern = values.AsSpan(0, (int)Math.Min(length, 1_000_003));
        for (int i = 0; i < pattern.Length; i++) pattern[i] = (ushort)(BitConverter.SingleToUInt32Bits(random.NextSingle() - 0.5f) >> 16);
        for (int at = pattern.Length; at < length; at += pattern.Length) pattern[..(int)Math.Min(pattern.Length, length - at)].CopyTo(values.AsSpan(at));
        var buffer = device.Allocate<BFloat16>(length);
        device.Write(buffer.View.BaseView.Cast<ushort>(), values);
        return buffer;
    }
}
