using System.Runtime.InteropServices;
using AlbertCompiled.Cpu;
using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>What the number of threads, a repetition and the rule of recomputation must not change.</summary>
public class CompiledInvariantTests
{
    static readonly Capacity Capacity = new(600, 24, 100);

    // 24 sequences of 1 to 40 tokens: many chunks of rows, the last one short
    static readonly TokenBatch Batch = Batches.Random(11, 211, 3, [.. Enumerable.Range(0, 24).Select(i => 1 + i * 17 % 40)]);

    public static TheoryData<Recompute, Optimizer> Cases => new() { { Recompute.None, Optimizer.Lamb }, { Recompute.Cheap, Optimizer.AdamW }, { Recompute.Layer, Optimizer.Lamb } };

    [Theory, MemberData(nameof(Cases))]
    public void Three_steps_leave_the_same_bits_whatever_the_threads(Recompute recompute, Optimizer optimizer)
    {
        var expected = ThreeSteps(recompute, optimizer, threads: 1);
        foreach (int threads in (int[])[1, 2, 3]) Assert.Equal(expected, ThreeSteps(recompute, optimizer, threads));
    }

    [Fact]
    public void A_smaller_batch_in_between_leaves_no_trace()
    {
        using var device = CompiledModels.Open("cpu");
        using var model = Create(Recompute.None, device);
        var expected = Gradients(model, Batch);
        Gradients(model, Batches.Random(12, 211, 1, 5, 2));
        Assert.Equal(expected, Gradients(model, Batch));
    }

    [Fact]
    public void Recomputation_changes_no_loss_and_no_gradient()
    {
        using var device = CompiledModels.Open("cpu");
        using var kept = Create(Recompute.None, device);
        double loss = kept.ComputeGradients(Batch).Loss;
        foreach (var recompute in (Recompute[])[Recompute.Cheap, Recompute.Layer])
        {
            using var model = Create(recompute, device);
            Assert.Equal(loss, model.ComputeGradients(Batch).Loss, 1e-6 * loss);
            foreach (var p in model.Description.Parameters)
            {
                // the gradient of key.bias is zero but for rounding
                double absolute = p.Name.EndsWith("key.bias") ? 1e-7 : 0;
                Close.Assert(Array.ConvertAll(kept.Gradient(p.Name), v => (double)v), model.Gradient(p.Name), absolute, 1e-5, $"{recompute}: {p.Name}");
            }
        }
    }

    [Fact]
    public void Recomputation_saves_memory()
    {
        long[] bytes = [.. Enum.GetValues<Recompute>().Select(recompute =>
        {
            using var device = CompiledModels.Open("cpu");
            using var model = Create(recompute, device);
            return model.Description.Program("train")!.Arena.Bytes(Capacity);
        })];
        Assert.True(bytes[0] > bytes[1] && bytes[1] > bytes[2], string.Join(" > ", bytes));
    }

    internal static CompiledModel Create(Recompute recompute, Device device) => recompute switch
    {
        Recompute.None => DroppingNone.Create(device, Capacity, seed: 3),
        Recompute.Cheap => DroppingCheap.Create(device, Capacity, seed: 3),
        _ => DroppingLayer.Create(device, Capacity, seed: 3),
    };

    // the bits of every loss, norm, weight and moment
    static int[] ThreeSteps(Recompute recompute, Optimizer optimizer, int threads)
    {
        using var device = new CpuDevice(threads);
        using var model = Create(recompute, device);
        var numbers = new List<float>();
        for (int i = 0; i < 3; i++)
        {
            var result = model.TrainStep(Batch, new(optimizer, 1e-2f));
            numbers.AddRange([result.Loss, result.GradientNorm, result.Outputs["mlm_accuracy"]]);
        }

        foreach (var state in Enum.GetValues<ParameterState>())
            foreach (var p in model.Description.Parameters) numbers.AddRange(model.Parameters.Read(p.Name, state));
        Assert.All(numbers, v => Assert.True(float.IsFinite(v)));
        return Bits(numbers);
    }

    static int[] Gradients(CompiledModel model, TokenBatch batch)
    {
        float loss = model.ComputeGradients(batch).Loss;
        return Bits([loss, .. model.Description.Parameters.SelectMany(p => model.Gradient(p.Name))]);
    }

    // −0 is not 0 here
    static int[] Bits(List<float> numbers) => MemoryMarshal.Cast<float, int>(CollectionsMarshal.AsSpan(numbers)).ToArray();
}
