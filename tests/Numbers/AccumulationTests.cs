using System.Runtime.InteropServices;
using AlbertCompiled.Gpu;
using AlbertCompiled.Tests.Gpu;
using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>A batch in parts is the batch at once: the same losses, gradients and weights to rounding.</summary>
[Collection(GpuCollection.Name)]
public sealed class AccumulationTests(GpuDevices devices)
{
    const int Vocabulary = 37;

    // parts of unlike sizes, and unlike shares of predictions and sequences: a mean of means would be another number
    static readonly (int Predictions, int[] Lengths)[] Parts = [(1, [9, 4]), (3, [10, 7, 3, 5]), (0, [6]), (2, [2, 11, 8])];

    static readonly Capacity Whole = new(80, 12, 30), Part = new(30, 4, 12);

    public static TheoryData<Optimizer> Optimizers => [.. Enum.GetValues<Optimizer>()];

    [Theory, MemberData(nameof(Optimizers))]
    public void Parts_equal_the_batch(Optimizer optimizer)
    {
        using var device = CompiledModels.Open("cpu");
        using var model = GoldenOdd.Create(device, Whole, seed: 3);
        AssertEqual(model, optimizer, 2e-5);
    }

    [Fact]
    public void Parts_equal_the_batch_in_bfloat16_to_its_rounding()
    {
        using var device = CompiledModels.Open("cpu");
        using var model = GoldenOdd.Create(device, Whole, seed: 3, Compute.BFloat16);
        AssertEqual(model, Optimizer.Lamb, 2e-2);
    }

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void Parts_equal_the_batch_on_devices(string kind)
    {
        using var model = SmallTwoLosses.Create(devices[kind], Whole, seed: 3);
        foreach (var optimizer in Enum.GetValues<Optimizer>()) AssertEqual(model, optimizer, 2e-5);
    }

