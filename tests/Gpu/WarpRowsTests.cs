using AlbertCompiled.Gpu;
using AlbertCompiled.Models;
using ILGPU;
using Xunit;
using BFloat16 = AlbertCompiled.Gpu.BFloat16;
using Float32 = AlbertCompiled.Gpu.Float32;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>All that a row kernel without column sums may do: two reductions, a maximum, a one-hot choice, a mask.</summary>
readonly struct MaskedRows<T>(ArrayView<T> x, ArrayView<int> labels, ArrayView<float> scale, uint key, ArrayView<T> y, ArrayView<float> picked, int columns) : IGpuRowKernel
    where T : unmanaged, IElement<T>
{
    public void Run<V, L>(int begin, int end, int chunk)
        where V : struct, IPack<V>
        where L : struct, IRowLanes
    {
        for (int row = begin; row < end; row++)
        {
            Kept<V, L> xKept = default;
            int offset = row * columns, label = labels[row];
            V totalLane = 0f, chosenLane = 0f, largestLane = float.NegativeInfinity;
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column))
            {
                V value = xKept.Load(x, offset + column);
                totalLane += value;
                chosenLane += value * V.OneHot(column, label);
                largestLane = V.Max(largestLane, value);
            }

            var (total, chosen) = GroupReduce.Sums(V.Sum(totalLane), V.Sum(chosenLane));
            float largest = GroupReduce.Max(V.Maximum(largestLane)), mean = GpuMath.Divide(total, columns);
            if (Group.IdxX == 0) picked[row] = chosen + 4 * largest;
            uint rowKey = CounterRandom.RowKey(key, row);
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column))
                V.Store(y, offset + column, (xKept.Again(x, offset + column) - mean) * V.Load(scale, column) * V.KeepMask(rowKey, column, WarpRowsTests.Threshold, 1.25f));
        }
    }
}

/// <summary>Exponentials, and a quotient by column.</summary>
readonly struct SoftMaxRows<T>(ArrayView<T> x, ArrayView<T> y, ArrayView<float> totals, int columns) : IGpuRowKernel
    where T : unmanaged, IElement<T>
{
    public void Run<V, L>(int begin, int end, int chunk)
        where V : struct, IPack<V>
        where L : struct, IRowLanes
    {
        for (int row = begin; row < end; row++)
        {
            Kept<V, L> xKept = default;
            int offset = row * columns;
            V totalLane = 0f;
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column)) totalLane += V.Exp(xKept.Load(x, offset + column));
            float total = GroupReduce.Sum(V.Sum(totalLane));
            if (Group.IdxX == 0) totals[row] = total;
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column)) V.Store(y, offset + column, V.Exp(xKept.Again(x, offset + column)) / total);
        }
    }
}

/// <summary>Rows that a warp has to itself, and beside them widths that a group shares.</summary>
[Collection(GpuCollection.Name)]
public sealed class WarpRowsTests(GpuDevices devices)
{
    internal const uint Threshold = 0x33333333;     // drops a fifth

    const uint Key = 0x1234567;
    const int Most = 53;

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Masked_rows_equal_the_reference(string kind)
    {
        foreach (int columns in (int[])[256, 512, 768, 1024])
            foreach (int rows in (int[])[1, 6, 16, 37])
                Masked<Float32>(devices[kind], columns, rows, 1e-6);
    }

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void In_bfloat16_too(string kind)
    {
        foreach (int columns in (int[])[512, 768, 1024]) Masked<BFloat16>(devices[kind], columns, 22, 0.004);
    }

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Exponentials_equal_the_reference(string kind)
    {
        var device = devices[kind];
        foreach (int columns in (int[])[504, 512, 768, 1024])
            foreach (int rows in (int[])[1, 7, 12])
            {
                float[] x = Check.Random(rows * columns, rows + columns);
                using var input = device.Upload(x);
                using var output = device.Allocate<float>(x.Length);
                using var totals = device.Allocate<float>(rows);
                var kernel = new GpuRows<SoftMaxRows<Float32>, Float8>(device, columns);
                Observe(device, columns, () => kernel.Launch(rows, new(input.View.AsElements(), output.View.AsElements(), totals.View, columns)));
                double[] exp = [.. x.Select(v => Math.Exp(v))], total = [.. exp.Chunk(columns).Select(row => row.Sum())];
                Check.Close(total, device.Download(totals), 1e-6);
                Check.Close([.. exp.Select((e, i) => e / total[i / columns])], device.Download(output), 1e-8);
            }
    }

