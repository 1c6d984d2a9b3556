using AlbertCompiled.Gpu;
using AlbertCompiled.Tests.Language;
using AlbertCompiled.Tests.Numbers;
using ILGPU;
using Xunit;
using BFloat16 = AlbertCompiled.Gpu.BFloat16;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Rounds numbers one by one.</summary>
struct SingleRoundKernel : IGpuKernel
{
    public ArrayView<float> Source;
    public ArrayView<BFloat16> Target;

    public readonly void Run() => Float1.Store(Target, Group.IdxX, Float1.Load(Source, Group.IdxX));
}

/// <summary>GPU programs that keep activations in bfloat16: float32 arithmetic, float32 gradients of weights, float32 moments.</summary>
[Collection(GpuCollection.Name)]
public sealed class BFloat16Tests(GpuDevices devices)
{
    static readonly Capacity Capacity = new(96, 8, 24);

    /// <summary>
    /// The yardstick rounds operands of products alone. Everything that lies in memory is rounded here, which is a few times as many roundings:
    /// independent errors add up as their squares do, so twice the yardstick's error is the bound.
    /// </summary>
    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void Errors_are_at_most_twice_those_of_rounded_operands(string kind)
    {
        var batch = Batch();
        using var processor = CompiledModels.Open("cpu");
        using RoundingAlbert exact = RoundingAlbert.Create(processor, Capacity, precision: Compute.Float32), operands = RoundingAlbert.Create(processor, Capacity);
        using var model = RoundingAlbert.Create(devices[kind], Capacity);
        float reference = exact.ComputeGradients(batch).Loss;
        operands.ComputeGradients(batch);
        Assert.Equal(reference, model.ComputeGradients(batch).Loss, 0.02);
        double yardstick = Error(exact, operands), error = Error(exact, model);
        Assert.True(error > 0 && error <= 2 * yardstick, $"relative error {error:E2} of all gradients, {yardstick:E2} with rounded operands");
    }

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void The_same_bits_each_run(string kind)
    {
        var batch = Batch();
        using RoundingAlbert model = RoundingAlbert.Create(devices[kind], Capacity);
        model.ComputeGradients(batch);
        float[] first = Gradients(model);
        model.ComputeGradients(batch);
        Assert.Equal(first, Gradients(model));
    }

    [Theory, OnOpenCL, OnCuda]
    public void Learns(string kind)
    {
        var batch = Batch();
        using RoundingAlbert model = RoundingAlbert.Create(devices[kind], Capacity), exact = RoundingAlbert.Create(devices[kind], Capacity, precision: Compute.Float32);
        var settings = new OptimizerSettings(Optimizer.Lamb, 3e-3f);
        for (int i = 0; i < 10; i++) Assert.Equal(exact.TrainStep(batch, settings).Loss, model.TrainStep(batch, settings).Loss, 0.05);
    }

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void Rounds_to_the_nearest_ties_to_even(string kind)
    {
        var device = devices[kind];
        float[] values = [1f, 1.00390625f, 1.01171875f, -1.00390625f, 1.0039064f, 3.3895314e38f, float.PositiveInfinity, 0f];
        using var source = device.Upload(values);
        using var rounded = device.Allocate<BFloat16>(values.Length);
        using var widened = device.Allocate<float>(values.Length);
        new GpuKernel<RoundKernel<BFloat16>>(device).Launch(1, new() { Source = source.View, Target = rounded.View, Packs = 1 });
        new GpuKernel<WidenKernel<BFloat16>>(device).Launch(1, new() { Source = rounded.View, Target = widened.View, Length = values.Length });
        Assert.Equal([1f, 1f, 1.015625f, -1f, 1.0078125f, 3.3895314e38f, float.PositiveInfinity, 0f], device.Download(widened));
    }

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void What_is_not_a_number_stays_so(string kind)
    {
        var device = devices[kind];
        uint[] bits = [0x7FFFFFFF, 0xFFFFFFFF, 0x7FC00000, 0xFFC00000, 0x7F800001, 0xFF80FFFF, 0x7FFF8000, 0x7F810000];
        using var source = device.Upload(bits);
        using var rounded = device.Allocate<BFloat16>(8);
        using var widened = device.Allocate<float>(8);
        ArrayView<float> values = ((ArrayView<uint>)source.View).Cast<float>();
        foreach (bool singly in (bool[])[false, true])
        {
            device.Clear<float>(widened.View);
            if (singly) new GpuKernel<SingleRoundKernel>(device).Launch(1, 1, 1, 8, new() { Source = values, Target = rounded.View });
            else new GpuKernel<RoundKernel<BFloat16>>(device).Launch(1, new() { Source = values, Target = rounded.View, Packs = 1 });
            new GpuKernel<WidenKernel<BFloat16>>(device).Launch(1, new() { Source = rounded.View, Target = widened.View, Length = 8 });
            Assert.All(device.Download(widened), value => Assert.True(float.IsNaN(value), $"{value} {(singly ? "singly" : "in pairs")}"));
        }
    }

    static TokenBatch Batch() => Batches.Random(11, 211, 3, [7, 1, 12, 17, 9]);

    static float[] Gradients(CompiledModel model) => [.. model.Description.Parameters.SelectMany(p => model.Gradient(p.Name))];

    static double Error(CompiledModel exact, CompiledModel rounded)
    {
        float[] e = Gradients(exact), r = Gradients(rounded);
        return Math.Sqrt(e.Zip(r, (x, y) => ((double)x - y) * ((double)x - y)).Sum() / e.Sum(x => (double)x * x));
    }
}