    [Theory, OnSimulator, OnCuda]
    public void Parts_equal_the_batch_in_bfloat16_on_devices(string kind)
    {
        using var model = SmallTwoLosses.Create(devices[kind], Whole, seed: 3, Compute.BFloat16);
        AssertEqual(model, Optimizer.Lamb, 5e-2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_bits_do_not_depend_on_the_threads(int threads)
    {
        using var two = CompiledModels.Open("cpu");
        using var other = new AlbertCompiled.Cpu.CpuDevice(threads);
        Assert.Equal(Bits(two), Bits(other));
    }

    [Fact]
    public void Every_part_has_dropout_masks_of_its_own()
    {
        // the same part twice: with the same masks the loss would be the first part's
        using var device = CompiledModels.Open("cpu");
        using var model = OddNone.Create(device, Part, seed: 3);
        var batch = Batches.Random(5, Vocabulary, 2, 10, 11);
        float first = model.ComputeGradients(batch).Loss, both = model.ComputeGradients([batch, batch]).Loss;
        Assert.NotEqual(first, both);
        Assert.Equal(both, model.ComputeGradients([batch, batch]).Loss);
        model.Step = 1;
        Assert.NotEqual(first, model.ComputeGradients(batch).Loss);
        Assert.NotEqual(both, model.ComputeGradients([batch, batch]).Loss);
    }

    [Fact]
    public void A_part_that_is_refused_changes_nothing()
    {
        using var device = CompiledModels.Open("cpu");
        using var model = GoldenOdd.Create(device, Part);
        var good = Batches.Random(5, Vocabulary, 2, 10, 11);
        model.ComputeGradients(good);
        int[] before = Bits(model);
        Assert.Equal("a batch of no parts", Assert.Throws<BatchException>(() => model.TrainStep([], Settings(Optimizer.Lamb))).Message);
        Assert.Throws<BatchException>(() => model.TrainStep([good, Batches.Random(5, Vocabulary, 2, 10, 11, 10)], Settings(Optimizer.Lamb)));
        Assert.Equal(0, model.Step);
        Assert.Equal(before, Bits(model));
    }

    [Fact]
    public void A_step_in_parts_allocates_nothing()
    {
        using var device = CompiledModels.Open("cpu");
        using var model = GoldenOdd.Create(device, Part);
        TokenBatch[] parts = [Batches.Random(5, Vocabulary, 2, 10, 11), Batches.Random(6, Vocabulary, 1, 9)];
        for (int i = 0; i < 3; i++) _ = model.TrainStep(parts, Settings(Optimizer.Lamb)).Loss;
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = model.TrainStep(parts, Settings(Optimizer.Lamb)).Loss;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    static void AssertEqual(CompiledModel model, Optimizer optimizer, double tolerance)
    {
        // where gradients are nothing but rounding, as those of key.bias, an adaptive step goes anywhere
        bool IsRounding(string name) => name.EndsWith("key.bias", StringComparison.Ordinal);
        string[] names = [.. model.Description.Parameters.Select(p => p.Name).Where(n => !IsRounding(n))];
        for (int step = 0; step < 3; step++)
        {
            var (batch, parts) = Draw(step);
            double loss = model.ComputeGradients(batch).Loss;
            double[][] gradients = [.. names.Select(n => Doubles(model.Gradient(n)))];
            Assert.Equal(loss, model.ComputeGradients(parts).Loss, tolerance * loss);
            foreach (var (name, gradient) in names.Zip(gradients)) Close.Assert(gradient, model.Gradient(name), tolerance / 100, tolerance, name);

            var before = State(model);
            var whole = Train(model, [batch], optimizer);
            double[][] weights = [.. names.Select(n => Doubles(model.Parameters.Read(n)))];
            Restore(model, before, step);
            var inParts = Train(model, parts, optimizer);
            Close.Assert(Doubles(whole), inParts, 0, tolerance, "outputs");
            foreach (var (name, weight) in names.Zip(weights)) Close.Assert(weight, model.Parameters.Read(name), 1e-5, tolerance, name);

            int[] bits = Bits(model);
            Restore(model, before, step);
            Train(model, parts, optimizer);
            Assert.Equal(bits, Bits(model));
        }

        model.Step = 0;
    }

    static float[] Train(CompiledModel model, TokenBatch[] parts, Optimizer optimizer)
    {
        var result = model.TrainStep(parts, Settings(optimizer));
        return [result.Loss, result.Outputs["mlm_loss"], result.Outputs["sop_loss"], result.Outputs["mlm_accuracy"], result.GradientNorm];
    }

    static float[][] State(CompiledModel model) =>
        [.. Enum.GetValues<ParameterState>().SelectMany(state => model.Description.Parameters.Select(p => model.Parameters.Read(p.Name, state)))];

    static void Restore(CompiledModel model, float[][] state, long step)
    {
        int i = 0;
        foreach (var s in Enum.GetValues<ParameterState>())
            foreach (var p in model.Description.Parameters) model.Parameters.Write(p.Name, state[i++], s);
        model.Step = step;
    }

    // the batch at once and in parts
    static (TokenBatch Batch, TokenBatch[] Parts) Draw(int step)
    {
        var whole = new TokenBatch(Whole);
        TokenBatch[] parts = [.. Parts.Select((p, i) => Batches.Random(10 * step + i, Vocabulary, p.Predictions, p.Lengths))];
        foreach (var part in parts)
        {
            int prediction = 0;
            for (int s = 0; s < part.First.Count; s++)
            {
                int first = part.Starts[s], end = part.Starts[s + 1], from = prediction;
                while (prediction < part.Predicted.Count && part.Predicted.Span[prediction] < end) prediction++;
                int[] predicted = [.. part.Predicted.Span[from..prediction].ToArray().Select(row => row - first)];
                whole.Add(part.Tokens.Span[first..end], part.Segments.Span[first..end], predicted, part.Labels.Span[from..prediction], part.Order.Span[s]);
            }
        }

        return (whole, parts);
    }

    static OptimizerSettings Settings(Optimizer optimizer) => new(optimizer, 1e-2f, Epsilon: 1e-3f, ClipNorm: 0.5f);

    static int[] Bits(Device device)
    {
        using var model = OddNone.Create(device, Part, seed: 3);
        for (int step = 0; step < 3; step++) model.TrainStep(Draw(step).Parts, Settings(Optimizer.Lamb));
        return Bits(model);
    }

    static int[] Bits(CompiledModel model) => MemoryMarshal.Cast<float, int>(State(model).SelectMany(v => v).ToArray()).ToArray();

    static double[] Doubles(float[] values) => Array.ConvertAll(values, v => (double)v);
}
