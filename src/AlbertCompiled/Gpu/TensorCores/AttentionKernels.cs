using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Attention's forward pass on tensor cores. Addresses of device memory; strides in bytes, of log-sums in floats.</summary>
internal struct AttentionForwardTensorKernel<TShape> : IGpuKernel, ITextKernel where TShape : struct, IAttentionShape
{
    public ulong Projections, Context, LogSum, List;
    public int Stride, ContextStride, LogSumStride, Heads;
    public DropoutKey Key;
    public uint Threshold;
    public float KeepScale;

    /// <inheritdoc/>
    public static string Body => AttentionForwardText.Write(TShape.Warps, TShape.Tiles, TShape.Dropout);

    /// <inheritdoc/>
    public static int Lanes => 32 * TShape.Warps;

    /// <inheritdoc/>
    public static int Resident => 2;

    /// <inheritdoc/>
    public readonly void Run()
    {
        CudaAsm.Emit(AttentionForwardText.Addresses64, Projections, Context, LogSum, List);
        CudaAsm.Emit(AttentionForwardText.Sizes, Stride, ContextStride, LogSumStride, Heads);
        if (TShape.Dropout) CudaAsm.Emit(AttentionText.DropoutArguments, (uint)Key, Threshold, KeepScale);
        CudaAsm.Emit(TextMarker.Line);
    }
}

/// <summary>A kernel of attention's gradient on tensor cores. Addresses of device memory; strides in bytes, of log-sums in floats.</summary>
internal struct AttentionBackwardTensorKernel<TShape, TOwner> : IGpuKernel, ITextKernel
    where TShape : struct, IAttentionShape
    where TOwner : struct, IAttentionOwner
{
    public ulong Projections, Gradient, Context, LogSum, Delta, Result, List;
    public int Stride, GradientStride, ContextStride, ResultStride, LogSumStride, Heads;
    public DropoutKey Key;
    public uint Threshold;
    public float KeepScale;

    /// <inheritdoc/>
    public static string Body => AttentionBackwardText.Write(TShape.Warps, TOwner.Keys, TShape.Dropout);

    /// <inheritdoc/>
    public static int Lanes => 32 * TShape.Warps;

    /// <inheritdoc/>
    public static int Resident => TOwner.Keys ? 2 : 3;

    /// <inheritdoc/>
    public readonly void Run()
    {
        CudaAsm.Emit(AttentionBackwardText.Addresses64, Projections, Gradient, Context, LogSum, Delta, Result, List);
        CudaAsm.Emit(AttentionBackwardText.Sizes, Stride, GradientStride, ContextStride, ResultStride, LogSumStride, Heads);
        if (TShape.Dropout) CudaAsm.Emit(AttentionText.DropoutArguments, (uint)Key, Threshold, KeepScale);
        CudaAsm.Emit(TextMarker.Line);
    }
}
