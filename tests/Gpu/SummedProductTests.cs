using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.TensorCores;
using AlbertCompiled.Tests.Gpu.Emulation;
using ILGPU;
using ILGPU.Runtime;
using Xunit;
using BFloat16 = AlbertCompiled.Gpu.BFloat16;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Column sums of what a product's epilogue stores: by its lanes on tensor cores, by a kernel of their own elsewhere.</summary>
[Collection(GpuCollection.Name)]
public sealed class SummedProductTests(GpuDevices devices)
{
    static readonly (int M, int N, int K, int Spare)[] Sizes = [(130, 264, 24, 0), (17, 30, 40, 130), (97, 24, 16, 20), (300, 136, 24, 90)];

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Equal_sums_over_the_result(string kind)
    {
        var device = devices[kind];
        foreach (var (m, n, k, spare) in kind == "ilgpu-cpu" ? Sizes[1..3] : Sizes)
        {
            var product = new SummedProduct<BFloat16, NN, Scaled>(device, n);
            Verify(device, m, n, k, spare, (a, b, rows, epilogue, result, partials) => product.Launch(a, b, rows, n, k, epilogue, result, partials));
        }
    }

    public static TheoryData<string> Variants => [.. ProductVariant.All.Where(v => !v.Walks && v.Columns is 128 or 256).Select(v => v.Name)];

    [Theory, MemberData(nameof(Variants))]
    public void Every_variant_sums(string name)
    {
        var variant = ProductVariant.All.Single(v => v.Name == name);
        using var device = GpuDevice.Emulate(new EmulatedHost());
        var product = TensorSums<NN, Scaled>.Create(device, variant)!;
        foreach (var (m, n, k, spare) in Sizes.Where(s => s.N % 8 == 0))
        {
            Verify(device, m, n, k, spare, (a, b, rows, epilogue, result, partials) =>
                product.Launch(TensorOperand.Of(a), TensorOperand.Of(b), rows, n, k, 1, new Summed<Scaled>(epilogue, partials)));
        }
    }

    delegate void Launch(Operand<BFloat16> a, Operand<BFloat16> b, Extent m, Scaled epilogue, Operand<BFloat16> result, ArrayView<float> partials);

    static void Verify(GpuDevice device, int m, int n, int k, int spare, Launch launch)
    {
        const int chunkRows = ArenaPlan.ChunkRows;
        const float untouched = -7;
        int most = m + spare, chunks = (most + chunkRows - 1) / chunkRows, strideA = (k + 15) / 16 * 16, strideN = (n + 15) / 16 * 16;
        ushort[] a = Bits(most * strideA, 1), b = Bits(k * strideN, 2);
        using var deviceA = device.Upload(a);
        using var deviceB = device.Upload(b);
        using var result = device.Upload(new ushort[most * strideN]);
        using var partials = device.Upload(Enumerable.Repeat(untouched, chunks * n).ToArray());
        using var rows = device.Upload([m]);
        launch(new(Elements(deviceA), strideA), new(Elements(deviceB), strideN), spare > 0 ? new Extent(most, rows.View, 0) : m, new(Elements(result), strideN), new(Elements(result), strideN), partials.View);

        ushort[] stored = device.Download(result);
        float[] sums = device.Download(partials);
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            for (int j = 0; j < n; j++)
            {
                double expected = 0, size = 1;
                for (int i = chunk * chunkRows; i < Math.Min(m, (chunk + 1) * chunkRows); i++)
                {
                    double element = 0;
                    for (int s = 0; s < k; s++) element += 2.0 * Value(a[i * strideA + s]) * Value(b[s * strideN + j]);
                    Assert.Equal(element, Value(stored[i * strideN + j]), 0.01 * Math.Max(1, Math.Abs(element)));
                    expected += element;
                    size += Math.Abs(element);
                }

                // a chunk without rows is nobody's
                Assert.Equal(chunk * chunkRows < m ? expected : untouched, sums[chunk * n + j], chunk * chunkRows < m ? 0.004 * size : 0);
            }
        }
    }

    static ushort[] Bits(int count, int seed) => [.. Check.Random(count, seed).Select(x => (ushort)(BitConverter.SingleToUInt32Bits(x) >> 16))];

    static float Value(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    static ArrayView<BFloat16> Elements(MemoryBuffer1D<ushort, Stride1D.Dense> buffer) => ((ArrayView<ushort>)buffer.View).Cast<BFloat16>();
}

/// <summary>Stores twice the product.</summary>
internal readonly struct Scaled(ArrayView<BFloat16> target, int stride) : IGpuSummedEpilogue
{
    readonly ArrayView<BFloat16> target = target;
    readonly int stride = stride;

    /// <inheritdoc/>
    public V Apply<V>(V product, int row, int column) where V : struct, IPack<V>
    {
        V scaled = product + product;
        V.Store(target, row * stride + column, scaled);
        return scaled;
    }
}
