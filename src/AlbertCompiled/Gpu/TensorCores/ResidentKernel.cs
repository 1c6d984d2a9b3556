using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A kernel whose groups walk over a list of work: as many groups are launched as the device holds at once, whatever a batch brings.
/// </summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="device">The device.</param>
/// <param name="lanes">Lanes in a group.</param>
/// <param name="resident">Groups that a multiprocessor shall hold: the compiler gives a lane registers accordingly.</param>
internal sealed class ResidentKernel<TKernel>(GpuDevice device, int lanes, int resident) where TKernel : struct, IGpuKernel
{
    Action<AcceleratorStream, KernelConfig, TKernel>? launcher;

    /// <summary>Queues the kernel.</summary>
    /// <param name="items">Items of work at most.</param>
    /// <param name="kernel">Its arguments.</param>
    public void Launch(int items, in TKernel kernel)
    {
        if (items <= 0) return;
        launcher ??= device.Accelerator.LoadKernel<TKernel>(KernelEntry.Run, new KernelSpecialization(lanes, resident));
        launcher(device.Stream, new(Math.Min(items, resident * device.Accelerator.NumMultiprocessors), lanes), kernel);
    }
}
