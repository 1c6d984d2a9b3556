namespace AlbertCompiled;

/// <summary>The three sizes that a batch brings; all others are constants of the model.</summary>
public enum Dimension
{
    /// <summary>Packed tokens of all sequences, end to end.</summary>
    Tokens,

    /// <summary>Sequences in the batch.</summary>
    Sequences,

    /// <summary>What is to be predicted, each a row and its label: masked or tagged tokens, labelled sequences, ends of answers, questions.</summary>
    Predictions,
}

/// <summary>The largest batch a model instance takes. Memory is planned for it once, at creation.</summary>
/// <param name="Tokens">Tokens of all sequences together.</param>
/// <param name="Sequences">Sequences.</param>
/// <param name="Predictions">Masked positions; of a task, labels: an answer has two.</param>
public readonly record struct Capacity(int Tokens, int Sequences, int Predictions)
{
    /// <summary>A capacity with a prediction for every fifth token, above the 15% that masking draws.</summary>
    public Capacity(int tokens, int sequences) : this(tokens, sequences, Math.Max(1, tokens / 5)) { }

    /// <summary>The size along <paramref name="dimension"/>.</summary>
    public int this[Dimension dimension] => dimension switch
    {
        Dimension.Tokens => Tokens,
        Dimension.Sequences => Sequences,
        _ => Predictions,
    };
}

/// <summary>A vector of row indices of a batch: a buffer of fixed capacity of which the first <see cref="Count"/> entries count.</summary>
/// <param name="dimension">The dimension that its entries run over.</param>
/// <param name="capacity">The largest number of entries.</param>
public sealed class Indices(Dimension dimension, int capacity)
{
    /// <summary>The dimension that the entries run over.</summary>
    public Dimension Dimension { get; } = dimension;

    /// <summary>The buffer, pinned; entries from <see cref="Count"/> on are undefined.</summary>
    public int[] Buffer { get; } = GC.AllocateArray<int>(capacity, pinned: true);

    /// <summary>The number of entries in use.</summary>
    public int Count { get; internal set; }

    /// <summary>The entries in use.</summary>
    public ReadOnlySpan<int> Span => Buffer.AsSpan(0, Count);
}

/// <summary>A vector of numbers of a batch: a buffer of fixed capacity of which the first <see cref="Count"/> entries count.</summary>
/// <param name="dimension">The dimension that its entries run over.</param>
/// <param name="capacity">The largest number of entries.</param>
public sealed class Numbers(Dimension dimension, int capacity)
{
    /// <summary>The dimension that the entries run over.</summary>
    public Dimension Dimension { get; } = dimension;

    /// <summary>The buffer, pinned; entries from <see cref="Count"/> on are undefined.</summary>
    public float[] Buffer { get; } = GC.AllocateArray<float>(capacity, pinned: true);

    /// <summary>The number of entries in use.</summary>
    public int Count { get; internal set; }

    /// <summary>The entries in use.</summary>
    public ReadOnlySpan<float> Span => Buffer.AsSpan(0, Count);
}

/// <summary>
/// What one step reads. Sequences lie end to end, nothing is padded; attention is bounded by <see cref="Starts"/>.
/// A batch is filled by <see cref="Clear"/> and <see cref="Add(ReadOnlySpan{int}, ReadOnlySpan{int})"/>, and reused without allocation.
/// </summary>
public sealed partial class TokenBatch
{
    readonly int[] starts;

    /// <summary>An empty batch with room for <paramref name="capacity"/>.</summary>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    public TokenBatch(Capacity capacity)
    {
        if (capacity is not { Tokens: >= 0, Sequences: >= 0, Predictions: >= 0 }) throw new ArgumentException($"a batch cannot have room for {capacity}: no size is below 0");
        Capacity = capacity;
        Tokens = new(Dimension.Tokens, capacity.Tokens);
        Segments = new(Dimension.Tokens, capacity.Tokens);
        Positions = new(Dimension.Tokens, capacity.Tokens);
        SequenceOf = new(Dimension.Tokens, capacity.Tokens);
        First = new(Dimension.Sequences, capacity.Sequences);
        Order = new(Dimension.Sequences, capacity.Sequences);
        QuestionOf = new(Dimension.Sequences, capacity.Sequences);
        Predicted = new(Dimension.Predictions, capacity.Predictions);
        Labels = new(Dimension.Predictions, capacity.Predictions);
        Targets = new(Dimension.Predictions, capacity.Predictions);
        starts = GC.AllocateArray<int>(capacity.Sequences + 1, pinned: true);
    }

    /// <summary>The room of this batch.</summary>
    public Capacity Capacity { get; }

    /// <summary>[tokens] vocabulary ids.</summary>
    public Indices Tokens { get; }

    /// <summary>[tokens] segment, 0 or 1.</summary>
    public Indices Segments { get; }

