namespace AlbertCompiled;

/// <summary>Answers marked in sequences. Valid as long as the logits and the batch.</summary>
/// <param name="logits">[tokens, 2]: of the start and of the end.</param>
/// <param name="batch">Says where sequences and segments lie.</param>
public readonly ref struct SpanPredictions(OutputRows logits, TokenBatch batch)
{
    readonly OutputRows logits = logits;

    /// <summary>Sequences.</summary>
    public int Count => batch.First.Count;

    /// <summary>The best answer in a sequence, by the default options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public SpanPrediction this[int sequence] => Best(sequence, AnswerOptions.Default);

    /// <summary>The best answer in a sequence; where no span is allowed, the null answer: position 0 with a score of −∞.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="options">Which spans are allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence, or the options allow none.</exception>
    public SpanPrediction Best(int sequence, in AnswerOptions options)
    {
        Span<SpanPrediction> best = stackalloc SpanPrediction[1];
        return Best(sequence, options, best) == 1 ? best[0] : new(0, 0, float.NegativeInfinity, NullScore(sequence));
    }

    /// <summary>The best answers in a sequence, by descending score.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="options">Which spans are allowed.</param>
    /// <param name="destination">Receives the answers, as many as fit.</param>
    /// <returns>How many there are; fewer than fit if fewer spans are allowed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence, or the options allow none.</exception>
    public int Best(int sequence, in AnswerOptions options, Span<SpanPrediction> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxLength, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Trailing);
        float none = NullScore(sequence);
        int row = batch.Starts[sequence], end = batch.Starts[sequence + 1] - options.Trailing, count = 0;
        // position 0 is the null answer's
        for (int first = row + 1; first < end; first++)
        {
            if (!Allows(first, options)) continue;
            for (int last = first; last < end && last - first < options.MaxLength && Allows(last, options); last++)
            {
                float score = logits[first][0] + logits[last][1];
                if (float.IsNaN(score)) continue;       // no answer is better or worse than it
                int place = count;
                while (place > 0 && destination[place - 1].Score < score) place--;
                if (place == destination.Length) continue;
                count = Math.Min(count + 1, destination.Length);
                destination[place..(count - 1)].CopyTo(destination[(place + 1)..]);
                destination[place] = new(first - row, last - row, score, none);
            }
        }

        return count;
    }

    float NullScore(int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, Count);
        var first = logits[batch.Starts[sequence]];
        return first[0] + first[1];
    }

    bool Allows(int row, in AnswerOptions options) => options.Segment < 0 || batch.Segments.Span[row] == options.Segment;
}
