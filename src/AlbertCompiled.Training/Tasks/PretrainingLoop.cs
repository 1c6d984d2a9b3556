using System.Diagnostics;

namespace AlbertCompiled.Training;

/// <summary>When a run stops to look at itself.</summary>
/// <param name="Evaluations">Evaluations on a part of the held-out text, evenly spread over the run.</param>
/// <param name="EvaluationSequences">Sequences of those; the last evaluation reads all.</param>
/// <param name="CheckpointEvery">Time between checkpoints.</param>
public sealed record LoopOptions(int Evaluations, int EvaluationSequences, TimeSpan CheckpointEvery)
{
    /// <summary>Ten evaluations on 256 sequences, a checkpoint a minute.</summary>
    public static LoopOptions Default { get; } = new(10, 256, TimeSpan.FromMinutes(1));
}

/// <summary>How a run ended.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Checkpoint">Folder of the last checkpoint.</param>
/// <param name="Evaluation">The last evaluation on all held-out sequences; null if the run was interrupted.</param>
public sealed record PretrainingResult(CheckpointState State, string Checkpoint, EvaluationResult? Evaluation);

/// <summary>The training loop: takes batches that another thread fills, steps, measures, evaluates, saves.</summary>
public sealed class PretrainingLoop
{
    readonly CompiledModel model;
    readonly RunConfiguration configuration;
    readonly HeldOutSet heldOut;
    readonly MetricsWriter metrics;
    readonly CheckpointStore checkpoints;
    readonly IPretrainingObserver observer;
    readonly LoopOptions options;
    readonly Schedule schedule;

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
    public PretrainingLoop(
        CompiledModel model, RunConfiguration configuration, HeldOutSet heldOut, MetricsWriter metrics, CheckpointStore checkpoints,
        IPretrainingObserver observer, LoopOptions options, CheckpointState? resumed = null)
    {
        (this.model, this.configuration, this.heldOut, this.metrics) = (model, configuration, heldOut, metrics);
        (this.checkpoints, this.observer, this.options) = (checkpoints, observer, options);
        schedule = configuration.Recipe.Schedule();
        (seconds, tokens) = (resumed?.TrainingSeconds ?? 0, resumed?.Tokens ?? 0);
    }

    /// <summary>Trains until the last step or until cancelled; a checkpoint is written in both cases.</summary>
    /// <param name="source">Batches by step.</param>
    /// <param name="cancellation">Ends the run after the step in progress, or the last evaluation at once.</param>
    /// <exception cref="TrainingException">The loss is no number, the device failed, or a file cannot be written; the last good checkpoint is intact.</exception>
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
    }

    PretrainingResult Train(IBatchSource source, CancellationToken cancellation)
    {
        long steps = configuration.Recipe.Steps, first = model.Step;
        string? saved = first > 0 ? checkpoints.Latest() : null;
        if (first < steps)
        {
            using var queue = new BatchQueue(source, configuration.Capacity(), first, steps);
            long lastSave = Stopwatch.GetTimestamp();
            while (model.Step < steps && !cancellation.IsCancellationRequested)
            {
                Step(queue);
                if (IsEvaluation(model.Step, steps)) EvaluatePart();
                if (model.Step == steps || Stopwatch.GetElapsedTime(lastSave) < options.CheckpointEvery) continue;
                saved = Save();
                lastSave = Stopwatch.GetTimestamp();
            }

            if (model.Step > first || saved is null) saved = Save();
        }

        if (model.Step < steps) return new(State(), saved!, null);
        var evaluation = Evaluation.Run(model, heldOut.Batches, cancellation);
        if (evaluation is null) return new(State(), saved!, null);
        metrics.Evaluation(model.Step, evaluation, final: true);
        metrics.Flush();
        observer.OnEvaluation(model.Step, evaluation);
        return new(State(), saved!, evaluation);
    }

    void Step(BatchQueue queue)
    {
        long start = Stopwatch.GetTimestamp(), step = model.Step;
        double waited = queue.Waited;
        var batch = queue.Take();
        waited = queue.Waited - waited;
        float rate = schedule.At(step);
        var result = model.TrainStep(batch, configuration.Recipe.Update(rate));
        if (!float.IsFinite(result.Loss) || !float.IsFinite(result.GradientNorm)) throw Diverged(step + 1, result.Loss, result.GradientNorm);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        seconds += elapsed;
        tokens += batch.Tokens.Count;
        var outputs = result.Outputs;
        var report = new StepReport(
            model.Step, result.Loss, outputs["mlm_loss"], outputs["sop_loss"], outputs["mlm_accuracy"], outputs["sop_accuracy"], rate, result.GradientNorm,
            SequenceStage.At(configuration.Recipe.Stages, configuration.Recipe.Steps, step).Stage.Sequence, batch.Tokens.Count, tokens, elapsed, seconds, waited);
        metrics.Step(report);
        observer.OnStep(report);
    }

    bool IsEvaluation(long step, long steps) =>
        step < steps && options.Evaluations > 0 && step * options.Evaluations / steps != (step - 1) * options.Evaluations / steps;

    void EvaluatePart()
    {
        int sequences = 0;
        var result = Evaluation.Run(model, heldOut.Batches.TakeWhile(b => (sequences += b.First.Count) - b.First.Count < options.EvaluationSequences))!;
        metrics.Evaluation(model.Step, result, final: false);
        observer.OnEvaluation(model.Step, result);
    }

    string Save()
    {
        metrics.Flush();
        string folder = checkpoints.Save(model, State());
        observer.OnCheckpoint(model.Step, folder);
        return folder;
    }

    CheckpointState State() => new(configuration.Model, model.Step, model.Seed, seconds, tokens);

    TrainingException Diverged(long step, float loss, float norm)
    {
        string what = float.IsFinite(loss) ? $"the gradient norm is {norm}" : $"the loss is {loss}";
        return new($"{what} at step {step}, so training stopped; {LastCheckpoint()}: try a lower --learning-rate");
    }

    string LastCheckpoint() => checkpoints.Latest() is { } folder ? $"the last good checkpoint is {folder}" : "there is no earlier checkpoint";
}
