using System.Diagnostics;
using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>Trains a small model and scores it.</summary>
/// <param name="device">Where.</param>
/// <param name="tasks">What on.</param>
public sealed class TrainingRun(Device device, HeldOutTasks tasks)
{
    static readonly Objective[] Pairs = [Objective.SentenceOrder, Objective.NextSentence];

    readonly Lazy<Dictionary<Objective, IReadOnlyList<TokenBatch>>> probes = new(() => Pairs.ToDictionary(o => o, tasks.Probe));

    /// <summary>Measures what a key asks for.</summary>
    /// <exception cref="TrainingException">The loss is no number.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted: nothing is kept of the run.</exception>
    public RunResult Run(RunKey key, CancellationToken cancellation)
    {
        var model = ExperimentModel.Find(key.Configuration);
        using var instance = model.Create(device, ExperimentRecipe.Capacity, key.Seed);
        var (seconds, tokens) = Train(instance, key, cancellation);
        var values = new Dictionary<string, double>
        {
            [Measured.Parameters] = model.Description.ParameterCount,
            [Measured.Steps] = key.Steps,
            [Measured.Seconds] = seconds,
            [Measured.TokensPerSecond] = tokens / Math.Max(seconds, 1e-9),
        };
        Score(instance, key.Objective, values, cancellation);
        var layers = LayerSummary.Of(instance, tasks.Traced);
        (values[Measured.MeanDistance], values[Measured.MeanDegrees]) = (layers.Distances.Average(), layers.Degrees.Average());
        (values[Measured.Roughness], values[Measured.LastDistance]) = (layers.Roughness, layers.Last);
        return RunResult.Of(key, values) with { Distances = layers.Distances, Degrees = layers.Degrees };
    }

    (double Seconds, long Tokens) Train(CompiledModel model, RunKey key, CancellationToken cancellation)
    {
        var recipe = ExperimentRecipe.Of(key.Objective, key.Steps);
        var schedule = recipe.Schedule();
        using var queue = new BatchQueue(new PretrainingBatches(tasks.Corpus, tasks.Vocabulary, recipe, model.Capacity, key.Seed), model.Capacity, 0, recipe.Steps);
        long start = Stopwatch.GetTimestamp(), tokens = 0;
        while (model.Step < recipe.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = queue.Take();
            float loss = model.TrainStep(batch, recipe.Update(schedule.At(model.Step))).Loss;
            if (!float.IsFinite(loss)) throw new TrainingException($"the loss of {key.Configuration}, seed {key.Seed}, is {loss} at step {model.Step}");
            tokens += batch.Tokens.Count;
        }

        return (Stopwatch.GetElapsedTime(start).TotalSeconds, tokens);
    }

    void Score(CompiledModel model, Objective objective, Dictionary<string, double> values, CancellationToken cancellation)
    {
        var order = Evaluate(Objective.SentenceOrder);
        (values[Measured.MlmAccuracy], values[Measured.MlmLoss], values[Measured.SopAccuracy]) = (order.MlmAccuracy, order.MlmLoss, order.SopAccuracy);
        values[Measured.NspAccuracy] = Evaluate(Objective.NextSentence).SopAccuracy;
        values[Measured.OwnMlmAccuracy] = objective == Objective.SentenceOrder ? order.MlmAccuracy : Evaluate(objective).MlmAccuracy;
        values[Measured.SopProbe] = LinearProbe.Accuracy(model, probes.Value[Objective.SentenceOrder], tasks[Objective.SentenceOrder].Batches);
        values[Measured.NspProbe] = LinearProbe.Accuracy(model, probes.Value[Objective.NextSentence], tasks[Objective.NextSentence].Batches);

        EvaluationResult Evaluate(Objective task) => Evaluation.Run(model, tasks[task].Batches, cancellation) ?? throw new OperationCanceledException(cancellation);
    }
}
