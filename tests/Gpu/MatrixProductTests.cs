using AlbertCompiled.Gpu;
using ILGPU;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

[Collection(GpuCollection.Name)]
public sealed class MatrixProductTests(GpuDevices devices)
{
    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Equals_the_reference_for_every_transpose_and_size(string kind)
    {
        (int, int, int)[] sizes = kind == "ilgpu-cpu" ? [(5, 7, 9), (17, 16, 33), (3, 2, 300)] : [(5, 7, 9), (64, 64, 16), (65, 130, 77), (1, 200, 300), (70, 65, 1030)];
        Verify<NN>(devices[kind], sizes);
        Verify<NT>(devices[kind], sizes);
        Verify<TN>(devices[kind], sizes);
        Verify<TT>(devices[kind], sizes);
    }

    static void Verify<TLayout>(GpuDevice device, (int, int, int)[] sizes) where TLayout : struct, IProductLayout
    {
        var store = new MatrixProduct<Float32, TLayout, Store<Float32>>(device);
        var accumulate = new MatrixProduct<Float32, TLayout, Accumulate>(device);
        foreach (var (m, n, k) in sizes) Verify(device, store, accumulate, m, n, k);
    }

    static void Verify<TLayout>(GpuDevice device, MatrixProduct<Float32, TLayout, Store<Float32>> store, MatrixProduct<Float32, TLayout, Accumulate> accumulate, int m, int n, int k)
        where TLayout : struct, IProductLayout
    {
        int strideA = (TLayout.TransposeA ? m : k) + 3, strideB = (TLayout.TransposeB ? k : n) + 2, strideC = n + 1;
        float[] a = Check.Random((TLayout.TransposeA ? k : m) * strideA, 1), b = Check.Random((TLayout.TransposeB ? n : k) * strideB, 2), c = Check.Random(m * strideC, 3);
        var expected = c.Select(x => (double)x).ToArray();
        var sums = new double[m * strideC];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = 0;
                for (int p = 0; p < k; p++)
                    sum += (double)a[TLayout.TransposeA ? p * strideA + i : i * strideA + p] * b[TLayout.TransposeB ? j * strideB + p : p * strideB + j];
                expected[i * strideC + j] += sum;
                sums[i * strideC + j] = sum;
            }
        }

        using var bufferA = device.Upload(a);
        using var bufferB = device.Upload(b);
        using var accumulated = device.Upload(c);
        using var stored = device.Allocate<float>(m * strideC);
        accumulate.Launch(new(bufferA.View.AsElements(), strideA), new(bufferB.View.AsElements(), strideB), m, n, k, new(accumulated.View, strideC));
        Check.Close(expected, device.Download(accumulated), 1e-5);
        store.Launch(new(bufferA.View.AsElements(), strideA), new(bufferB.View.AsElements(), strideB), m, n, k, new(stored.View.AsElements(), strideC));
        var first = device.Download(stored);
        Check.Close(sums, first, 1e-5);
        store.Launch(new(bufferA.View.AsElements(), strideA), new(bufferB.View.AsElements(), strideB), m, n, k, new(stored.View.AsElements(), strideC));
        Assert.Equal(first, device.Download(stored));
    }

    [Fact]
    public void Parts_compile_to_registers_only()
    {
        Ptx.Verify(typeof(ProductKernel<BFloat16, TN, Block8, PartialProduct>), Block8.Lanes);
        Ptx.Verify(typeof(ProductSumKernel<Accumulate>), 128);
    }

    [Theory]
    [InlineData(typeof(NN))]
    [InlineData(typeof(NT))]
    [InlineData(typeof(TN))]
    public void Compiles_to_vector_loads_and_registers_only(Type layout)
    {
        string text = Ptx.Verify(typeof(ProductKernel<,,,>).MakeGenericType(typeof(Float32), layout, typeof(Block8), typeof(Store<Float32>)), Block8.Lanes);
        Assert.Contains("ld.shared.v4.f32", text, StringComparison.Ordinal);
    }
}
