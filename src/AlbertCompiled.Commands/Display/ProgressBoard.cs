using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Where a run stands, for display.</summary>
/// <param name="Report">The last step.</param>
/// <param name="Loss">Loss, averaged over the last steps.</param>
/// <param name="MlmAccuracy">Masked tokens found, averaged.</param>
/// <param name="SopAccuracy">Orders told, averaged.</param>
/// <param name="TokensPerSecond">Averaged over the last steps.</param>
/// <param name="Evaluation">The last evaluation.</param>
/// <param name="EvaluatedStep">Its step.</param>
/// <param name="Evaluated">Held-out sequences that the last evaluation of the run has read.</param>
/// <param name="ToEvaluate">All of them; 0: it has not begun.</param>
readonly record struct ProgressSnapshot(
    StepReport Report, double Loss, double MlmAccuracy, double SopAccuracy, double TokensPerSecond, EvaluationResult? Evaluation, long EvaluatedStep, int Evaluated, int ToEvaluate);

/// <summary>Takes reports from the training thread and hands the latest state to the display's. Allocates nothing in a step.</summary>
sealed class ProgressBoard : IPretrainingObserver
{
    readonly Lock gate = new();
    readonly RecentSpeed speed = new();
    ProgressSnapshot current;

    public ProgressSnapshot Read()
    {
        lock (gate) return current;
    }

    /// <summary>Seconds that steps have waited for their batches.</summary>
    public double Waited { get; private set; }

    public void OnStep(in StepReport report)
    {
        lock (gate)
        {
            Waited += report.Wait;
            speed.Add(report.Loss, report.Tokens, report.Seconds);
            current = current with
            {
                Report = report,
                Loss = speed.Loss,
                MlmAccuracy = speed.Next(current.MlmAccuracy, report.MlmAccuracy),
                SopAccuracy = speed.Next(current.SopAccuracy, report.SopAccuracy),
                TokensPerSecond = speed.TokensPerSecond,
            };
        }
    }

    public void OnEvaluation(long step, EvaluationResult result)
    {
        lock (gate) current = current with { Evaluation = result, EvaluatedStep = step };
    }

    public void OnEvaluating(int sequences, int of)
    {
        lock (gate) current = current with { Evaluated = sequences, ToEvaluate = of };
    }

    public void OnCheckpoint(long step, string folder)
    {
    }
}
