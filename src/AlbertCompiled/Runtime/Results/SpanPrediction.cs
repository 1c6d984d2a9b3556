namespace AlbertCompiled;

/// <summary>Which spans count as answers.</summary>
/// <param name="MaxLength">Tokens of an answer at most; at least 1.</param>
/// <param name="Segment">The segment that answers lie in: 1, the text behind the question; −1: any.</param>
/// <param name="Trailing">Tokens at the end of a sequence that belong to no answer: [SEP]; at least 0.</param>
public readonly record struct AnswerOptions(int MaxLength, int Segment = 1, int Trailing = 1)
{
    /// <summary>The default options: what an object initializer starts from.</summary>
    public AnswerOptions() : this(30) { }

    /// <summary>Up to 30 tokens of the second segment, without its last token.</summary>
    public static AnswerOptions Default { get; } = new();
}

/// <summary>A span of tokens as an answer.</summary>
/// <param name="Start">Position of the first token within the sequence.</param>
/// <param name="End">Position of the last token.</param>
/// <param name="Score">Sum of the logits of start and end.</param>
/// <param name="NullScore">The same of position 0, which says that there is no answer: the larger, the more doubtful this one is.</param>
public readonly record struct SpanPrediction(int Start, int End, float Score, float NullScore)
{
    /// <summary>The null score less the answer's: the greater, the surer there is none.</summary>
    public double NullOdds => (double)NullScore - Score;

    /// <summary>True unless the null odds are above <paramref name="threshold"/>, such as the one that <c>albert finetune</c> notes.</summary>
    public bool IsAnswer(double threshold = 0) => NullOdds <= threshold;

    /// <summary>Where the answer stands in the text.</summary>
    /// <param name="offsets">For each position of the sequence, where its piece begins in the text and how long it is, in characters.</param>
    /// <exception cref="ArgumentException">There are offsets for fewer positions.</exception>
    public (int Start, int Length) Locate(ReadOnlySpan<(int Start, int Length)> offsets)
    {
        if (End >= offsets.Length) throw new ArgumentException($"the answer ends at position {End}, of which {offsets.Length} have offsets");
        int start = offsets[Start].Start;
        return (start, offsets[End].Start + offsets[End].Length - start);
    }
}
