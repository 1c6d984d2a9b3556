using System.Collections.Immutable;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>The optimizers' kernels and the partial results between them.</summary>
internal sealed class ParameterUpdate : IDisposable
{
    readonly GpuDevice device;
    readonly ParameterSegments segments;
    readonly MemoryBuffer1D<float, Stride1D.Dense> weightNorms, updateNorms, ratios, norm;
    readonly HostBuffer<float> hostNorm;
    readonly GpuKernel<GradientNormKernel> gradientNorm;
    readonly GpuKernel<NormTotalKernel> normTotal;
    readonly GpuKernel<MomentsKernel> moments;
    readonly GpuKernel<TrustRatioKernel> trustRatio;
    readonly GpuKernel<LambStepKernel> lambStep;

    public ParameterUpdate(GpuDevice device, ImmutableArray<ParameterInfo> parameters)
    {
        this.device = device;
        segments = new(device, parameters);
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

    /// <summary>Applies the gradients; returns their global norm before clipping.</summary>
    public float Run(in OptimizerSettings settings, long step, in ParameterViews parameters)
    {
        device.Bind();
        var rule = UpdateRule.Of(settings, step);
        bool adapts = settings.Optimizer == Optimizer.Lamb;
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

    public void Dispose()
    {
        segments.Dispose();
        weightNorms.Dispose();
        updateNorms.Dispose();
        ratios.Dispose();
        norm.Dispose();
        hostNorm.Dispose();
    }
}
