using ILGPU;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Attention's gradient on tensor cores, for a device: a kernel that owns queries, then one that owns keys; groups of 64 rows.</summary>
/// <param name="device">The device.</param>
/// <param name="compute">The instruction that multiplies, where there is a choice.</param>
internal sealed class AttentionTensorBackward(GpuDevice device, ProductCompute compute)
{
    readonly Kernels<Plain> plain = new(device, compute);
    readonly Kernels<Dropping> dropping = new(device, compute);

    /// <summary>As <see cref="AttentionBackward{T}.Launch"/>.</summary>
    public void Launch<T>(in AttentionArguments<T> arguments, Operand<T> context, Operand<float> logSum, Operand<T> gradient, Operand<T> result, ArrayView<float> delta)
        where T : unmanaged, IElement<T>
    {
        if (arguments.Threshold == 0) plain.Launch(arguments, context, logSum, gradient, result, delta);
        else dropping.Launch(arguments, context, logSum, gradient, result, delta);
    }

    sealed class Kernels<TForm>(GpuDevice device, ProductCompute compute) where TForm : struct, IAttentionForm
    {
        readonly ResidentKernels<AttentionBackwardTensorKernel<TForm, OwnsQueries>> queries = new(device, compute);
        readonly ResidentKernels<AttentionBackwardTensorKernel<TForm, OwnsKeys>> keys = new(device, compute);

        public void Launch<T>(in AttentionArguments<T> arguments, Operand<T> context, Operand<float> logSum, Operand<T> gradient, Operand<T> result, ArrayView<float> delta)
            where T : unmanaged, IElement<T>
        {
            // The first leaves delta for the second.
            Launch(queries, arguments, context, logSum, gradient, result, delta);
            Launch(keys, arguments, context, logSum, gradient, result, delta);
        }

        static void Launch<T, TOwner>(
            ResidentKernels<AttentionBackwardTensorKernel<TForm, TOwner>> kernels,
            in AttentionArguments<T> a, Operand<T> context, Operand<float> logSum, Operand<T> gradient, Operand<T> result, ArrayView<float> delta)
            where T : unmanaged, IElement<T>
            where TOwner : struct, IAttentionOwner =>
            kernels.Of(a.HeadSize).Launch(a.Tiles.MostNarrow * a.Heads, new()
            {
                Projections = AttentionTensors.Address(a.QueryKeyValue.Values),
                Gradient = AttentionTensors.Address(gradient.Values),
                Context = AttentionTensors.Address(context.Values),
                LogSum = AttentionTensors.Address(logSum.Values),
                Delta = AttentionTensors.Address(delta),
                Result = AttentionTensors.Address(result.Values),
                List = AttentionTensors.Address(a.Tiles.Narrow),
                Stride = AttentionTensors.Bytes(a.QueryKeyValue),
                GradientStride = AttentionTensors.Bytes(gradient),
                ContextStride = AttentionTensors.Bytes(context),
                ResultStride = AttentionTensors.Bytes(result),
                LogSumStride = logSum.Stride,
                Heads = a.Heads,
                Key = a.Key,
                Threshold = a.Threshold,
                KeepScale = a.KeepScale,
            });
    }
}
