using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>The shape of a kernel of attention. Constants of the compiled kernel.</summary>
internal interface IAttentionShape
{
    /// <summary>Warps of a group.</summary>
    static abstract int Warps { get; }

    /// <summary>Tiles of 16 outer rows a warp, in the forward pass.</summary>
    static abstract int Tiles { get; }

    /// <summary>Whether weights are dropped.</summary>
    static abstract bool Dropout { get; }
}

/// <summary>Attention's forward pass on tensor cores. Addresses of device memory; strides in bytes.</summary>
internal struct AttentionForwardTensorKernel<TShape> : IGpuKernel, ITextKernel where TShape : struct, IAttentionShape
{
    public ulong Projections, Context, LogSum, List;
    public int Stride, ContextStride, Heads;
    public DropoutKey Key;
    public uint Threshold;
    public float KeepScale;

    /// <inheritdoc/>
    public static string Body => AttentionForwardText.Write(TShape.Warps, TShape.Tiles, TShape.Dropout);

    /// <inheritdoc/>
    public readonly void Run()
    {
        CudaAsm.Emit(AttentionForwardText.Arguments, Projections, Context, LogSum, List, Stride, ContextStride, Heads, (uint)Key, Threshold, KeepScale);
        CudaAsm.Emit(TextMarker.Line);
    }
}

/// <summary>Which rows a backward kernel owns. Constants of the compiled kernel.</summary>
internal interface IAttentionOwner
{
    /// <summary>Keys, for ∂keys and ∂values; else queries, for ∂queries.</summary>
    static abstract bool Keys { get; }
}

/// <summary>A kernel of attention's gradient on tensor cores. Addresses of device memory; strides in bytes.</summary>
internal struct AttentionBackwardTensorKernel<TShape, TOwner> : IGpuKernel, ITextKernel
    where TShape : struct, IAttentionShape
    where TOwner : struct, IAttentionOwner
{
    public ulong Projections, Gradient, Context, LogSum, Delta, Result, List;
    public int Stride, GradientStride, ContextStride, ResultStride, Heads;
    public DropoutKey Key;
    public uint Threshold;
    public float KeepScale;

    /// <inheritdoc/>
    public static string Body => AttentionBackwardText.Write(TShape.Warps, TOwner.Keys, TShape.Dropout);

    /// <inheritdoc/>
    public readonly void Run()
    {
        CudaAsm.Emit(AttentionBackwardText.Addresses64, Projections, Gradient, Context, LogSum, Delta, Result, List);
        CudaAsm.Emit(AttentionBackwardText.Sizes, Stride, GradientStride, ContextStride, ResultStride, Heads, (uint)Key, Threshold, KeepScale);
        CudaAsm.Emit(TextMarker.Line);
    }
}
