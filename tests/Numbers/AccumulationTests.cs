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
    public void Parts_equal_the_batch_on_the_processor(Optimizer optimizer)
    {
        using var device = CompiledModels.Open("cpu");
        AssertEqual(device, optimizer);
    }

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void Parts_equal_the_batch_on_devices(string kind)
    {
        foreach (var optimizer in Enum.GetValues<Optimizer>()) AssertEqual(devices[kind], optimizer);
    }

    [Fact]
    public void Parts_equal_the_batch_in_bfloat16_to_its_rounding()
    {
        using var device = CompiledModels.Open("cpu");
        AssertEqual(device, Optimizer.Lamb, Compute.BFloat16, 2e-2);
    }

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void Parts_equal_the_batch_in_bfloat16_on_devices(string kind) => AssertEqual(devices[kind], Optimizer.AdamW, Compute.BFloat16, 5e-2);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_bits_do_not_depend_on_the_threads(int threads)
    {
        using var two = CompiledModels.Open("cpu");
        using var other = new AlbertCompiled.Cpu.CpuDevice(threads);
        Assert.Equal(Bits(two), Bits(other));
    }

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void The_bits_are_the_same_every_time(string kind) => Assert.Equal(Bits(devices[kind]), Bits(devices[kind]));

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

    static void AssertEqual(Device device, Optimizer optimizer, Compute precision = Compute.Float32, double tolerance = 2e-5)
    {
        using var whole = GoldenOdd.Create(device, Whole, seed: 3, precision);
        using var inParts = GoldenOdd.Create(device, Part, seed: 3, precision);
        for (int step = 0; step < 3; step++)
        {
            var (batch, parts) = Draw(step);
            double loss = whole.ComputeGradients(batch).Loss;
            Assert.Equal(loss, inParts.ComputeGradients(parts).Loss, tolerance * loss);
            foreach (var p in whole.Description.Parameters)
            {
                // the gradient of key.bias is zero but for rounding
                double absolute = p.Name.EndsWith("key.bias") ? tolerance : tolerance / 100;
                Close.Assert(Doubles(whole.Gradient(p.Name)), inParts.Gradient(p.Name), absolute, tolerance, p.Name);
            }

            var expected = whole.TrainStep(batch, Settings(optimizer));
            var actual = inParts.TrainStep(parts, Settings(optimizer));
            foreach (string name in (string[])["loss", "mlm_loss", "sop_loss", "mlm_accuracy", "sop_accuracy"])
                Assert.Equal(expected.Outputs[name], actual.Outputs[name], tolerance * Math.Max(1, expected.Outputs[name]));
            Assert.Equal(expected.GradientNorm, actual.GradientNorm, tolerance * expected.GradientNorm);
            Assert.Equal(whole.Step, inParts.Step);
            if (precision == Compute.Float32)
                foreach (var p in whole.Description.Parameters)
                    Close.Assert(Doubles(whole.Parameters.Read(p.Name)), inParts.Parameters.Read(p.Name), p.Name.EndsWith("key.bias") ? 1 : 1e-5, tolerance, p.Name);
            else
                foreach (var p in whole.Description.Parameters) inParts.Parameters.Write(p.Name, whole.Parameters.Read(p.Name));    // where gradients are rounding, directions are chance
        }
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

    static int[] Bits(CompiledModel model)
    {
        float[] all = [.. Enum.GetValues<ParameterState>().SelectMany(state => model.Description.Parameters.SelectMany(p => model.Parameters.Read(p.Name, state)))];
        return MemoryMarshal.Cast<float, int>(all).ToArray();
    }

    static double[] Doubles(float[] values) => Array.ConvertAll(values, v => (double)v);
}
