using ILGPU;
using ILGPU.Backends;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>
/// A kernel whose PTX is completed between ILGPU's compiler and the driver's: text at a place that the kernel marks by a comment, a newer target, the size of its groups, more shared
/// memory than a kernel has by default. It is compiled when first launched or needed. A launch allocates nothing and returns before the kernel has run.
/// </summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="device">A CUDA device.</param>
/// <param name="lanes">Lanes of a group along its first axis.</param>
/// <param name="resident">Groups that a multiprocessor is to hold: it bounds the registers of a lane.</param>
/// <param name="sharedBytes">Dynamic shared memory of a group; 0 for none.</param>
/// <param name="form">What tells this text of the struct from its others, by value.</param>
/// <param name="complete">Completes the text.</param>
/// <param name="rows">Rows of lanes along the group's second axis.</param>
internal sealed class PatchedKernel<TKernel>(GpuDevice device, int lanes, int resident, int sharedBytes, object form, Func<string, string> complete, int rows = 1) where TKernel : struct, IGpuKernel
{
    readonly SharedMemoryConfig shared = sharedBytes > 0 ? SharedMemoryConfig.RequestDynamic<byte>(sharedBytes) : default;
    readonly KernelLaunch<TKernel> launch = new(
        device, (typeof(TKernel), form),
        () => device.Host?.Load<TKernel>(new(lanes * rows, resident), complete) ?? KernelLoader.Load<TKernel>(device, new(lanes * rows, resident), sharedBytes, complete));

    /// <summary>Queues a grid of groups; nothing if it is empty.</summary>
    public void Launch(int x, int y, int z, in TKernel kernel) => launch.Queue(new(new Index3D(x, y, z), new Index3D(lanes, rows, 1), shared), kernel);

    /// <summary>The kernel's completed text, for any backend: no card is needed.</summary>
    public static string Compile(Backend backend, int lanes, int resident, Func<string, string> complete) =>
        complete(KernelLoader.Compile(backend, typeof(TKernel), new(lanes, resident)));
}
