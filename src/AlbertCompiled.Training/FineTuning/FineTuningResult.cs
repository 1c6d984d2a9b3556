namespace AlbertCompiled.Training;

/// <summary>What one update measured.</summary>
/// <param name="Step">Updates so far, this one counted.</param>
/// <param name="Loss">Loss on the update's examples, dropout on.</param>
/// <param name="LearningRate">Rate of the update.</param>
/// <param name="GradientNorm">Global norm before clipping.</param>
/// <param name="Tokens">Tokens read.</param>
/// <param name="Seconds">Time it took.</param>
public readonly record struct FineTuningStep(long Step, float Loss, float LearningRate, float GradientNorm, int Tokens, double Seconds);

/// <summary>What came out after an epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Step">Updates so far.</param>
/// <param name="TrainingLoss">Mean loss of the epoch's updates.</param>
/// <param name="Metrics">Metrics of the development set; the first is the main one.</param>
/// <param name="IsBest">True if the main metric is better than after any epoch before.</param>
/// <param name="NullOddsThreshold">Of the best epoch, where questions may be without an answer: the threshold of null odds at which F1 is best. Null where it is read from measurements.</param>
public sealed record EpochResult(int Epoch, long Step, double TrainingLoss, IReadOnlyList<MetricValue> Metrics, bool IsBest, double? NullOddsThreshold = null)
{
    /// <summary>The main metric.</summary>
    public MetricValue Main => Metrics[0];
}

/// <summary>How fine-tuning went. The model holds the weights of the best epoch.</summary>
/// <param name="Epochs">All epochs.</param>
/// <param name="Best">The epoch whose weights were kept.</param>
/// <param name="Answers">What the best model says of the development set.</param>
/// <param name="Steps">All updates.</param>
/// <param name="Seconds">Time of all updates; evaluation does not count.</param>
/// <param name="IsComplete">False if it was interrupted.</param>
public sealed record FineTuningResult(IReadOnlyList<EpochResult> Epochs, EpochResult Best, float[][] Answers, IReadOnlyList<FineTuningStep> Steps, double Seconds, bool IsComplete = true);

/// <summary>Where a run stands after an update, beside what its model holds.</summary>
/// <param name="Epochs">Epochs that have ended.</param>
/// <param name="Steps">Updates so far, those of an epoch that has begun included.</param>
/// <param name="Seconds">Time of these.</param>
/// <param name="BestWeights">Weights of the best epoch, as the model's parameters lie; null: none has ended.</param>
public sealed record FineTuningProgress(IReadOnlyList<EpochResult> Epochs, IReadOnlyList<FineTuningStep> Steps, double Seconds, float[]? BestWeights);

/// <summary>Follows fine-tuning. Calls come on the training thread.</summary>
public interface IFineTuningObserver
{
    /// <summary>After every update.</summary>
    /// <param name="step">What it measured.</param>
    /// <param name="steps">Updates of all epochs together.</param>
    void OnStep(in FineTuningStep step, long steps);

    /// <summary>After every epoch; if it is the best, the model holds its weights now.</summary>
    void OnEpoch(EpochResult epoch);

    /// <summary>While the development set is answered.</summary>
    /// <param name="items">Items that are answered.</param>
    /// <param name="of">All of them.</param>
    void OnAnswered(int items, int of)
    {
    }

    /// <summary>Training stops before its end. The model still holds what the last update left, from which training can go on; then it gets the best epoch's weights.</summary>
    void OnStopped()
    {
    }
}
