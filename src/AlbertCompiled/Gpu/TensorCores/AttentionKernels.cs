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
    public static string Body => TShape.Streams
        ? AttentionForwardStreamText.Write(TShape.Warps, TShape.Tiles, TShape.Warpgroups, TShape.Dropout)
        : AttentionForwardText.Write(TShape.Warps, TShape.Tiles, TShape.Dropout);

    /// <inheritdoc/>
    public static int Lanes => 32 * TShape.Warps;

    /// <inheritdoc/>
    public static int Resident => TShape.Resident;

    /// <inheritdoc/>
    public static int SharedBytes => 0;

    /// <inheritdoc/>
    public static bool IsForHopper => TShape.Warpgroups;

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
    public static string Body => TShape.Streams
        ? AttentionBackwardStreamText.Write(TShape.Warps, TShape.Warpgroups, TOwner.Keys, TShape.Dropout)
        : AttentionBackwardText.Write(TShape.Warps, TOwner.Keys, TShape.Dropout);

    /// <inheritdoc/>
    public static int Lanes => 32 * TShape.Warps;

    /// <inheritdoc/>
    public static int Resident => TShape.Streams ? TShape.Resident : TOwner.Keys ? 2 : 3;

    /// <inheritdoc/>
    public static int SharedBytes => TShape.Streams && AttentionBackwardStreamText.SharedBytes(TShape.Warps, TOwner.Keys) is var bytes && bytes > AttentionText.MostStatic ? bytes : 0;

    /// <inheritdoc/>
    public static bool IsForHopper => TShape.Warpgroups;

    /// <inheritdoc/>
    public readonly void Run()
    {
        CudaAsm.Emit(AttentionBackwardText.Addresses64, Projections, Gradient, Context, LogSum, Delta, Result, List);
        CudaAsm.Emit(AttentionBackwardText.Sizes, Stride, GradientStride, ContextStride, ResultStride, LogSumStride, Heads);
        if (TShape.Dropout) CudaAsm.Emit(AttentionText.DropoutArguments, (uint)Key, Threshold, KeepScale);
        CudaAsm.Emit(TextMarker.Line);
    }
}
