using AlbertCompiled.Gpu.Ptx;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A kernel of PTX text whose groups walk over a list of work: as many groups are launched as the device holds at once, whatever a batch
/// brings. It is compiled when first launched.
/// </summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="device">The device.</param>
/// <param name="head">The size of a head.</param>
/// <param name="resident">Groups that a multiprocessor shall hold.</param>
internal sealed class ResidentKernel<TKernel>(GpuDevice device, AttentionHead head, int resident) where TKernel : struct, IGpuKernel, IAttentionKernel
{
    readonly PatchedKernel<TKernel> kernel = new(device, TKernel.Lanes(head), resident, 0, (head, resident), text => Complete(text, head));

    /// <summary>The kernel with as many groups to a multiprocessor as it wants.</summary>
    public ResidentKernel(GpuDevice device, AttentionHead head) : this(device, head, TKernel.Resident(head)) { }

    /// <summary>Queues the kernel.</summary>
    /// <param name="items">Items of work at most.</param>
    /// <param name="arguments">Its arguments.</param>
    public void Launch(int items, in TKernel arguments) => kernel.Launch(Math.Min(items, resident * ProductChoice.Processors(device)), 1, 1, arguments);

    /// <summary>Puts the kernel's text into what ILGPU's compiler gives.</summary>
    public static string Complete(string text, AttentionHead head)
    {
        string whole = text.Replace(TextMarker.Line, TKernel.Body(head), StringComparison.Ordinal);
        return head.ByWarpgroup ? HopperTarget.Of(whole) : whole;
    }
}

/// <summary>A kernel for each size of head that is asked for.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="device">The device.</param>
/// <param name="compute">The instruction that multiplies, where there is a choice.</param>
internal sealed class ResidentKernels<TKernel>(GpuDevice device, ProductCompute compute) where TKernel : struct, IGpuKernel, IAttentionKernel
{
    readonly ResidentKernel<TKernel>?[] kernels = new ResidentKernel<TKernel>?[AttentionHead.Most / AttentionHead.Step];

    /// <summary>The kernel for heads of a size that <see cref="AttentionHead.Takes"/> has.</summary>
    public ResidentKernel<TKernel> Of(int columns) => kernels[columns / AttentionHead.Step - 1] ??= new(device, AttentionHead.Of(columns, compute));
}
