using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>Parameters in device memory.</summary>
public sealed class GpuParameterSet : ParameterSet
{
    readonly GpuDevice device;
    readonly MemoryBuffer1D<float, Stride1D.Dense>[] states;

    internal GpuParameterSet(GpuDevice device, ModelDescription description) : base(description)
    {
        this.device = device;
        states = [.. Enum.GetValues<ParameterState>().Select(_ => device.Allocate<float>(description.ParameterFloats))];
    }

    /// <summary>All of one arena.</summary>
    public ArrayView<float> this[ParameterState state] => states[(int)state].View;

    /// <inheritdoc/>
    public override void Read(ParameterState state, long offset, Span<float> destination)
    {
        if (!destination.IsEmpty) this[state].SubView(offset, destination.Length).CopyToCPU(device.Stream, destination);
    }

    /// <inheritdoc/>
    public override void Write(ParameterState state, long offset, ReadOnlySpan<float> source)
    {
        if (!source.IsEmpty) this[state].SubView(offset, source.Length).CopyFromCPU(device.Stream, source);
    }

    /// <inheritdoc/>
    public override float Update(in OptimizerSettings settings, long step) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var state in states) state.Dispose();
    }
}
