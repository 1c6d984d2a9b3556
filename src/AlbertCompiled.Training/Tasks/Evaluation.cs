namespace AlbertCompiled.Training;

/// <summary>Means over held-out text.</summary>
/// <param name="Loss">Sum of the two losses below.</param>
/// <param name="MlmLoss">Cross entropy of masked tokens, nats.</param>
/// <param name="SopLoss">Cross entropy of sentence order, nats.</param>
/// <param name="MlmAccuracy">Share of masked tokens found.</param>
/// <param name="SopAccuracy">Share of sequences whose order was told.</param>
/// <param name="Sequences">Sequences read.</param>
/// <param name="Predictions">Masked tokens.</param>
public sealed record EvaluationResult(double Loss, double MlmLoss, double SopLoss, double MlmAccuracy, double SopAccuracy, int Sequences, int Predictions);

/// <summary>Runs a model over held-out batches.</summary>
public static class Evaluation
{
    /// <summary>Evaluates. A batch counts by its predictions and sequences. Null if it was cancelled: a part would be no fair sample.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batches">What to read.</param>
    /// <param name="cancellation">Ends it between batches.</param>
    /// <param name="evaluated">Is told after every batch how many sequences are read.</param>
    public static EvaluationResult? Run(CompiledModel model, IEnumerable<TokenBatch> batches, CancellationToken cancellation = default, Action<int>? evaluated = null)
    {
        double mlmLoss = 0, sopLoss = 0, mlmAccuracy = 0, sopAccuracy = 0;
        int predictions = 0, sequences = 0;
        foreach (var batch in batches)
        {
            if (cancellation.IsCancellationRequested) return null;
            var outputs = model.Evaluate(batch);
            int p = batch.Predicted.Count, s = batch.First.Count;
            mlmLoss += p * (double)outputs["mlm_loss"];
            mlmAccuracy += p * (double)outputs["mlm_accuracy"];
            sopLoss += s * (double)outputs["sop_loss"];
            sopAccuracy += s * (double)outputs["sop_accuracy"];
            predictions += p;
            sequences += s;
            evaluated?.Invoke(sequences);
        }

        double masked = Math.Max(1, predictions), read = Math.Max(1, sequences);
        return new(mlmLoss / masked + sopLoss / read, mlmLoss / masked, sopLoss / read, mlmAccuracy / masked, sopAccuracy / read, sequences, predictions);
    }
}
