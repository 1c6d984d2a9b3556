namespace AlbertCompiled.Training;

/// <summary>What one training step measured.</summary>
/// <param name="Step">Updates applied so far, this one counted.</param>
/// <param name="Loss">Loss on the batch.</param>
/// <param name="MlmLoss">Its masked-token part.</param>
/// <param name="SopLoss">Its sentence-order part.</param>
/// <param name="MlmAccuracy">Share of the batch's masked tokens found.</param>
/// <param name="SopAccuracy">Share of the batch's sequences whose order was told.</param>
/// <param name="LearningRate">Rate of the update.</param>
/// <param name="GradientNorm">Global norm before clipping.</param>
/// <param name="Sequence">Longest sequence of the stage.</param>
/// <param name="Tokens">Tokens in the batch.</param>
/// <param name="TotalTokens">Tokens of all steps.</param>
/// <param name="Seconds">Time of the step, waiting for its batch included.</param>
/// <param name="TotalSeconds">Time of all steps; evaluation and checkpoints do not count.</param>
/// <param name="Wait">Seconds of the step's time that it waited for its batch.</param>
public readonly record struct StepReport(
    long Step, float Loss, float MlmLoss, float SopLoss, float MlmAccuracy, float SopAccuracy, float LearningRate, float GradientNorm,
    int Sequence, int Tokens, long TotalTokens, double Seconds, double TotalSeconds, double Wait);

/// <summary>Follows a run. Calls come on the training thread and must be quick.</summary>
public interface IPretrainingObserver
{
    /// <summary>After every step; must not allocate.</summary>
    void OnStep(in StepReport report);

    /// <summary>After an evaluation on held-out text.</summary>
    void OnEvaluation(long step, EvaluationResult result);

    /// <summary>Within an evaluation on all held-out text.</summary>
    /// <param name="sequences">Sequences read.</param>
    /// <param name="of">All of them.</param>
    void OnEvaluating(int sequences, int of)
    {
    }

    /// <summary>After a checkpoint was written.</summary>
    void OnCheckpoint(long step, string folder);
}
