using AlbertCompiled.Gpu.TensorCores;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// The gradient of attention, compiled for a device: kernels without any exchange between groups, three for ∂queries, ∂keys and ∂values, on tensor cores two, of which one
/// owns queries, the other keys. They compute the scores again; that costs eight or seven products where a single pass takes five, and needs no atomics.
/// </summary>
public sealed class AttentionBackward<T> where T : unmanaged, IElement<T>
{
    readonly Kernels<Block8>? large;
    readonly Kernels<Block4>? small;
    readonly AttentionTensorBackward? tensors;

    /// <summary>The gradient for <paramref name="device"/>; its kernels are compiled when first launched.</summary>
    public AttentionBackward(GpuDevice device) : this(device, AttentionChoice.For(device)) { }

    /// <summary>The gradient for <paramref name="device"/>, whose products on tensor cores are <paramref name="compute"/>'s where there is a choice.</summary>
    internal AttentionBackward(GpuDevice device, ProductCompute compute)
    {
        if (device.IsSimulator) small = new(device);
        else large = new(device);
        if (AttentionTensors.Exist<T>(device)) tensors = new(device, compute);
    }

    /// <summary>Queues the gradient.</summary>
    /// <param name="arguments">As in the forward pass.</param>
    /// <param name="context">[tokens, hidden] the forward pass's result.</param>
    /// <param name="logSum">[tokens, heads] from the forward pass.</param>
    /// <param name="gradient">[tokens, hidden] ∂context.</param>
    /// <param name="result">[tokens, 3·hidden] ∂queries, ∂keys, ∂values; overwritten.</param>
    /// <param name="delta">[tokens · heads] scratch.</param>
    public void Launch(in AttentionArguments<T> arguments, Operand<T> context, Operand<float> logSum, Operand<T> gradient, Operand<T> result, ArrayView<float> delta)
    {
        if (tensors is not null && AttentionTensors.Take(arguments.HeadSize, arguments.QueryKeyValue, context, gradient, result))
        {
            tensors.Launch(arguments, context, logSum, gradient, result, delta);
            return;
        }

        large?.Launch(arguments, context, logSum, gradient, result, delta);
        small?.Launch(arguments, context, logSum, gradient, result, delta);
    }

    sealed class Kernels<TBlock>(GpuDevice device) where TBlock : struct, IBlock
    {
        readonly GpuKernel<AttentionBackwardKernel<T, TBlock, QueryGradient>> queries = new(device);
        readonly GpuKernel<AttentionBackwardKernel<T, TBlock, KeyGradient>> keys = new(device);
        readonly GpuKernel<AttentionBackwardKernel<T, TBlock, ValueGradient>> values = new(device);

        public void Launch(in AttentionArguments<T> arguments, Operand<T> context, Operand<float> logSum, Operand<T> gradient, Operand<T> result, ArrayView<float> delta)
        {
            // The first leaves delta for the second.
            Launch(queries, new() { Arguments = arguments, Context = context, LogSum = logSum, Gradient = gradient, Result = result, Delta = delta });
            Launch(keys, new() { Arguments = arguments, Context = context, LogSum = logSum, Gradient = gradient, Result = result, Delta = delta });
            Launch(values, new() { Arguments = arguments, Context = context, LogSum = logSum, Gradient = gradient, Result = result, Delta = delta });
        }

        static void Launch<TTarget>(GpuKernel<AttentionBackwardKernel<T, TBlock, TTarget>> kernel, in AttentionBackwardKernel<T, TBlock, TTarget> values)
            where TTarget : struct, IAttentionTarget =>
            AttentionPlace.Launch<T, TBlock, AttentionBackwardKernel<T, TBlock, TTarget>>(kernel, values.Arguments, values);
    }
}

/// <summary>What a backward kernel computes. Constants of the compiled kernel.</summary>
internal interface IAttentionTarget
{
    /// <summary>The gradient's place in a row: 0 queries, 1 keys, 2 values.</summary>
    static abstract int Section { get; }
}

/// <summary>∂queries = ∂scores · keys.</summary>
internal readonly struct QueryGradient : IAttentionTarget
{
    public static int Section => 0;
}

/// <summary>∂keys = ∂scoresᵀ · queries.</summary>
internal readonly struct KeyGradient : IAttentionTarget
{
    public static int Section => 1;
}

/// <summary>∂values = weightsᵀ · ∂context.</summary>
internal readonly struct ValueGradient : IAttentionTarget
{
    public static int Section => 2;
}
