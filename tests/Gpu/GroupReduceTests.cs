using AlbertCompiled.Gpu;
using ILGPU;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Each lane stores sum and maximum of a row, several rows in a loop.</summary>
struct ReduceKernel : IGpuKernel
{
    public ArrayView<float> Values, Sums, Maxima;
    public int Rows;

    public readonly void Run()
    {
        for (int row = 0; row < Rows; row++)
        {
            int at = row * Group.DimX + Group.IdxX;
            Sums[at] = GroupReduce.Sum(Values[at]);
            Maxima[at] = GroupReduce.Max(Values[at]);
        }
    }
}

[Collection(GpuCollection.Name)]
public sealed class GroupReduceTests(GpuDevices devices)
{
    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Every_lane_receives_the_result(string kind)
    {
        var device = devices[kind];
        var kernel = new GpuKernel<ReduceKernel>(device);
        foreach (int lanes in kind switch { "ilgpu-cpu" => [1, 7, 16], "cuda" or "emulator" => [32, 64, 96, 128, 512], _ => new[] { 1, 7, 16, 33, 64, 128 } })
        {
            const int rows = 5;
            float[] values = [.. Check.Random(rows * lanes, lanes).Select(x => x - 3)];
            using var input = device.Upload(values);
            using var sums = device.Allocate<float>(rows * lanes);
            using var maxima = device.Allocate<float>(rows * lanes);
            kernel.Launch(1, 1, 1, lanes, new() { Values = input.View, Sums = sums.View, Maxima = maxima.View, Rows = rows });
            Check.Close([.. values.Select((_, i) => values.Skip(i / lanes * lanes).Take(lanes).Sum(x => (double)x))], device.Download(sums), 1e-6);
            Check.Close([.. values.Select((_, i) => (double)values.Skip(i / lanes * lanes).Take(lanes).Max())], device.Download(maxima), 0);
        }
    }

    [Fact]
    public void Compiles_to_registers_only() => Assert.Contains("shfl.sync.bfly", Ptx.Verify(typeof(ReduceKernel), 128), StringComparison.Ordinal);
}
