using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>Parameters in device memory; updates run there.</summary>
public sealed class GpuParameterSet : ParameterSet
{
    readonly GpuDevice device;
    readonly MemoryBuffer1D<float, Stride1D.Dense>[] states;
    readonly ParameterSegments segments;
    readonly MemoryBuffer1D<float, Stride1D.Dense> weightNorms, updateNorms, ratios, norm;
    readonly HostBuffer<float> hostNorm;
    readonly GpuKernel<GradientNormKernel> gradientNorm;
    readonly GpuKernel<NormTotalKernel> normTotal;
    readonly GpuKernel<MomentsKernel> moments;
    readonly GpuKernel<TrustRatioKernel> trustRatio;
    readonly GpuKernel<LambStepKernel> lambStep;

    /// <summary>Allocates the four arenas, zeroed.</summary>
    /// <param name="device">Where.</param>
    /// <param name="description">What they hold.</param>
    /// <exception cref="DeviceException">The device has not as much memory left.</exception>
    public GpuParameterSet(GpuDevice device, ModelDescription description) : base(description)
    {
        this.device = device;
        states = [.. Enum.GetValues<ParameterState>().Select(_ => device.Allocate<float>(Length))];
        segments = new(device, description.Parameters);
        weightNorms = device.Allocate<float>(segments.Count);
        updateNorms = device.Allocate<float>(segments.Count);
        ratios = device.Allocate<float>(segments.Parameters);
        norm = device.Allocate<float>(1);
        hostNorm = new(device, 1);
        gradientNorm = new(device);
        normTotal = new(device);
        moments = new(device);
        trustRatio = new(device);
        lambStep = new(device);
    }

    /// <summary>All of one arena.</summary>
    public ArrayView<float> this[ParameterState state] => states[(int)state].View;

    /// <inheritdoc/>
    public override void Read(ParameterState state, long offset, Span<float> destination)
    {
        if (!destination.IsEmpty) device.Read(this[state].SubView(offset, destination.Length), destination);
    }

    /// <inheritdoc/>
    public override void Write(ParameterState state, long offset, ReadOnlySpan<float> source)
    {
        if (!source.IsEmpty) device.Write(this[state].SubView(offset, source.Length), source);
    }

    /// <inheritdoc/>
    public override float Update(in OptimizerSettings settings, long step)
    {
        device.Bind();
        var rule = UpdateRule.Of(settings, step);
        bool adapts = settings.Optimizer == Optimizer.Lamb;
        var parameters = new ParameterViews
        {
            Value = this[ParameterState.Value],
            Gradient = this[ParameterState.Gradient],
            First = this[ParameterState.FirstMoment],
            Second = this[ParameterState.SecondMoment],
        };
        gradientNorm.Launch(segments.Count, new() { Gradient = parameters.Gradient, Partials = weightNorms.View, Segments = segments.All });
        normTotal.Launch(1, new() { Partials = weightNorms.View, Norm = norm.View, Count = segments.Count });
        moments.Launch(segments.Count, new()
        {
            Parameters = parameters,
            Segments = segments.All,
            Norm = norm.View,
            WeightNorms = weightNorms.View,
            UpdateNorms = updateNorms.View,
            Rule = rule,
            Adapts = adapts ? 1 : 0,
        });
        if (adapts)
        {
            trustRatio.Launch(segments.Parameters, new() { First = segments.First, WeightNorms = weightNorms.View, UpdateNorms = updateNorms.View, Ratios = ratios.View });
            lambStep.Launch(segments.Count, new() { Parameters = parameters, Segments = segments.All, Ratios = ratios.View, Rule = rule });
        }

        return hostNorm.CopyFrom(norm.View, 1)[0];
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var state in states) state.Dispose();
        segments.Dispose();
        weightNorms.Dispose();
        updateNorms.Dispose();
        ratios.Dispose();
        norm.Dispose();
        hostNorm.Dispose();
    }
}
