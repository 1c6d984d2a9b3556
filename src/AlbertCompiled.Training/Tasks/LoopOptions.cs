namespace AlbertCompiled.Training;

/// <summary>When a run stops to look at itself, and what it keeps. No weight depends on it.</summary>
/// <param name="Evaluations">Evaluations on a part of the held-out text, evenly spread over the run.</param>
/// <param name="EvaluationSequences">Sequences of those; the last evaluation reads all.</param>
/// <param name="CheckpointEvery">Time between checkpoints; null: steps alone decide.</param>
/// <param name="CheckpointSteps">Steps between checkpoints; 0: time alone decides.</param>
/// <param name="EvaluateEvery">Steps between evaluations, in place of <paramref name="Evaluations"/>; 0: as many as those.</param>
/// <param name="Keep">How many of the newest checkpoints stay, besides the best on held-out text.</param>
public sealed record LoopOptions(int Evaluations, int EvaluationSequences, TimeSpan? CheckpointEvery, long CheckpointSteps = 0, long EvaluateEvery = 0, int Keep = 1)
{
    /// <summary>Ten evaluations on 256 sequences, a checkpoint a minute.</summary>
    public static LoopOptions Default { get; } = new(10, 256, TimeSpan.FromMinutes(1));

    /// <summary>True if the run is evaluated after <paramref name="step"/> of <paramref name="steps"/> updates; at the end it always is, if at all.</summary>
    public bool EvaluatesAt(long step, long steps) =>
        EvaluateEvery > 0 ? step % EvaluateEvery == 0 || step == steps : Evaluations > 0 && step * Evaluations / steps != (step - 1) * Evaluations / steps;

    /// <summary>True if a checkpoint is due.</summary>
    /// <param name="step">Updates applied.</param>
    /// <param name="sinceLast">Time since the last checkpoint.</param>
    public bool SavesAt(long step, TimeSpan sinceLast) => (CheckpointSteps > 0 && step % CheckpointSteps == 0) || sinceLast >= CheckpointEvery;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="TrainingException">One is out of range.</exception>
    public void Check()
    {
        if (CheckpointSteps < 0) throw new TrainingException($"a checkpoint every {CheckpointSteps} steps: --checkpoint-steps must be at least 1");
        if (CheckpointEvery < TimeSpan.Zero) throw new TrainingException($"a checkpoint every {CheckpointEvery.Value.TotalMinutes} minutes: --checkpoint-minutes must not be negative");
        if (EvaluateEvery < 0) throw new TrainingException($"an evaluation every {EvaluateEvery} steps: --evaluate-every must be at least 1");
        if (Keep < 1) throw new TrainingException($"{Keep} checkpoints kept: --keep must be at least 1");
    }
}
