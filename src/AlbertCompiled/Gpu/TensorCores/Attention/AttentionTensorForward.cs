namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Attention's forward pass on tensor cores, for a device. A warp keeps the fragments of 32 queries, or of 16 whose rows are long: groups of 128 or 64.</summary>
/// <param name="device">The device.</param>
/// <param name="compute">The instruction that multiplies, where there is a choice.</param>
internal sealed class AttentionTensorForward(GpuDevice device, ProductCompute compute)
{
    readonly ResidentKernels<AttentionForwardTensorKernel<Plain>> plain = new(device, compute);
    readonly ResidentKernels<AttentionForwardTensorKernel<Dropping>> dropping = new(device, compute);

    /// <summary>As <see cref="AttentionForward{T}.Launch"/>.</summary>
    public void Launch<T>(in AttentionArguments<T> arguments, Operand<T> context, Operand<float> logSum) where T : unmanaged, IElement<T>
    {
        if (arguments.Threshold == 0) Launch(plain, arguments, context, logSum);
        else Launch(dropping, arguments, context, logSum);
    }

    static void Launch<T, TForm>(ResidentKernels<AttentionForwardTensorKernel<TForm>> kernels, in AttentionArguments<T> a, Operand<T> context, Operand<float> logSum)
        where T : unmanaged, IElement<T>
        where TForm : struct, IAttentionForm
    {
        var (list, most) = new AttentionHead(a.HeadSize).ForwardTiles > 1 ? (a.Tiles.Wide, a.Tiles.MostWide) : (a.Tiles.Narrow, a.Tiles.MostNarrow);
        kernels.Of(a.HeadSize).Launch(most * a.Heads, new()
        {
            Projections = AttentionTensors.Address(a.QueryKeyValue.Values),
            Context = AttentionTensors.Address(context.Values),
            LogSum = AttentionTensors.Address(logSum.Values),
            List = AttentionTensors.Address(list),
            Stride = AttentionTensors.Bytes(a.QueryKeyValue),
            ContextStride = AttentionTensors.Bytes(context),
            LogSumStride = logSum.Stride,
            Heads = a.Heads,
            Key = a.Key,
            Threshold = a.Threshold,
            KeepScale = a.KeepScale,
        });
    }
}
