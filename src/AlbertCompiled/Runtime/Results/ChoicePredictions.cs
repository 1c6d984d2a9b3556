namespace AlbertCompiled;

/// <summary>The choices of questions. Valid as long as the logits and the batch.</summary>
/// <param name="logits">[sequences, 1].</param>
/// <param name="batch">Its <see cref="TokenBatch.QuestionOf"/> says which sequences are choices of which question.</param>
public readonly ref struct ChoicePredictions(OutputRows logits, TokenBatch batch)
{
    readonly OutputRows logits = logits;

    /// <summary>Questions.</summary>
    public int Count => batch.Questions;

    /// <summary>The likeliest choice of a question, counted from 0 within it; of equals the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such question.</exception>
    public LabelProbability this[int question]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(question);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(question, Count);
            int first = batch.QuestionOf.Span.IndexOf(question), end = batch.QuestionOf.Span.LastIndexOf(question) + 1, best = first;
            for (int s = first + 1; s < end; s++)
                if (logits[s][0] > logits[best][0]) best = s;
            float sum = 0;
            for (int s = first; s < end; s++) sum += MathF.Exp(logits[s][0] - logits[best][0]);
            return new(best - first, 1 / sum);
        }
    }
}
