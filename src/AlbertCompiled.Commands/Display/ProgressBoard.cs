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
readonly record struct ProgressSnapshot(
    StepReport Report, double Loss, double MlmAccuracy, double SopAccuracy, double TokensPerSecond, EvaluationResult? Evaluation, long EvaluatedStep);

/// <summary>Takes reports from the training thread and hands the latest state to the display's. Allocates nothing in a step.</summary>
sealed class ProgressBoard : IPretrainingObserver
{
    const double SteadyWeight = 0.03; // of a new value in the running averages: about 30 steps

    readonly Lock gate = new();
    ProgressSnapshot current;
    double tokens, seconds;
    long reports;

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
            double weight = Math.Max(SteadyWeight, 1.0 / ++reports); // a plain mean at first
            tokens += weight * (report.Tokens - tokens);
            seconds += weight * (report.Seconds - seconds);
            current = current with
            {
                Report = report,
                Loss = current.Loss + weight * (report.Loss - current.Loss),
                MlmAccuracy = current.MlmAccuracy + weight * (report.MlmAccuracy - current.MlmAccuracy),
                SopAccuracy = current.SopAccuracy + weight * (report.SopAccuracy - current.SopAccuracy),
                TokensPerSecond = tokens / Math.Max(seconds, 1e-9),
            };
        }
    }

    public void OnEvaluation(long step, EvaluationResult result)
    {
        lock (gate) current = current with { Evaluation = result, EvaluatedStep = step };
    }

    public void OnCheckpoint(long step, string folder)
    {
    }
}
