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

/// <summary>
/// The tensor-core product by variant: its PTX, its error against float64 on awkward sizes, and its speed on the products of a step.
/// </summary>
internal static class TensorBenchmark
{
    static readonly (int M, int N, int K)[] Checks = [(128, 128, 64), (128, 256, 128), (200, 136, 72), (512, 768, 768), (77, 1000, 128), (1, 8, 8), (300, 260, 1000), (129, 385, 200)];

    static readonly (int M, int N, int K, string Form)[] Sizes =
    [
        (16384, 2304, 768, "NT"), (16384, 768, 768, "NT"), (16384, 3072, 768, "NT"), (16384, 768, 3072, "NT"), (16384, 768, 2304, "NN"), (16384, 3072, 768, "NN"),
        (2304, 768, 16384, "TN"), (768, 768, 16384, "TN"), (3072, 768, 16384, "TN"), (2458, 30000, 128, "NT"), (8192, 8192, 8192, "NT"),
    ];

    public static void Run(Options options)
    {
        string wanted = options.Text("variant", "all"), folder = options.Text("dump", ""), mode = options.Text("mode", "all");
        var variants = ProductVariant.All.Where(v => wanted == "all" || v.Name == wanted).ToArray();
        if (variants.Length == 0) throw new ArgumentException($"variant={wanted} is none of all, {string.Join(", ", ProductVariant.All.Select(v => v.Name))}");
        if (mode is not ("all" or "names" or "text" or "check" or "time")) throw new ArgumentException($"mode={mode} is none of all, names, text, check, time");
        if (mode == "names")
        {
            foreach (var v in variants) Console.WriteLine(v.Name);
            return;
        }

        if (folder.Length > 0) Dump(variants, folder);
        if (mode == "text") return;
        using var device = GpuDevice.Open("cuda");
        var capability = ((CudaAccelerator)device.Accelerator).Architecture;
        Console.WriteLine($"{device.Name}, sm_{capability.Major}{capability.Minor}");
        foreach (var variant in variants)
        {
            if (!variant.RunsOn(capability.Major * 10 + capability.Minor))
            {
                Console.WriteLine($"{variant.Name}: not for this card");
                continue;
            }

            Each(device, variant, mode, options.Number("runs", 20));
        }
    }

    static void Each(GpuDevice device, ProductVariant variant, string mode, int runs)
    {
        switch (variant.Columns, variant.Workers)
        {
            case (128, 128): Each<Tile128Warps4>(device, variant, mode, runs); break;
            case (128, 256): Each<Tile128Warps8>(device, variant, mode, runs); break;
            default: Each<Tile256Warps8>(device, variant, mode, runs); break;
        }
    }

    static void Each<TTile>(GpuDevice device, ProductVariant variant, string mode, int runs) where TTile : struct, IProductTile
    {
        using var maps = new TensorMaps(device);
        Each<TTile, NT>(device, variant, maps, mode, runs);
        Each<TTile, NN>(device, variant, maps, mode, runs);
        Each<TTile, TN>(device, variant, maps, mode, runs);
    }

