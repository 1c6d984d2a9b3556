namespace AlbertCompiled;

/// <summary>The sizes that a batch brings.</summary>
/// <param name="Tokens">Tokens of all sequences.</param>
/// <param name="Sequences">Sequences.</param>
/// <param name="Predictions">Masked positions; of a task, labels.</param>
public readonly record struct BatchSize(int Tokens, int Sequences, int Predictions)
{
    /// <summary>The size along <paramref name="dimension"/>.</summary>
    public int this[Dimension dimension] => dimension switch
    {
        Dimension.Tokens => Tokens,
        Dimension.Sequences => Sequences,
        _ => Predictions,
    };

    /// <summary>The sizes of a batch that comes in parts.</summary>
    /// <exception cref="OverflowException">A size exceeds 2³¹ − 1.</exception>
    public static BatchSize Of(params ReadOnlySpan<TokenBatch> parts)
    {
        var sum = default(BatchSize);
        foreach (var part in parts) sum = checked(new(sum.Tokens + part.Tokens.Count, sum.Sequences + part.First.Count, sum.Predictions + part.Predicted.Count));
        return sum;
    }
}

/// <summary>
/// A batch, or a part of one that is larger than the device's memory has room for. Means divide by the sizes of the whole, so gradients and
/// losses of the parts add up to those of the whole.
/// </summary>
/// <param name="Batch">The part.</param>
/// <param name="Whole">Sizes of the whole.</param>
/// <param name="Index">Parts before this one.</param>
public readonly record struct BatchPart(TokenBatch Batch, BatchSize Whole, int Index)
{
    // steps count below it, parts above
    const int StepBits = 40;

    /// <summary>So many steps have keys of dropout of their own.</summary>
    internal const long MostSteps = 1L << StepBits;

    /// <summary>Gradients and scalar outputs are added to those of the parts before.</summary>
    public bool Adds => Index > 0;

    /// <summary>What dropout draws from in place of the step, so that every part has masks of its own; the first part has the step's.</summary>
    internal long DropoutStep(long step) => step | (long)Index << StepBits;

    /// <summary>A batch that is whole.</summary>
    public static implicit operator BatchPart(TokenBatch batch) => new(batch, BatchSize.Of(batch), 0);
}
