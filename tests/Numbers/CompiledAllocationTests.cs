using System.Runtime.CompilerServices;
using AlbertCompiled.Cpu;
using AlbertCompiled.Tests.Cpu;
using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>A training step allocates nothing on the managed heap.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public class CompiledAllocationTests
{
    /// <summary>Runs while no other test does: the heap's total counts everybody.</summary>
    public const string Name = "Allocations of the process";

    const int Rounds = 10;

    static readonly TokenBatch Batch = Batches.Random(11, 211, 3, 40, 25, 1, 17, 33);

    [Theory]
    [InlineData(Recompute.None, 1)]
    [InlineData(Recompute.None, 2)]
    [InlineData(Recompute.Layer, 2)]
    public void A_step_allocates_nothing_on_the_threads_of_its_device(Recompute recompute, int threads)
    {
        using var device = new CpuDevice(threads);
        using var model = CompiledInvariantTests.Create(recompute, device);
        Assert.Equal(0, Allocations.Of(device.Team, () => Step(model)));
    }

    [Fact]
    public void A_step_allocates_nothing_in_the_process()
    {
        using var device = CompiledModels.Open("cpu");
        using var model = CompiledInvariantTests.Create(Recompute.Cheap, device);
        for (int i = 0; i < 3; i++) Step(model);

        // the test host may write a message in a round, but not in all of them
        var rounds = new long[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < 5; i++) Step(model);
            rounds[round] = GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        Assert.Contains(0, rounds);
    }

    [Fact]
    public void Neither_do_evaluation_and_inference()
    {
        using var device = new CpuDevice(2);
        using var model = CompiledInvariantTests.Create(Recompute.None, device);
        var logits = new float[Batch.Count(Dimension.Predictions) * 211];
        Assert.Equal(0, Allocations.Of(device.Team, () =>
        {
            model.Evaluate(Batch);
            model.Predict(Batch);
            model.ReadOutput("logits", logits);
        }));
    }

    [Fact]
    public void What_nobody_disposed_of_is_freed()
    {
        using var device = new CpuDevice(2);
        long before = Environment.WorkingSet, arena = 0;
        for (int i = 0; i < 10; i++)
        {
            arena = Forgotten(device);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 4 * arena);
    }

    // no frame of the caller refers to the model
    [MethodImpl(MethodImplOptions.NoInlining)]
    static long Forgotten(CpuDevice device) => DroppingNone.Create(device, new(20_000, 100, 100)).ArenaBytes;

    static void Step(CompiledModel model) => model.TrainStep(Batch, new(Optimizer.Lamb, 1e-3f));
}
