using AlbertCompiled.Gpu;
using ILGPU;
using ILGPU.Runtime;
using Xunit;
using BFloat16 = AlbertCompiled.Gpu.BFloat16;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Queues a product.</summary>
delegate void ProductLaunch(Operand<BFloat16> a, Operand<BFloat16> b, Extent m, int n, Extent k, Accumulate epilogue);

/// <summary>
/// A product of bfloat16 against float64. What lies between the rows of its operands, and behind the sizes that a batch really has, is not a number;
/// nothing may be written outside C.
/// </summary>
static class TensorProductCase<TLayout> where TLayout : struct, IProductLayout
{
    const float Before = 16f;

    /// <summary>Runs it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="product">Adds to C.</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the contraction.</param>
    /// <param name="spareM">What the capacity has more along M; 0 makes M a constant.</param>
    /// <param name="spareK">Likewise along K.</param>
    public static void Verify(GpuDevice device, ProductLaunch product, int m, int n, int k, int spareM, int spareK)
    {
        int stride = (n + 15) / 16 * 16, mostM = m + spareM, mostK = k + spareK;
        var a = TLayout.TransposeA ? new Matrix(k, m, mostK, mostM, 1) : new Matrix(m, k, mostM, mostK, 1);
        var b = TLayout.TransposeB ? new Matrix(n, k, n, mostK, 2) : new Matrix(k, n, mostK, n, 2);
        var c = new float[(mostM + 1) * stride];
        Array.Fill(c, Before);
        using var deviceA = device.Upload(a.Bits);
        using var deviceB = device.Upload(b.Bits);
        using var deviceC = device.Upload(c);
        using var sizes = device.Upload([m, k]);
        Extent rows = spareM > 0 ? new Extent(mostM, sizes.View, 0) : m, steps = spareK > 0 ? new Extent(mostK, sizes.View, 1) : k;
        for (int run = 1; run <= 2; run++)
        {
            product(new(Elements(deviceA), a.Stride), new(Elements(deviceB), b.Stride), rows, n, steps, new(deviceC.View, stride));
            c = device.Download(deviceC);
            for (int i = 0; i <= mostM; i++)
            {
                for (int j = 0; j < stride; j++)
                {
                    double expected = Before;
                    for (int s = 0; i < m && j < n && s < k; s++) expected += run * (double)a.At(i, s, TLayout.TransposeA) * b.At(s, j, TLayout.TransposeB);
                    float actual = c[i * stride + j];
                    bool outside = i >= m || j >= n;
                    if (!(Math.Abs(actual - expected) <= (outside ? 0 : 1e-4 * Before)))
                        Assert.Fail($"{typeof(TLayout).Name} {m}×{n}×{k} of {mostM}×{n}×{mostK}, run {run}: [{i}, {j}] is {actual}, expected {expected}");
                }
            }
        }
    }

    static ArrayView<BFloat16> Elements(MemoryBuffer1D<ushort, Stride1D.Dense> buffer) => ((ArrayView<ushort>)buffer.View).Cast<BFloat16>();

    /// <summary>Random numbers in rows × columns, within a capacity.</summary>
    sealed class Matrix
    {
        public Matrix(int rows, int columns, int mostRows, int mostColumns, int seed)
        {
            Stride = (mostColumns + 15) / 16 * 16;
            Bits = new ushort[mostRows * Stride];
            Array.Fill(Bits, (ushort)0x7FC0);
            float[] values = Check.Random(rows * columns, seed);
            for (int i = 0; i < values.Length; i++) Bits[i / columns * Stride + i % columns] = (ushort)(BitConverter.SingleToUInt32Bits(values[i]) >> 16);
        }

        public ushort[] Bits { get; }

        public int Stride { get; }

        public float At(int row, int column, bool transposed) =>
            BitConverter.UInt32BitsToSingle((uint)Bits[transposed ? column * Stride + row : row * Stride + column] << 16);
    }
}