    /// <summary>[tokens] position within the sequence.</summary>
    public Indices Positions { get; }

    /// <summary>[tokens] number of the sequence, ascending.</summary>
    public Indices SequenceOf { get; }

    /// <summary>[sequences] row of each sequence's first token.</summary>
    public Indices First { get; }

    /// <summary>[sequences] 1 where the two segments were swapped.</summary>
    public Indices Order { get; }

    /// <summary>[sequences] number of the question that the sequence is a choice of, ascending; −1 without one.</summary>
    public Indices QuestionOf { get; }

    /// <summary>[predictions] what is predicted: rows of masked or tagged tokens, of labelled sequences, of an answer's ends, of right choices.</summary>
    public Indices Predicted { get; }

    /// <summary>[predictions] their labels: original ids, classes, tags; of an answer 0 for its first token and 1 for its last.</summary>
    public Indices Labels { get; }

    /// <summary>[predictions] numbers to predict in their place.</summary>
    public Numbers Targets { get; }

    /// <summary>[sequences + 1] first row of each sequence, then the number of tokens; pinned.</summary>
    public ReadOnlySpan<int> Starts => starts.AsSpan(0, First.Count + 1);

    /// <summary>What the labels are; all of a batch are of one kind.</summary>
    public LabelKind LabelKind { get; private set; }

    /// <summary>The size along <paramref name="dimension"/>.</summary>
    public int Count(Dimension dimension) => dimension switch
    {
        Dimension.Tokens => Tokens.Count,
        Dimension.Sequences => First.Count,
        _ => Predicted.Count,
    };

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Tokens.Count = Segments.Count = Positions.Count = SequenceOf.Count = 0;
        First.Count = Order.Count = QuestionOf.Count = 0;
        Predicted.Count = Labels.Count = Targets.Count = 0;
        questions = 0;
        LabelKind = LabelKind.None;
    }

    /// <summary>True if a sequence of these sizes still fits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public bool Fits(int tokens, int predictions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(predictions);
        return tokens <= Capacity.Tokens - Tokens.Count && First.Count < Capacity.Sequences && predictions <= Capacity.Predictions - Predicted.Count;
    }

    /// <summary>Appends one sequence without labels, to encode or to classify: nothing in it is masked.</summary>
    /// <param name="tokens">Vocabulary ids.</param>
    /// <param name="segments">Segment of each token.</param>
    /// <exception cref="ArgumentException">The sequence is empty or does not fit, or the lengths differ.</exception>
    public void Add(ReadOnlySpan<int> tokens, ReadOnlySpan<int> segments) => Add(tokens, segments, [], [], 0);

    /// <summary>Appends one sequence.</summary>
    /// <param name="tokens">Vocabulary ids, masked already.</param>
    /// <param name="segments">Segment of each token.</param>
    /// <param name="predicted">Positions within the sequence to predict, ascending.</param>
    /// <param name="labels">The original ids at those positions.</param>
    /// <param name="order">1 where the segments were swapped.</param>
    /// <exception cref="ArgumentException">The sequence is empty or does not fit, the lengths differ, a predicted position lies outside the sequence, or the batch has labels of another kind; nothing was added.</exception>
    public void Add(ReadOnlySpan<int> tokens, ReadOnlySpan<int> segments, ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels, int order)
    {
        if (tokens.Length != segments.Length || predicted.Length != labels.Length)
            throw new ArgumentException("tokens and segments, predicted and labels must have the same length");
        if (tokens.IsEmpty) throw new ArgumentException("a sequence of no tokens");
        foreach (int position in predicted)
            if ((uint)position >= (uint)tokens.Length) throw new ArgumentException($"position {position} is to be predicted in a sequence of {tokens.Length} tokens");
        if (!Fits(tokens.Length, predicted.Length))
            throw new ArgumentException($"a sequence of {tokens.Length} tokens and {predicted.Length} predictions does not fit into what is left of {Capacity}");
        if (predicted.Length > 0) Learn(LabelKind.Pieces);
        int row = Tokens.Count;
        tokens.CopyTo(Tokens.Buffer.AsSpan(row));
        segments.CopyTo(Segments.Buffer.AsSpan(row));
        for (int i = 0; i < tokens.Length; i++) Positions.Buffer[row + i] = i;
        SequenceOf.Buffer.AsSpan(row, tokens.Length).Fill(First.Count);
        for (int i = 0; i < predicted.Length; i++) Predict(row + predicted[i], labels[i]);
        QuestionOf.Buffer[First.Count] = -1;
        First.Buffer[First.Count] = row;
        Order.Buffer[Order.Count] = order;
        Tokens.Count = Segments.Count = Positions.Count = SequenceOf.Count = row + tokens.Length;
        First.Count = Order.Count = QuestionOf.Count = First.Count + 1;
        starts[First.Count] = Tokens.Count;
    }
}
