namespace AlbertCompiled;

/// <summary>A label and how likely it is.</summary>
/// <param name="Label">From 0.</param>
/// <param name="Probability">Its softmax.</param>
public readonly record struct LabelProbability(int Label, float Probability);

/// <summary>The classes of sequences or tokens. Valid as long as the logits.</summary>
/// <param name="logits">[rows, labels].</param>
public readonly ref struct ClassPredictions(OutputRows logits)
{
    readonly OutputRows logits = logits;

    /// <summary>Rows: the sequences or tokens of the batch.</summary>
    public int Count => logits.Count;

    /// <summary>Labels that are told apart.</summary>
    public int Labels => logits.Columns;

    /// <summary>The likeliest label of a row; of equals the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public LabelProbability this[int row]
    {
        get
        {
            var values = logits[row];
            int best = Softmax.Largest(values);
            return new(best, MathF.Exp(values[best] - Softmax.LogSum(values)));
        }
    }

    /// <summary>The probabilities of all labels of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="destination">[labels].</param>
    /// <exception cref="ArgumentException">The destination is too small.</exception>
    public void Probabilities(int row, Span<float> destination)
    {
        var values = logits[row];
        if (destination.Length < values.Length) throw new ArgumentException($"{values.Length} labels do not fit into {destination.Length}");
        float total = Softmax.LogSum(values);
        for (int i = 0; i < values.Length; i++) destination[i] = MathF.Exp(values[i] - total);
    }
}
