using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Takes a device's kernels in the driver's place: an emulator. Memory is then the simulator's, which is the host's own, and kernels are CUDA's.
/// </summary>
internal interface IKernelHost
{
    /// <summary>Memory that kernels may touch from now on.</summary>
    void Register(nint pointer, long bytes);

    /// <summary>Compiles a kernel to PTX, as for a card, and returns what runs it.</summary>
    /// <param name="specialization">Lanes of a group and groups of a multiprocessor, if they are fixed.</param>
    /// <param name="complete">What happens to the text before it runs, if anything.</param>
    Action<AcceleratorStream, KernelConfig, TKernel> Load<TKernel>(KernelSpecialization specialization, Func<string, string>? complete) where TKernel : struct, IGpuKernel;
}