    static void Each<TTile, TLayout>(GpuDevice device, ProductVariant variant, TensorMaps maps, string mode, int runs)
        where TTile : struct, IProductTile where TLayout : struct, IProductLayout
    {
        string form = $"{(TLayout.TransposeA ? 'T' : 'N')}{(TLayout.TransposeB ? 'T' : 'N')}";
        try
        {
            long start = Stopwatch.GetTimestamp();
            var accumulate = new TensorProduct<TTile, TLayout, TensorAccumulate>(device, variant, maps);
            _ = accumulate.Text;
            Console.WriteLine($"{variant.Name} {form}: compiled in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
            if (mode is not "time") Check<TTile, TLayout>(device, accumulate, variant, form);
            if (mode is not "check") Time<TTile, TLayout>(device, new(device, variant, maps), accumulate, variant, form, runs);
        }
        catch (Exception e) when (e is DeviceException or AcceleratorException or InternalCompilerException or InvalidOperationException)
        {
            Console.WriteLine($"{variant.Name} {form}: FAILED {e.GetType().Name}: {e.Message}{(e.InnerException is { } inner ? " / " + inner.Message : "")}");
        }
    }

    static void Check<TTile, TLayout>(GpuDevice device, TensorProduct<TTile, TLayout, TensorAccumulate> product, ProductVariant variant, string form)
        where TTile : struct, IProductTile where TLayout : struct, IProductLayout
    {
        foreach (var (m, n, k) in Checks)
        {
            foreach (int parts in TLayout.TransposeA && k >= 200 ? new[] { 1, 3 } : [1])
            {
                var a = new HostMatrix(TLayout.TransposeA ? k : m, TLayout.TransposeA ? m : k, 1);
                var b = new HostMatrix(TLayout.TransposeB ? n : k, TLayout.TransposeB ? k : n, 2);
                int stride = (n + 15) / 16 * 16;
                const float poison = 16f;
                using var deviceA = a.On(device);
                using var deviceB = b.On(device);
                using var c = device.Allocate<float>((long)(m + 1) * stride);
                var values = new float[(m + 1) * stride];
                Array.Fill(values, poison);
                device.Write(c.View.BaseView, values);
                product.Launch(Of(deviceA, a.Stride), Of(deviceB, b.Stride), m, n, k, parts, new(c.View.BaseView, stride));
                device.Read(c.View.BaseView, values);
                double[] products = Reference(a, b, m, n, k, TLayout.TransposeA, TLayout.TransposeB);
                double difference = 0, norm = 0, worst = 0;
                bool outside = true;
                for (int i = 0; i <= m; i++)
                {
                    for (int j = 0; j < stride; j++)
                    {
                        float got = values[i * stride + j];
                        if (i == m || j >= n)
                        {
                            outside &= got == poison;
                            continue;
                        }

                        double expected = products[(long)i * n + j], error = got - (double)poison - expected;
                        difference += error * error;
                        norm += expected * expected;
                        worst = Math.Max(worst, Math.Abs(error));
                    }
                }

                double relative = Math.Sqrt(difference / norm);
                bool good = relative < 1e-4 && outside;
                Console.WriteLine($"{variant.Name} {form} {m}x{n}x{k}{(parts > 1 ? $" in {parts}" : "")}: error {relative:E1} worst {worst:E1} {(outside ? "" : "WROTE OUTSIDE ")}{(good ? "ok" : "WRONG")}");
            }
        }
    }

    /// <summary>The products of the rounded operands in float64.</summary>
    static double[] Reference(HostMatrix a, HostMatrix b, int m, int n, int k, bool transposeA, bool transposeB)
    {
        var columns = new double[(long)n * k];
        var products = new double[(long)m * n];
        for (int j = 0; j < n; j++)
        {
            for (int s = 0; s < k; s++) columns[(long)j * k + s] = b.At(s, j, transposeB);
        }

        Parallel.For(0, m, i =>
        {
            var row = new double[k];
            for (int s = 0; s < k; s++) row[s] = a.At(i, s, transposeA);
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                var column = columns.AsSpan(j * k, k);
                for (int s = 0; s < k; s++) sum += row[s] * column[s];
                products[(long)i * n + j] = sum;
            }
        });
        return products;
    }

