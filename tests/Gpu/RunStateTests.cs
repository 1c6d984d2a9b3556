using AlbertCompiled.Gpu;
using ILGPU;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>What a kernel sees of an extent and of a dropout key.</summary>
struct StateKernel : IGpuKernel
{
    public Extent Rows, Constant;
    public DropoutKey Key, Fixed;
    public ArrayView<int> Results;

    public readonly void Run()
    {
        if (Group.IdxX != 0) return;
        uint key = Key, same = Fixed;
        Results[0] = Rows.Actual;
        Results[1] = Constant.Actual;
        Results[2] = (int)key;
        Results[3] = (int)same;
    }
}

[Collection(GpuCollection.Name)]
public sealed class RunStateTests(GpuDevices devices)
{
    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Kernels_read_sizes_and_keys_from_device_memory(string kind)
    {
        var device = devices[kind];
        using var sizes = device.Upload([7, 300]);
        using var run = device.Upload([42UL, 1234UL]);
        using var results = device.Allocate<int>(4);
        var kernel = new GpuKernel<StateKernel>(device);
        StateKernel arguments = new()
        {
            Rows = new(512, sizes.View, 1),
            Constant = Extent.Constant(16),
            Key = new(run.View, 3, 5),
            Fixed = DropoutKey.Constant(0xFEDCBA98),
            Results = results.View,
        };
        kernel.Launch(1, arguments);
        Assert.Equal([300, 16, (int)CounterRandom.Key(42, 1234, 3, 5), unchecked((int)0xFEDCBA98)], device.Download(results));

        device.Write(sizes.View, [8, 301]);
        device.Write(run.View, [43UL, 1235UL]);
        kernel.Launch(1, arguments);
        Assert.Equal([301, 16, (int)CounterRandom.Key(43, 1235, 3, 5), unchecked((int)0xFEDCBA98)], device.Download(results));
    }

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void A_band_ends_with_the_size(string kind)
    {
        var device = devices[kind];
        using var sizes = device.Upload([0]);
        using var run = device.Upload([42UL, 1234UL]);
        using var results = device.Allocate<int>(4);
        var kernel = new GpuKernel<StateKernel>(device);
        foreach (var (size, rows) in ((int, int[])[])[(100, [32, 32, 32, 4]), (64, [32, 32, 0, 0]), (33, [32, 1, 0, 0]), (0, [0, 0, 0, 0])])
        {
            device.Write(sizes.View, [size]);
            for (int band = 0; band < 4; band++)
            {
                var extent = new Extent(100, sizes.View, 0).Band(32 * band, 32);
                Assert.Equal(band < 3 ? 32 : 4, extent.Most);
                kernel.Launch(1, new StateKernel { Rows = extent, Constant = 1, Key = new(run.View, 3, 5), Fixed = DropoutKey.Constant(0), Results = results.View });
                Assert.Equal(rows[band], device.Download(results)[0]);
            }
        }
    }

    [Fact]
    public void The_host_knows_the_bounds()
    {
        Assert.Equal(512, new Extent(512, default, 1).Most);
        var constant = Extent.Constant(48);
        Assert.Equal((48, 48), (constant.Most, constant.Actual));
    }

    [Fact]
    public void Compiles_to_registers_only() => Ptx.Verify(typeof(StateKernel), 128);
}
