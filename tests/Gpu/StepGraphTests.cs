using AlbertCompiled.Gpu;
using AlbertCompiled.Tests.Language;
using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>A step as one graph, where the device has graphs, is the step that its parts are.</summary>
[Collection(GpuCollection.Name)]
public sealed class StepGraphTests(GpuDevices devices)
{
    const int Steps = 4;    // of each optimizer: queued, recorded, replayed, replayed

    static readonly Capacity Capacity = new(64, 6, 20);

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void Whole_steps_equal_steps_in_parts_bit_for_bit(string kind)
    {
        var device = devices[kind];
        var whole = Train(device, (model, batch, settings) =>
        {
            var result = model.TrainStep(batch, settings);
            return (result.Loss, result.GradientNorm);
        });
        bool records = device.RecordsSteps;
        try
        {
            device.RecordsSteps = false;
            var parts = Train(device, (model, batch, settings) =>
            {
                float loss = model.ComputeGradients(batch).Loss;
                return (loss, model.Parameters.Update(settings, ++model.Step));
            });
            Assert.Equal(parts.Results, whole.Results);
            Assert.Equal(parts.Weights, whole.Weights);
        }
        finally
        {
            device.RecordsSteps = records;
        }
    }

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void Steps_may_be_queued_before_results_are_read(string kind)
    {
        var device = devices[kind];
        var waiting = Train(device, (model, batch, settings) =>
        {
            var result = model.TrainStep(batch, settings);
            return (result.Loss, result.GradientNorm);
        });
        var ahead = Train(device, (model, batch, settings) =>
        {
            model.TrainStep(batch, settings);
            return default;
        });
        Assert.Equal(waiting.Weights, ahead.Weights);
    }

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void Evaluation_and_inference_between_steps_change_nothing(string kind)
    {
        var device = devices[kind];
        var alone = Train(device, (model, batch, settings) => (model.TrainStep(batch, settings).Loss, 0));
        var between = Train(device, (model, batch, settings) =>
        {
            model.Evaluate(Batches.Random(90, 37, 1, 7, 5));
            float loss = model.TrainStep(batch, settings).Loss;
            model.Predict(Batches.Random(91, 37, 2, 9));
            return (loss, 0);
        });
        Assert.Equal(alone.Results, between.Results);
        Assert.Equal(alone.Weights, between.Weights);
    }

    delegate (float Loss, float Norm) Step(CompiledModel model, TokenBatch batch, OptimizerSettings settings);

    static (List<(float, float)> Results, float[] Weights) Train(GpuDevice device, Step step)
    {
        using var model = OddNone.Create(device, Capacity, seed: 3);
        var results = new List<(float, float)>();
        for (int i = 0; i < 2 * Steps; i++)
        {
            // batches of many sizes; settings that change from step to step
            var batch = Batches.Random(i, 37, 2, [.. Enumerable.Range(0, 1 + i % 5).Select(s => 2 + (3 * s + 5 * i) % 11)]);
            results.Add(step(model, batch, new((i & 1) == 0 ? Optimizer.AdamW : Optimizer.Lamb, 0.01f / (i + 1), ClipNorm: i / 4f, BiasCorrection: i > 3)));
        }

        return (results, [.. model.Description.Parameters.SelectMany(p => model.Parameters.Read(p.Name))]);
    }
}
