namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Attention's forward pass on tensor cores, for a device. A lane keeps 32 queries' fragments: groups of 128 queries.</summary>
/// <param name="device">The device.</param>
internal sealed class AttentionTensorForward(GpuDevice device)
{
    readonly ResidentKernel<AttentionForwardTensorKernel<FourWarpsWide>> plain = new(device);
    readonly ResidentKernel<AttentionForwardTensorKernel<WithDropout<FourWarpsWide>>> dropping = new(device);

    /// <summary>As <see cref="AttentionForward{T}.Launch"/>.</summary>
    public void Launch<T>(in AttentionArguments<T> arguments, Operand<T> context, Operand<float> logSum) where T : unmanaged, IElement<T>
    {
        if (arguments.Threshold == 0) Launch(plain, arguments, context, logSum);
        else Launch(dropping, arguments, context, logSum);
    }

    static void Launch<T, TShape>(ResidentKernel<AttentionForwardTensorKernel<TShape>> kernel, in AttentionArguments<T> a, Operand<T> context, Operand<float> logSum)
        where T : unmanaged, IElement<T>
        where TShape : struct, IAttentionShape =>
        kernel.Launch(a.Tiles.MostWide * a.Heads, new()
        {
            Projections = AttentionTensors.Address(a.QueryKeyValue.Values),
            Context = AttentionTensors.Address(context.Values),
            LogSum = AttentionTensors.Address(logSum.Values),
            List = AttentionTensors.Address(a.Tiles.Wide),
            Stride = AttentionTensors.Bytes(a.QueryKeyValue),
            ContextStride = AttentionTensors.Bytes(context),
            LogSumStride = logSum.Stride,
            Heads = a.Heads,
            Key = a.Key,
            Threshold = a.Threshold,
            KeepScale = a.KeepScale,
        });
}
