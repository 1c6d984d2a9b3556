using System.Diagnostics;
using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>Measures the throughput of training: full sequences of random tokens, 15% of them predicted.</summary>
/// <param name="device">Where.</param>
public sealed class SpeedRun(Device device)
{
    /// <summary>Tokens of a step: one sequence, of a model with fewer positions several.</summary>
    public const int Tokens = 256;

    const double Predicted = 0.15;
    const double LongestStep = 12; // seconds: a row that takes longer is left out

    static readonly OptimizerSettings Settings = new(Optimizer.Lamb, 1e-4f);

    double flopsPerSecond; // of the rows before

    /// <summary>Takes a measurement of before, by which it is estimated what the next model takes.</summary>
    public void Remember(RunResult result) => flopsPerSecond = Flops(ExperimentModel.Find(result.Key.Configuration).Description) / result.Values[Measured.Seconds];

    /// <summary>The throughput of repetitions that follow each other; fewer than asked for, or none, of a model that would take too long here.</summary>
    /// <param name="keys">A key for each repetition.</param>
    /// <param name="cancellation">Ends after the step in progress.</param>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public IEnumerable<RunResult> Run(IReadOnlyList<RunKey> keys, CancellationToken cancellation)
    {
        var model = ExperimentModel.Find(keys[0].Configuration);
        double flops = Flops(model.Description);
        if (flopsPerSecond > 0 && flops / flopsPerSecond > LongestStep) yield break;
        var batch = Batch(model.Description);
        using var instance = model.Create(device, batch.Capacity);
        Seconds(instance, batch); // code is compiled and memory touched
        foreach (var key in keys)
        {
            cancellation.ThrowIfCancellationRequested();
            double seconds = Seconds(instance, batch);
            var result = RunResult.Of(key, new Dictionary<string, double>
            {
                [Measured.Parameters] = model.Description.ParameterCount,
                [Measured.Seconds] = seconds,
                [Measured.TokensPerSecond] = Tokens / seconds,
            });
            Remember(result);
            yield return result;
        }
    }

    static double Seconds(CompiledModel model, TokenBatch batch)
    {
        long start = Stopwatch.GetTimestamp();
        _ = model.TrainStep(batch, Settings).Loss; // waits for the step
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static double Flops(ModelDescription model)
    {
        var train = model.Program("train")!;
        return train.FlopsPerToken * Tokens + train.FlopsPerSequence + train.FlopsPerPrediction * Predicted * Tokens + train.FlopsPerTokenPair * Tokens * Tokens;
    }

    static TokenBatch Batch(ModelDescription model)
    {
        var random = new Random(7);
        int length = Math.Min(Tokens, model.Positions()), vocabulary = model.Vocabulary();
        int[] predicted = [.. Enumerable.Range(0, (int)(Predicted * length)).Select(i => (int)(i / Predicted))];
        var batch = new TokenBatch(new(Tokens, Tokens / length, Tokens / length * predicted.Length));
        for (int i = 0; i < Tokens / length; i++) batch.Add(Draw(length), new int[length], predicted, Draw(predicted.Length), order: 0);
        return batch;

        int[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }
}
