using AlbertCompiled.Gpu;
using ILGPU;
using ILGPU.Runtime;
using BFloat16 = AlbertCompiled.Gpu.BFloat16;

namespace AlbertCompiled.Bench;

/// <summary>
/// A product's error against float64 on awkward sizes, and whether it keeps within its bounds: what lies between the rows of its operands, and behind the sizes that
/// a batch really has, is not a number.
/// </summary>
internal static class TensorProductCheck
{
    const float Poison = 16f;

    /// <summary>Sizes; the spare rows of a larger capacity, along M, or along K if A is transposed.</summary>
    static readonly (int M, int N, int K, int Spare)[] Sizes =
    [
        (128, 128, 64, 0), (128, 256, 128, 0), (200, 136, 72, 0), (512, 768, 768, 0), (77, 1000, 128, 0), (1, 8, 8, 0), (300, 260, 1000, 0), (129, 385, 200, 0), (64, 30, 48, 0),
        (200, 136, 72, 300), (300, 264, 1001, 1100), (128, 128, 64, 64), (65, 768, 777, 2000), (129, 385, 200, 1),
    ];

    public static void Run<TLayout>(GpuDevice device, TensorLaunch<Accumulate> launch, string name) where TLayout : struct, IProductLayout
    {
        foreach (var (m, n, k, spare) in Sizes)
        {
            foreach (int parts in TLayout.TransposeA && k >= 200 ? new[] { 1, 3 } : [1]) Run<TLayout>(device, launch, name, m, n, k, spare, parts);
        }
    }

    static void Run<TLayout>(GpuDevice device, TensorLaunch<Accumulate> launch, string name, int m, int n, int k, int spare, int parts) where TLayout : struct, IProductLayout
    {
        int spareM = TLayout.TransposeA ? 0 : spare, spareK = TLayout.TransposeA ? spare : 0;
        var a = TLayout.TransposeA ? new HostMatrix(k, m, spareK, 1) : new HostMatrix(m, k, spareM, 1);
        var b = TLayout.TransposeB ? new HostMatrix(n, k, 0, 2) : new HostMatrix(k, n, spareK, 2);
        int stride = TensorBenchmark.Padded(n);
        using var deviceA = a.On(device);
        using var deviceB = b.On(device);
        using var c = device.Allocate<float>((long)(m + spareM + 1) * stride);
        using var sizes = device.Allocate<int>(1);
        device.Write<int>(sizes.View, [spareM > 0 ? m : k]);
        var values = new float[(m + spareM + 1) * stride];
        Array.Fill(values, Poison);
        device.Write<float>(c.View, values);
        Extent rows = spareM > 0 ? new Extent(m + spareM, sizes.View, 0) : m, steps = spareK > 0 ? new Extent(k + spareK, sizes.View, 0) : k;
        launch(new(deviceA.View, a.Stride), new(deviceB.View, b.Stride), rows, n, steps, parts, new(c.View, stride));
        device.Read(c.View, values.AsSpan());
        double[] products = Reference(a, b, m, n, k, TLayout.TransposeA, TLayout.TransposeB);
        double difference = 0, norm = 0, worst = 0;
        bool outside = true;
        for (int i = 0; i < values.Length / stride; i++)
        {
            for (int j = 0; j < stride; j++)
            {
                float got = values[i * stride + j];
                if (i >= m || j >= n)
                {
                    outside &= got == Poison;
                    continue;
                }

                double expected = products[(long)i * n + j], error = got - (double)Poison - expected;
                difference += error * error;
                norm += expected * expected;
                worst = Math.Max(worst, Math.Abs(error));
            }
        }

        double relative = Math.Sqrt(difference / norm);
        bool good = relative < 1e-4 && outside;
        string what = $"{m}x{n}x{k}{(parts > 1 ? $" in {parts}" : "")}{(spare > 0 ? $" of {rows.Most}x{n}x{steps.Most}" : "")}";
        Console.WriteLine($"{name} {what}: error {relative:E1} worst {worst:E1} {(outside ? "" : "WROTE OUTSIDE ")}{(good ? "ok" : "WRONG")}");
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

    /// <summary>A random matrix of bfloat16; what lies between its rows is not a number.</summary>
    sealed class HostMatrix
    {
        readonly ushort[] bits;

        public HostMatrix(int rows, int columns, int spareRows, int seed)
        {
            Stride = TensorBenchmark.Padded(columns);
            bits = new ushort[(rows + spareRows) * Stride];
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

        public MemoryBuffer1D<BFloat16, Stride1D.Dense> On(GpuDevice device)
        {
            var buffer = device.Allocate<BFloat16>(bits.Length);
            device.Write(buffer.View.BaseView.Cast<ushort>(), bits);
            return buffer;
        }
    }
}
