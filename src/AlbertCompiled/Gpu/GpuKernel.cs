using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>A kernel compiled for a device. Load it once, launch it often; a launch returns before the kernel has run.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
public sealed class GpuKernel<TKernel> where TKernel : struct, IGpuKernel
{
    readonly AcceleratorStream stream;
    readonly Action<AcceleratorStream, KernelConfig, TKernel> launcher;
    readonly int lanes;

    internal GpuKernel(GpuDevice device)
    {
        stream = device.Stream;
        lanes = device.Lanes;
        launcher = device.Accelerator.LoadKernel<TKernel>(KernelEntry.Run);
    }

    /// <summary>Launches one group of <see cref="GpuDevice.Lanes"/> lanes for each of <paramref name="groups"/>; nothing if there are none.</summary>
    public void Launch(int groups, in TKernel kernel)
    {
        if (groups > 0) launcher(stream, new(groups, lanes), kernel);
    }

    /// <summary>Launches a grid of groups; nothing if it is empty.</summary>
    /// <param name="x">Groups along the first axis: the only one that may exceed 65535.</param>
    /// <param name="y">Groups along the second axis.</param>
    /// <param name="z">Groups along the third axis.</param>
    /// <param name="groupLanes">Lanes in a group.</param>
    /// <param name="kernel">Its arguments.</param>
    public void Launch(int x, int y, int z, int groupLanes, in TKernel kernel)
    {
        if (x > 0 && y > 0 && z > 0) launcher(stream, new(new Index3D(x, y, z), new Index3D(groupLanes, 1, 1)), kernel);
    }
}
