using AlbertCompiled.Cpu;
using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>What jobs say they cost, which profiles compare times with.</summary>
public class JobCostTests
{
    [Fact]
    public void The_FLOPs_of_all_jobs_are_those_that_the_compiler_counted()
    {
        using var device = new CpuDevice(2);
        using var model = OddEverything.Create(device, new(20, 3, 9));
        var batch = Batches.Random(7, 37, 3, 5, 12, 1);
        double flops = 0;
        device.Team.Observer = (work, _) => flops += work.Cost.Flops;
        model.TrainStep(batch, new OptimizerSettings(Optimizer.AdamW, 0.1f));
        var train = model.Description.Programs.Single(p => p.Name == "train");
        Assert.Equal(
            train.FlopsPerToken * batch.Tokens.Count + train.FlopsPerSequence * 3 + train.FlopsPerPrediction * batch.Predicted.Count + train.FlopsPerTokenPair * (25 + 144 + 1),
            flops);
    }

    [Fact]
    public void Every_job_of_a_step_tells_its_bytes_and_has_a_name()
    {
        using var device = new CpuDevice(2);
        using var model = OddEverything.Create(device, new(20, 3, 9));
        var silent = new List<string>();
        device.Team.Observer = (work, _) =>
        {
            string name = work.ToString()!;
            if (work.Cost.Bytes <= 0 || name.Contains('`')) silent.Add(name);
        };
        foreach (var optimizer in Enum.GetValues<Optimizer>()) model.TrainStep(Batches.Random(7, 37, 3, 5, 12, 1), new OptimizerSettings(optimizer, 0.1f));
        Assert.Empty(silent);
    }
}
