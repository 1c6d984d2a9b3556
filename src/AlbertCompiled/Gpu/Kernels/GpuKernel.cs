using AlbertCompiled.Gpu.Ptx;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>A kernel for a device: compiled when it is first launched or needed. A launch allocates nothing and returns before the kernel has run.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="device">The device.</param>
/// <param name="specialization">Lanes of a group and groups that a multiprocessor is to hold, if the driver's compiler should know.</param>
public sealed class GpuKernel<TKernel>(GpuDevice device, KernelSpecialization specialization = default) where TKernel : struct, IGpuKernel
{
    readonly KernelLaunch<TKernel> launch = new(
        device, specialization.Equals(KernelSpecialization.Empty) ? typeof(TKernel) : (typeof(TKernel), specialization),
        () => device.Host?.Load<TKernel>(specialization, null) ?? KernelLoader.Load<TKernel>(device, specialization));

    /// <summary>Launches a group of <see cref="GpuDevice.Lanes"/> lanes for each of <paramref name="groups"/>; nothing if there are none.</summary>
    public void Launch(int groups, in TKernel kernel) => Launch(groups, 1, 1, device.Lanes, kernel);

    /// <summary>Launches a grid of groups; nothing if it is empty.</summary>
    /// <param name="x">Groups along the first axis: the only one that may exceed 65535.</param>
    /// <param name="y">Groups along the second axis.</param>
    /// <param name="z">Groups along the third axis.</param>
    /// <param name="lanes">Lanes in a group.</param>
    /// <param name="kernel">Its arguments.</param>
    public void Launch(int x, int y, int z, int lanes, in TKernel kernel) => launch.Queue(new(new Index3D(x, y, z), new Index3D(lanes, 1, 1)), kernel);
}
