using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A kernel of PTX text whose groups walk over a list of work: as many groups are launched as the device holds at once, whatever a batch
/// brings. It is compiled when first launched.
/// </summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="device">The device.</param>
/// <param name="head">The size of a head.</param>
internal sealed class ResidentKernel<TKernel>(GpuDevice device, AttentionHead head) where TKernel : struct, IGpuKernel, IAttentionKernel
{
    readonly PatchedKernel<TKernel> kernel = new(device, TKernel.Lanes(head), TKernel.Resident(head), 0, head, text => Complete(text, head));

    /// <summary>Queues the kernel.</summary>
    /// <param name="items">Items of work at most.</param>
    /// <param name="arguments">Its arguments.</param>
    public void Launch(int items, in TKernel arguments) => kernel.Launch(Math.Min(items, TKernel.Resident(head) * ProductChoice.Processors(device)), 1, 1, arguments);

    /// <summary>Puts the kernel's text into what ILGPU's compiler gives.</summary>
    public static string Complete(string text, AttentionHead head) => text.Replace(TextMarker.Line, TKernel.Body(head), StringComparison.Ordinal);
}

/// <summary>A kernel for each size of head that is asked for.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="device">The device.</param>
internal sealed class ResidentKernels<TKernel>(GpuDevice device) where TKernel : struct, IGpuKernel, IAttentionKernel
{
    readonly ResidentKernel<TKernel>?[] kernels = new ResidentKernel<TKernel>?[AttentionHead.Most / AttentionHead.Step];

    /// <summary>The kernel for heads of a size that <see cref="AttentionHead.Takes"/> has.</summary>
    public ResidentKernel<TKernel> Of(AttentionHead head) => kernels[head.Steps - 1] ??= new(device, head);
}