    [Fact]
    public void The_form_follows_from_width_and_fields()
    {
        Assert.True(WarpRegisters.Hold(typeof(MaskedRows<Float32>), 1024));
        Assert.True(WarpRegisters.Hold(typeof(MaskedRows<BFloat16>), 1536));
        Assert.False(WarpRegisters.Hold(typeof(MaskedRows<BFloat16>), 2048));
    }

    /// <summary>Runs launches, of which each is by warps where code is for CUDA and the width has packs of a warp.</summary>
    static void Observe(GpuDevice device, int columns, Action launch)
    {
        var launched = new List<Type>();
        device.Observer = launched.Add;
        launch();
        device.Observer = null;
        Assert.All(launched, k => Assert.Equal(device.RunsCudaKernels && columns is 512 or 768 or 1024, k.GetGenericTypeDefinition() == typeof(WarpRowsKernel<,>)));
        Assert.NotEmpty(launched);
    }

    /// <summary>The capacity has groups that the rows do not reach.</summary>
    static void Masked<T>(GpuDevice device, int columns, int rows, double tolerance) where T : unmanaged, IElement<T>
    {
        T[] elements = [.. Check.Random(Most * columns, rows).Select(T.Of)];
        float[] x = [.. elements.Select(T.Read)], scale = Check.Random(columns, 1);
        int[] labels = [.. Enumerable.Range(0, Most).Select(i => (i * 261 + 5) % columns)];
        using var sizes = device.Upload([rows]);
        using var input = device.Upload(elements);
        using var scales = device.Upload(scale);
        using var index = device.Upload(labels);
        using var output = device.Allocate<T>(x.Length);
        using var picked = device.Allocate<float>(Most);
        var kernel = new GpuRows<MaskedRows<T>, Float8>(device, columns);
        Observe(device, columns, () => kernel.Launch(new Extent(Most, sizes.View, 0), new(input.View, index.View, scales.View, Key, output.View, picked.View, columns)));

        double[] means = [.. x.Chunk(columns).Take(rows).Select(row => row.Average(v => (double)v))];
        double[] y = [.. x.Take(rows * columns).Select((v, i) =>
            (v - means[i / columns]) * scale[i % columns] * GpuMath.KeepMask(CounterRandom.RowKey(Key, i / columns), i % columns, Threshold, 1.25f))];
        float[] found = [.. device.Download(output).Select(T.Read)];
        Check.Close(y, found[..y.Length], tolerance);
        Assert.All(found[y.Length..], v => Assert.Equal(0, v));
        Check.Close([.. Enumerable.Range(0, rows).Select(r => x[r * columns + labels[r]] + 4.0 * x.Skip(r * columns).Take(columns).Max())], device.Download(picked)[..rows], 1e-6);
    }

    [Theory, OnEmulator, OnCuda]
    public void A_model_of_such_rows_gives_the_processors_gradients(string kind) =>
        ProcessorGradients.AssertClose(devices[kind], (device, capacity) => WholeRows.Create(device, capacity));
}

/// <summary>A warp has rows of the embeddings and of the decoder's input to itself.</summary>
[Albert(Vocabulary = 1_024, Embedding = 512, Hidden = 16, Layers = 1, Heads = 2, Intermediate = 16, Positions = 64, Dropout = 0.1)]
[Pretraining]
public sealed partial class WholeRows;
