using System.Collections.Immutable;
using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>The optimizers' kernels and the partial results between them.</summary>
internal sealed class ParameterUpdate : IDisposable
{
    readonly ParameterSegments segments;
    readonly MemoryBuffer1D<float, Stride1D.Dense> weightNorms, updateNorms, ratios, norm;
    readonly GpuKernel<GradientNormKernel> gradientNorm;
    readonly GpuKernel<NormTotalKernel> normTotal;
    readonly GpuKernel<MomentsKernel> moments;
    readonly GpuKernel<TrustRatioKernel> trustRatio;
    readonly GpuKernel<LambStepKernel> lambStep;

    public ParameterUpdate(GpuDevice device, ImmutableArray<ParameterInfo> parameters)
    {
        segments = new(device, parameters);
        weightNorms = device.Allocate<float>(segments.Count);
        updateNorms = device.Allocate<float>(segments.Count);
        ratios = device.Allocate<float>(segments.Parameters);
        norm = device.Allocate<float>(1);
        gradientNorm = new(device);
        normTotal = new(device);
        moments = new(device);
        trustRatio = new(device);
        lambStep = new(device);
    }

    /// <summary>[1] the global norm of the gradients before clipping, left by <see cref="Queue"/>.</summary>
    public ArrayView<float> Norm => norm.View;

    /// <summary>Queues an update. What is queued depends on the optimizer alone; its settings lie in device memory.</summary>
    /// <param name="optimizer">The rule's kind.</param>
    /// <param name="rule">The <see cref="UpdateRule"/>.</param>
    /// <param name="parameters">What is updated.</param>
    public void Queue(Optimizer optimizer, ArrayView<float> rule, in ParameterViews parameters)
    {
        bool adapts = optimizer == Optimizer.Lamb;
        gradientNorm.Launch(segments.Count, new() { Gradient = parameters.Gradient, Partials = weightNorms.View, Segments = segments.All });
        normTotal.Launch(1, new() { Partials = weightNorms.View, Norm = norm.View, Count = segments.Count });
        moments.Launch(segments.Count, new()
        {
            Parameters = parameters,
            Segments = segments.All,
            Norm = norm.View,
            WeightNorms = weightNorms.View,
            UpdateNorms = updateNorms.View,
            RuleValues = rule,
            Adapts = adapts ? 1 : 0,
        });
        if (!adapts) return;
        trustRatio.Launch(segments.Parameters, new() { First = segments.First, WeightNorms = weightNorms.View, UpdateNorms = updateNorms.View, Ratios = ratios.View });
        lambStep.Launch(segments.Count, new() { Parameters = parameters, Segments = segments.All, Norm = norm.View, Ratios = ratios.View, RuleValues = rule });
    }

    public void Dispose()
    {
        segments.Dispose();
        GpuDevice.Free(weightNorms);
        GpuDevice.Free(updateNorms);
        GpuDevice.Free(ratios);
        GpuDevice.Free(norm);
    }
}
