using AlbertCompiled.Gpu;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

[Collection(GpuCollection.Name)]
public sealed class TableTests(GpuDevices devices)
{
    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Every_row_is_added_to_an_activation_and_to_a_gradient(string kind)
    {
        var device = devices[kind];
        var scatter = new ScatterAdd<Float32>(device);
        var gradient = new TableGradient<Float32>(device);
        foreach (var (table, rows, columns) in device.IsSimulator ? [(5, 40, 19)] : new[] { (2, 700, 128), (1000, 300, 200), (7, 1, 3) })
        {
            var random = new Random(4);
            int tableStride = columns + 1, sourceStride = columns + 2;
            int[] index = [.. Enumerable.Range(0, rows).Select(r => r % 3 == 0 ? 1 : random.Next(table))];
            float[] source = Check.Random(rows * sourceStride, 5), start = Check.Random(table * tableStride, 6);
            var expected = start.Select(x => (double)x).ToArray();
            for (int r = 0; r < rows; r++)
                for (int c = 0; c < columns; c++) expected[index[r] * tableStride + c] += source[r * sourceStride + c];

            using var bufferIndex = device.Upload(index);
            using var bufferSource = device.Upload(source);
            using var groups = new RowGroups(device, rows + 3);
            groups.Upload(index);
            float[]? first = null;
            for (int run = 0; run < 2; run++)
            {
                using var target = device.Upload(start);
                scatter.Launch(new(target.View.AsElements(), tableStride), bufferIndex.View, new(bufferSource.View.AsElements(), sourceStride), rows, columns);
                Check.Close(expected, device.Download(target), 2e-5);
                using var other = device.Upload(start);
                gradient.Launch(new(other.View, tableStride), groups, new(bufferSource.View.AsElements(), sourceStride), columns);
                var result = device.Download(other);
                Check.Close(expected, result, 2e-5);
                Assert.Equal(first ?? result, result);
                first = result;
            }
        }
    }

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Column_sums_add_all_chunks(string kind)
    {
        var device = devices[kind];
        var sum = new ColumnSum(device);
        foreach (var (chunks, columns) in new[] { (1, 3), (37, 50) })
        {
            float[] partials = Check.Random(chunks * columns, 1), start = Check.Random(columns, 2);
            var sums = Enumerable.Range(0, columns).Select(c => Enumerable.Range(0, chunks).Sum(i => (double)partials[i * columns + c])).ToArray();
            using var bufferPartials = device.Upload(partials);
            using var target = device.Upload(start);
            using var second = device.Allocate<float>(columns);
            sum.Launch(chunks * ArenaPlan.ChunkRows, accumulate: true, new(bufferPartials.View, columns, target.View));
            Check.Close([.. sums.Zip(start, (a, b) => a + b)], device.Download(target), 1e-5);
            sum.Launch(chunks * ArenaPlan.ChunkRows, accumulate: false, new(bufferPartials.View, columns, target.View), new(bufferPartials.View, columns, second.View));
            Check.Close(sums, device.Download(target), 1e-5);
            Check.Close(sums, device.Download(second), 1e-5);
        }
    }

    [Fact]
    public void Compile_to_registers_only()
    {
        Ptx.Verify(typeof(ScatterAddKernel<BFloat16>), 128);
        Ptx.Verify(typeof(RunSumKernel<BFloat16>), 128);
        Ptx.Verify(typeof(RunMergeKernel), 128);
        Ptx.Verify(typeof(ColumnSumKernel), 128);
    }
}
