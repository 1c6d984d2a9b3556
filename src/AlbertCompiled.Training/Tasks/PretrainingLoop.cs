using System.Diagnostics;

namespace AlbertCompiled.Training;

/// <summary>How a run ended.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Checkpoint">Folder of the last checkpoint.</param>
/// <param name="Evaluation">The last evaluation on all held-out sequences; null if the run was interrupted.</param>
public sealed record PretrainingResult(CheckpointState State, string Checkpoint, EvaluationResult? Evaluation);

/// <summary>The training loop: takes batches that another thread fills, steps, measures, evaluates, saves.</summary>
public sealed class PretrainingLoop
{
    static readonly string[] Reported = ["mlm_loss", "sop_loss", "mlm_accuracy", "sop_accuracy"];

    readonly CompiledModel model;
    readonly RunConfiguration configuration;
    readonly HeldOutSet heldOut;
    readonly MetricsWriter metrics;
    readonly CheckpointStore checkpoints;
    readonly IPretrainingObserver observer;
    readonly LoopOptions options;
    readonly Schedule schedule;
    readonly TokenBatch[] parts;

    double seconds;
    long tokens;

    /// <summary>Prepares a loop.</summary>
    /// <param name="model">The model, restored from a checkpoint if the run is resumed.</param>
    /// <param name="configuration">The run's settings.</param>
    /// <param name="heldOut">What to evaluate on.</param>
    /// <param name="metrics">Receives every measurement.</param>
    /// <param name="checkpoints">Receives checkpoints.</param>
    /// <param name="observer">Is told of progress.</param>
    /// <param name="options">When to evaluate and save.</param>
    /// <param name="resumed">State of the checkpoint that the run goes on from; null for a new run.</param>
    /// <exception cref="TrainingException">
    /// The model was created in another precision than the recipe's, or its training does not tell what a run reports: the scalars "mlm_loss", "sop_loss", "mlm_accuracy" and "sop_accuracy".
    /// </exception>
    public PretrainingLoop(
        CompiledModel model, RunConfiguration configuration, HeldOutSet heldOut, MetricsWriter metrics, CheckpointStore checkpoints,
        IPretrainingObserver observer, LoopOptions options, CheckpointState? resumed = null)
    {
        (this.model, this.configuration, this.heldOut, this.metrics) = (model, configuration, heldOut, metrics);
        (this.checkpoints, this.observer, this.options) = (checkpoints, observer, options);
        if (configuration.Recipe.Precision != model.Precision)
            throw new TrainingException($"the recipe trains in {configuration.Recipe.Precision}, the model was created in {model.Precision}: create it in the recipe's precision");
        Check(model.Description);
        schedule = configuration.Recipe.Schedule();
        parts = new TokenBatch[configuration.Recipe.Accumulate];
        (seconds, tokens) = (resumed?.TrainingSeconds ?? 0, resumed?.Tokens ?? 0);
    }

    /// <summary>Checks that a model's training tells what a run reports.</summary>
    /// <exception cref="TrainingException">It does not.</exception>
    public static void Check(ModelDescription model)
    {
        string[] told = [.. model.Program("train")?.Outputs.Select(o => o.Name) ?? []];
        if (Reported.FirstOrDefault(r => !told.Contains(r)) is { } missing)
            throw new TrainingException($"{model.Name} has no output {missing}, which a pretraining run reports: its Pretraining method must return {string.Join(", ", Reported)}");
    }

    /// <summary>Trains until the last step or until cancelled; a checkpoint is written in both cases.</summary>
    /// <param name="source">Batches: those of an update follow each other.</param>
    /// <param name="cancellation">Ends the run after the step in progress, or the last evaluation at once.</param>
    /// <exception cref="TrainingException">The loss is no number, in training or on held-out text, the device failed, or a file cannot be written; the last good checkpoint is intact.</exception>
    public PretrainingResult Run(IBatchSource source, CancellationToken cancellation)
    {
        try
        {
            return Train(source, cancellation);
        }
        catch (DeviceException e)
        {
            // nothing on a device that failed can be read any more: what was saved before is what remains
            throw new TrainingException($"{e.Message} in step {model.Step}, so training stopped; {LastCheckpoint()}", e);
        }
        catch (IOException e)
        {
            throw new TrainingException($"{e.Message} in step {model.Step}, so training stopped; {LastCheckpoint()}", e);
        }
    }

