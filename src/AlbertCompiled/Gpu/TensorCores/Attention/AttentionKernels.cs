using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Attention's forward pass on tensor cores. Addresses of device memory; strides in bytes, of log-sums in floats.</summary>
internal struct AttentionForwardTensorKernel<TForm> : IGpuKernel, IAttentionKernel where TForm : struct, IAttentionForm
{
    public ulong Projections, Context, LogSum, List;
    public int Stride, ContextStride, LogSumStride, Heads;
    public DropoutKey Key;
    public uint Threshold;
    public float KeepScale;

    /// <inheritdoc/>
    public static string Body(AttentionHead head) => AttentionForwardText.Write(head, TForm.Dropout);

    /// <inheritdoc/>
    public static int Lanes(AttentionHead head) => 32 * AttentionTileText.Warps;

    /// <inheritdoc/>
    public static int Resident(AttentionHead head) => 2;

    /// <inheritdoc/>
    public readonly void Run()
    {
        CudaAsm.Emit(AttentionForwardText.Addresses64, Projections, Context, LogSum, List);
        CudaAsm.Emit(AttentionForwardText.Sizes, Stride, ContextStride, LogSumStride, Heads);
        if (TForm.Dropout) CudaAsm.Emit(AttentionText.DropoutArguments, (uint)Key, Threshold, KeepScale);
        CudaAsm.Emit(TextMarker.Line);
    }
}

/// <summary>A kernel of attention's gradient on tensor cores. Addresses of device memory; strides in bytes, of log-sums in floats.</summary>
internal struct AttentionBackwardTensorKernel<TForm, TOwner> : IGpuKernel, IAttentionKernel
    where TForm : struct, IAttentionForm
    where TOwner : struct, IAttentionOwner
{
    public ulong Projections, Gradient, Context, LogSum, Delta, Result, List;
    public int Stride, GradientStride, ContextStride, ResultStride, LogSumStride, Heads;
    public DropoutKey Key;
    public uint Threshold;
    public float KeepScale;

    /// <inheritdoc/>
    public static string Body(AttentionHead head) => AttentionBackwardText.Write(head, TOwner.Keys, TForm.Dropout);

    /// <inheritdoc/>
    public static int Lanes(AttentionHead head) => 32 * AttentionTileText.Warps * AttentionBackwardText.Sides(head, TOwner.Keys);

    /// <inheritdoc/>
    public static int Resident(AttentionHead head) => (TOwner.Keys ? 2 : 3) - (head.IsLong ? 1 : 0);

    /// <inheritdoc/>
    public readonly void Run()
    {
        CudaAsm.Emit(AttentionBackwardText.Addresses64, Projections, Gradient, Context, LogSum, Delta, Result, List);
        CudaAsm.Emit(AttentionBackwardText.Sizes, Stride, GradientStride, ContextStride, ResultStride, LogSumStride, Heads);
        if (TForm.Dropout) CudaAsm.Emit(AttentionText.DropoutArguments, (uint)Key, Threshold, KeepScale);
        CudaAsm.Emit(TextMarker.Line);
    }
}
