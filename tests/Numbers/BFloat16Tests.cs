using AlbertCompiled.Cpu;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

[Albert(Vocabulary = 211, Embedding = 24, Hidden = 48, Layers = 3, Heads = 3, Intermediate = 100, Positions = 40, Deviation = 0.1)]
[Pretraining]
[Precision(Compute.BFloat16)]
internal sealed partial class RoundingAlbert;

/// <summary>Whole models whose products round their operands to bfloat16.</summary>
public class BFloat16Tests
{
    static readonly Capacity Capacity = new(600, 24, 100);
    static readonly TokenBatch Batch = Batches.Random(11, 211, 3, [.. Enumerable.Range(0, 24).Select(i => 1 + i * 17 % 40)]);

    [Fact]
    public void A_model_computes_as_declared_or_as_told()
    {
        using var device = CompiledModels.Open("cpu");
        using RoundingAlbert declared = RoundingAlbert.Create(device, Capacity), told = RoundingAlbert.Create(device, Capacity, precision: Compute.Float32);
        Assert.Equal((Compute.BFloat16, Compute.Float32), (declared.Precision, told.Precision));
        double rounded = declared.ComputeGradients(Batch).Loss, exact = told.ComputeGradients(Batch).Loss;
        Assert.NotEqual(exact, rounded);
        Assert.Equal(exact, rounded, 0.01);
    }

    [Fact]
    public void Gradients_err_by_the_rounding_of_operands_only()
    {
        using var device = CompiledModels.Open("cpu");
        using RoundingAlbert rounded = RoundingAlbert.Create(device, Capacity), exact = RoundingAlbert.Create(device, Capacity, precision: Compute.Float32);
        rounded.ComputeGradients(Batch);
        exact.ComputeGradients(Batch);
        foreach (var p in exact.Description.Parameters.Where(p => !p.Name.EndsWith("key.bias"))) // that one's is zero but for rounding
        {
            float[] r = rounded.Gradient(p.Name), e = exact.Gradient(p.Name);
            double error = Math.Sqrt(r.Zip(e, (x, y) => Math.Pow(x - y, 2)).Sum() / e.Sum(x => (double)x * x));
            Assert.True(error < 0.03, $"{p.Name}: {error:P1}");
        }
    }

    [Fact]
    public void Learns_as_in_float32()
    {
        using var device = CompiledModels.Open("cpu");
        using RoundingAlbert rounded = RoundingAlbert.Create(device, Capacity), exact = RoundingAlbert.Create(device, Capacity, precision: Compute.Float32);
        var settings = new OptimizerSettings(Optimizer.AdamW, 1e-3f);
        for (int i = 0; i < 30; i++)
        {
            float loss = rounded.TrainStep(Batch, settings).Loss;
            Assert.Equal(exact.TrainStep(Batch, settings).Loss, loss, 0.03);
        }
    }

    [Fact]
    public void The_bits_do_not_depend_on_threads()
    {
        float[] expected = Gradients(1);
        foreach (int threads in (int[])[1, 2, 3]) Assert.Equal(expected, Gradients(threads));

        static float[] Gradients(int threads)
        {
            using var device = new CpuDevice(threads);
            using var model = RoundingAlbert.Create(device, Capacity);
            model.ComputeGradients(Batch);
            return [.. model.Description.Parameters.SelectMany(p => model.Gradient(p.Name))];
        }
    }
}