    static void Time<TTile, TLayout>(
        GpuDevice device, TensorProduct<TTile, TLayout, TensorStore<BFloat16>> store, TensorProduct<TTile, TLayout, TensorAccumulate> accumulate, ProductVariant variant, string form, int runs)
        where TTile : struct, IProductTile where TLayout : struct, IProductLayout
    {
        int processors = device.Accelerator.NumMultiprocessors;
        foreach (var (m, n, k, _) in Sizes.Where(s => s.Form == form))
        {
            int strideA = Padded(TLayout.TransposeA ? m : k), strideB = Padded(TLayout.TransposeB ? k : n), strideC = Padded(n);
            using var a = Random(device, (long)(TLayout.TransposeA ? k : m) * strideA, 3);
            using var b = Random(device, (long)(TLayout.TransposeB ? n : k) * strideB, 4);
            int tiles = (m + 127) / 128 * ((n + variant.Columns - 1) / variant.Columns);
            int[] choices = form == "TN" ? [.. new[] { 1, (2 * processors * variant.Resident + tiles - 1) / tiles, Math.Max(1, processors * variant.Resident / tiles) }.Distinct().Where(p => p <= 64)] : [1];
            using var c = device.Allocate<BFloat16>((long)m * strideC);
            using var gradient = form == "TN" ? device.Allocate<float>((long)m * strideC) : null;
            foreach (int parts in choices)
            {
                void Launch()
                {
                    if (gradient is null) store.Launch(Of(a, strideA), Of(b, strideB), m, n, k, parts, new(c.View.BaseView, strideC));
                    else accumulate.Launch(Of(a, strideA), Of(b, strideB), m, n, k, parts, new(gradient.View.BaseView, strideC));
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

                double median = Median.Of(milliseconds);
                Console.WriteLine($"{variant.Name} {form} {m}x{n}x{k}{(parts > 1 ? $" in {parts}" : "")}: {median * 1000:F1} us, {2.0 * m * n * k / median / 1e9:F0} TFLOP/s (best {2.0 * m * n * k / milliseconds.Min() / 1e9:F0})");
            }
        }
    }

    /// <summary>Writes each variant's kernels as the driver gets them, for the tools of the CUDA toolkit.</summary>
    static void Dump(IEnumerable<ProductVariant> variants, string folder)
    {
        Directory.CreateDirectory(folder);
        using var context = Context.Create(builder => builder.EnableAlgorithms().Optimize(OptimizationLevel.O2));
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
        var entry = (variant.Columns, variant.Workers) switch
        {
            (128, 128) => PatchedKernel<TensorProductKernel<Tile128Warps4, TensorStore<BFloat16>>>.Entry,
            (128, 256) => PatchedKernel<TensorProductKernel<Tile128Warps8, TensorStore<BFloat16>>>.Entry,
            _ => PatchedKernel<TensorProductKernel<Tile256Warps8, TensorStore<BFloat16>>>.Entry,
        };
        var compiled = (PTXCompiledKernel)backend.Compile(entry, new(variant.Lanes, variant.Resident));
        File.WriteAllText(Path.Combine(folder, $"{variant.Name}-{form}.ptx"), ProductText.Complete(compiled.PTXAssembly, variant, TLayout.TransposeA, TLayout.TransposeB));
    }

    static int Padded(int columns) => (columns + 15) / 16 * 16;

    static TensorOperand Of(MemoryBuffer1D<ushort, Stride1D.Dense> buffer, int stride) => new((ulong)buffer.View.BaseView.LoadEffectiveAddressAsPtr(), stride);

    /// <summary>Random numbers, repeated after a million.</summary>
    static MemoryBuffer1D<ushort, Stride1D.Dense> Random(GpuDevice device, long length, int seed)
    {
        var random = new Random(seed);
        var values = new ushort[length];
        var pattern = values.AsSpan(0, (int)Math.Min(length, 1_000_003));
        for (int i = 0; i < pattern.Length; i++) pattern[i] = (ushort)(BitConverter.SingleToUInt32Bits(random.NextSingle() - 0.5f) >> 16);
        for (int at = pattern.Length; at < length; at += pattern.Length) pattern[..(int)Math.Min(pattern.Length, length - at)].CopyTo(values.AsSpan(at));
        var buffer = device.Allocate<ushort>(length);
        device.Write(buffer.View.BaseView, values);
        return buffer;
    }

    /// <summary>A random matrix of bfloat16; what lies between its rows is not a number.</summary>
    sealed class HostMatrix
    {
        readonly ushort[] bits;

        public HostMatrix(int rows, int columns, int seed)
        {
            Stride = Padded(columns);
            bits = new ushort[rows * Stride];
            Array.Fill(bits, (ushort)0x7FC0);
            var random = new Random(seed * 7919 + rows * 31 + columns);
            for (int r = 0; r < rows; r++)
            {
                for (int c = 0; c < columns; c++) bits[r * Stride + c] = (ushort)(BitConverter.SingleToUInt32Bits(random.NextSingle() - 0.5f) >> 16);
            }
        }

        public int Stride { get; }

        public float At(int row, int column, bool transposed)
        {
            int index = transposed ? column * Stride + row : row * Stride + column;
            return BitConverter.UInt32BitsToSingle((uint)bits[index] << 16);
        }

        public MemoryBuffer1D<ushort, Stride1D.Dense> On(GpuDevice device)
        {
            var buffer = device.Allocate<ushort>(bits.Length);
            device.Write(buffer.View.BaseView, bits);
            return buffer;
        }
    }
}
