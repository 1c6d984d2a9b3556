using System.Diagnostics;

namespace AlbertCompiled.Training;

/// <summary>
/// Fine-tunes a model on a task: epochs over the shuffled training set, each judged on the development set; the best epoch's weights are kept.
/// An update is the same whatever the room of a batch: what does not fit at once is added up. All follows from the model's seed and its step, so that a run
/// goes on after any update as if it had not been interrupted.
/// </summary>
/// <param name="model">The model, with the weights to start from.</param>
/// <param name="recipe">Hyperparameters.</param>
/// <param name="training">What to learn from.</param>
/// <param name="development">What to judge by.</param>
/// <param name="observer">Is told of progress.</param>
/// <param name="resumed">Where to go on; the model has the weights, moments and step of then. Null: from the first epoch.</param>
public sealed class FineTuningLoop(
    CompiledModel model, FineTuningRecipe recipe, TaskSet training, TaskSet development, IFineTuningObserver? observer = null, FineTuningProgress? resumed = null)
{
    readonly List<TokenBatch> parts = [];
    readonly List<FineTuningStep> steps = [.. resumed?.Steps ?? []];
    readonly List<EpochResult> epochs = [.. resumed?.Epochs ?? []];
    readonly float[] best = resumed?.BestWeights ?? new float[model.Parameters.Length];
    float[][]? answers; // of the best epoch
    double seconds = resumed?.Seconds ?? 0;
    long first;         // the model's step in front of the first epoch
    long updates;       // of an epoch

    /// <summary>Checks that a set can be learned from with these settings, which training else tells when it has begun.</summary>
    /// <exception cref="TrainingException">Examples are to be drawn by classes, and there are none, or none that may be drawn.</exception>
    public static void Check(FineTuningRecipe recipe, TaskSet training) => Order(recipe, training, seed: 0, epoch: 1);

    /// <summary>Trains to the last epoch, until patience ends, or until cancelled. The schedule counts from the model's step, so that a model may be trained before.</summary>
    /// <param name="cancellation">Ends it after the update in progress; the best epoch so far is the result.</param>
    /// <exception cref="TrainingException">
    /// The loss or an answer is no number, there is nothing to learn from or to judge by, the model is not one for this task and recipe, or what is resumed had other epochs.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled before an epoch ended, of a resumed run before a better one than those before.</exception>
    public FineTuningResult Run(CancellationToken cancellation = default)
    {
        recipe.Check();
        if (recipe.Precision != model.Precision) throw new TrainingException($"the recipe trains in {recipe.Precision}, the model was created in {model.Precision}: create it in the recipe's precision");
        CheckClasses(training);
        CheckClasses(development);
        if (development.Count == 0 || !development.IsLabelled) throw new TrainingException("the development set has no labels: there is nothing to judge by");
        int items = ItemOrder.Shuffled(training, model.Seed, 1).Length;
        if (items == 0) throw new TrainingException("the training set has no labels: there is nothing to learn from");
        updates = (items + recipe.BatchSize - 1) / recipe.BatchSize;
        first = model.Step - steps.Count;
        if (Begun() is var begun && (begun < 0 || begun > updates)) throw new TrainingException($"a run of {steps.Count} updates and {epochs.Count} epochs is not one of epochs of {updates} updates");
        var schedule = recipe.Schedule(recipe.Epochs * updates);
        var bestEpoch = epochs.LastOrDefault(e => e.IsBest);
        bool IsComplete() => epochs.Count >= recipe.Epochs || (recipe.Patience > 0 && epochs.Count - bestEpoch?.Epoch >= recipe.Patience);
        while (!IsComplete())
        {
            int epoch = epochs.Count + 1;
            if (Train(epoch, schedule, cancellation) is not { } loss || Judge(cancellation) is not { } judged)
            {
                observer?.OnStopped();
                break;
            }

            var metrics = development.Judge(judged);
            bool isBest = bestEpoch is null || metrics[0].IsBetterThan(bestEpoch.Main);
            var result = new EpochResult(epoch, model.Step, loss, metrics, isBest, isBest ? development.BestThreshold(judged) : null);
            epochs.Add(result);
            if (isBest)
            {
                model.Parameters.Read(ParameterState.Value, 0, best);
                (bestEpoch, answers) = (result, judged);
            }

            observer?.OnEpoch(result);
        }

        if (bestEpoch is null) throw new OperationCanceledException(cancellation);
        model.Parameters.Write(ParameterState.Value, 0, best);
        return new(epochs, bestEpoch, answers ?? Predictor.Run(model, development, cancellation, Answered), steps, seconds, IsComplete());
    }

    // updates of the epoch that has not ended
    long Begun() => steps.Count - epochs.Count * updates;

    void Answered(int items) => observer?.OnAnswered(items, development.Count);

    // what else is found out when an epoch is over
    void CheckClasses(TaskSet set)
    {
        if (model.Description.LearnsFrom == LabelKind.None) throw new TrainingException($"{model.Description.Name} is not trained for a task: give it one that trains in place of what it is compiled for");
        var program = model.Description.Program(set.Program) ?? throw new TrainingException($"{model.Description.Name} has no program {set.Program}: the task needs a model with its head");
        if (set.Labels is not { } labels) return;
        int classes = program.Outputs.First(o => o.Name == "logits").Columns;
        if (classes < labels.Count) throw new TrainingException($"{model.Description.Name} tells {classes} classes apart, the task has {labels.Count}");
        for (int item = 0; item < set.Count; item++)
            if (set.ClassOf(item) is { } label && (uint)label >= (uint)labels.Count) throw new TrainingException($"example {item} is of class {label}, the task has {labels.Count}, from 0");
    }

    static int[] Order(FineTuningRecipe recipe, TaskSet training, ulong seed, int epoch) =>
        recipe.Balance || recipe.ClassWeights is not null ? ItemOrder.Weighted(training, recipe.ClassWeights, seed, epoch) : ItemOrder.Shuffled(training, seed, epoch);

    // the mean loss; null if cancelled
    double? Train(int epoch, Schedule schedule, CancellationToken cancellation)
    {
        int begun = (int)Begun();
        double loss = 0;
        foreach (var before in steps.TakeLast(begun)) loss += before.Loss;
        foreach (int[] chunk in Order(recipe, training, model.Seed, epoch).Chunk(recipe.BatchSize).Skip(begun))
        {
            if (cancellation.IsCancellationRequested) return null;
            long start = Stopwatch.GetTimestamp();
            float rate = schedule.At(model.Step - first);
            int tokens = 0;
            var filled = Fill(chunk);
            foreach (var part in filled) tokens += part.Tokens.Count;
            var result = model.TrainStep(filled, recipe.Update(rate));
            float stepLoss = result.Loss, norm = result.GradientNorm;
            if (!float.IsFinite(stepLoss) || !float.IsFinite(norm))
                throw new TrainingException($"the {(float.IsFinite(stepLoss) ? $"gradient norm is {norm}" : $"loss is {stepLoss}")} at step {model.Step}, so training stopped: begin anew with a lower --learning-rate, in the same --run with --new");
            double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            seconds += elapsed;
            loss += stepLoss;
            var step = new FineTuningStep(model.Step, stepLoss, rate, norm, tokens, elapsed);
            steps.Add(step);
            observer?.OnStep(step, schedule.Steps);
        }

        return loss / updates;
    }

    // as few batches as the items take, in their order
    ReadOnlySpan<TokenBatch> Fill(int[] items)
    {
        int used = 0;
        foreach (int item in items)
        {
            var size = training.Size(item);
            if (used == 0 || !parts[used - 1].Fits(size))
            {
                if (used == parts.Count) parts.Add(new(model.Capacity));
                parts[used++].Clear();
                if (!parts[used - 1].Fits(size)) throw Predictor.TooLong(model, size);
            }

            training.Add(parts[used - 1], item);
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(parts)[..used];
    }

    float[][]? Judge(CancellationToken cancellation)
    {
        try
        {
            return Predictor.Run(model, development, cancellation, Answered);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