    PretrainingResult Train(IBatchSource source, CancellationToken cancellation)
    {
        long steps = configuration.Recipe.Steps, first = model.Step;
        string? saved = first > 0 ? checkpoints.Latest() : null;
        if (first < steps)
        {
            using var queue = new BatchQueue(source, configuration.Capacity(), first * parts.Length, steps * parts.Length, parts.Length);
            long lastSave = Stopwatch.GetTimestamp(), lastStep = first;
            double best = checkpoints.Best()?.HeldOutLoss ?? double.PositiveInfinity;
            while (model.Step < steps && !cancellation.IsCancellationRequested)
            {
                Step(queue);
                double? heldOutLoss = options.EvaluatesAt(model.Step, steps) ? EvaluatePart(steps) : null;
                if (model.Step < steps && !(heldOutLoss < best) && !options.SavesAt(model.Step, Stopwatch.GetElapsedTime(lastSave))) continue;
                saved = Save(heldOutLoss);
                best = Math.Min(best, heldOutLoss ?? best);
                (lastSave, lastStep) = (Stopwatch.GetTimestamp(), model.Step);
            }

            if (model.Step > lastStep || saved is null) saved = Save(null);
        }

        if (model.Step < steps) return new(State(), saved!, null);
        int of = heldOut.Sequences;
        var evaluation = Evaluation.Run(model, heldOut.Batches, cancellation, sequences => observer.OnEvaluating(sequences, of));
        if (evaluation is null) return new(State(), saved!, null);
        Check(evaluation);
        metrics.Evaluation(model.Step, evaluation, final: true);
        metrics.Flush();
        observer.OnEvaluation(model.Step, evaluation);
        return new(State(), saved!, evaluation);
    }

    void Step(BatchQueue queue)
    {
        long start = Stopwatch.GetTimestamp(), step = model.Step;
        double waited = queue.Waited;
        int stepTokens = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = queue.Take();
            stepTokens += parts[i].Tokens.Count;
        }

        waited = queue.Waited - waited;
        float rate = schedule.At(step);
        var result = model.TrainStep(parts, configuration.Recipe.Update(rate));
        if (!float.IsFinite(result.Loss) || !float.IsFinite(result.GradientNorm)) throw Diverged(float.IsFinite(result.Loss) ? $"the gradient norm is {result.GradientNorm}" : $"the loss is {result.Loss}");
        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        seconds += elapsed;
        tokens += stepTokens;
        var outputs = result.Outputs;
        var report = new StepReport(
            model.Step, result.Loss, outputs["mlm_loss"], outputs["sop_loss"], outputs["mlm_accuracy"], outputs["sop_accuracy"], rate, result.GradientNorm,
            SequenceStage.At(configuration.Recipe.Stages, configuration.Recipe.Steps, step).Stage.Sequence, stepTokens, tokens, elapsed, seconds, waited);
        metrics.Step(report);
        observer.OnStep(report);
    }

    // the loss, by which the best checkpoint is found
    double EvaluatePart(long steps)
    {
        int sequences = 0;
        var result = Evaluation.Run(model, heldOut.Batches.TakeWhile(b => (sequences += b.First.Count) - b.First.Count < options.EvaluationSequences))!;
        Check(result);
        if (model.Step < steps)
        {
            // after the last step a curve gets the final evaluation, on all of the text
            metrics.Evaluation(model.Step, result, final: false);
            observer.OnEvaluation(model.Step, result);
        }

        return result.Loss;
    }

    // an update can ruin the weights that gave it a loss and a gradient
    void Check(EvaluationResult result)
    {
        if (!double.IsFinite(result.Loss)) throw Diverged($"the held-out loss is {result.Loss}");
    }

    string Save(double? heldOutLoss)
    {
        metrics.Flush();
        string folder = checkpoints.Save(model, State(), heldOutLoss);
        observer.OnCheckpoint(model.Step, folder);
        return folder;
    }

    CheckpointState State() => new(configuration.Model, model.Step, model.Seed, seconds, tokens);

    // a checkpoint of this step, if there is one, holds what diverged
    TrainingException Diverged(string what) =>
        new($"{what} at step {model.Step}, so training stopped; {LastCheckpoint(model.Step)}: begin anew with a lower --learning-rate, in the same --run with --new");

    string LastCheckpoint(long before = long.MaxValue) => checkpoints.Latest(before) is { } folder ? $"the last good checkpoint is {folder}" : "there is no earlier checkpoint";
}
