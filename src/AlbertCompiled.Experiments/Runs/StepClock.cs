using System.Diagnostics;
using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>How many steps of one model take as long as a step of another: blocks of both in turn, so that a busy machine slows both.</summary>
public static class StepClock
{
    const int Blocks = 7, BlockSteps = 8;

    /// <summary>Measures the ratio.</summary>
    /// <param name="device">Where.</param>
    /// <param name="tasks">Whose text to train on.</param>
    /// <param name="reference">The model whose time is given.</param>
    /// <param name="model">The model whose steps are asked for.</param>
    /// <param name="cancellation">Ends after the step in progress.</param>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public static double Ratio(Device device, HeldOutTasks tasks, ExperimentModel reference, ExperimentModel model, CancellationToken cancellation)
    {
        var capacity = ExperimentRecipe.Capacity;
        var recipe = ExperimentRecipe.Of(Objective.SentenceOrder, (Blocks + 1) * BlockSteps);
        var source = new PretrainingBatches(tasks.Corpus, tasks.Vocabulary, recipe, capacity, seed: 1);
        using var first = reference.Create(device, capacity);
        using var second = model.Create(device, capacity);
        var batch = new TokenBatch(capacity);
        Block(first);
        Block(second); // code is compiled, memory touched
        return SeedSpread.Of(Enumerable.Range(0, Blocks).Select(_ => Block(first) / Block(second))).Median;

        double Block(CompiledModel trained)
        {
            double seconds = 0;
            for (int i = 0; i < BlockSteps; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                source.Fill(trained.Step, batch);
                long start = Stopwatch.GetTimestamp();
                _ = trained.TrainStep(batch, recipe.Update(1e-4f)).Loss; // waits for the step
                seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            }

            return seconds;
        }
    }
}
