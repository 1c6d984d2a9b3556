using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A kernel of PTX text whose groups walk over a list of work: as many groups are launched as the device holds at once, whatever a batch
/// brings. It is compiled when first launched.
/// </summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="device">The device.</param>
internal sealed class ResidentKernel<TKernel>(GpuDevice device) where TKernel : struct, IGpuKernel, ITextKernel
{
    readonly PatchedKernel<TKernel> kernel = new(device, TKernel.Lanes, TKernel.Resident, 0, "", Complete);

    /// <summary>Queues the kernel.</summary>
    /// <param name="items">Items of work at most.</param>
    /// <param name="arguments">Its arguments.</param>
    public void Launch(int items, in TKernel arguments) => kernel.Launch(Math.Min(items, TKernel.Resident * ProductChoice.Processors(device)), 1, 1, arguments);

    /// <summary>Puts the kernel's text into what ILGPU's compiler gives.</summary>
    public static string Complete(string text) => text.Replace(TextMarker.Line, TKernel.Body, StringComparison.Ordinal);
}
