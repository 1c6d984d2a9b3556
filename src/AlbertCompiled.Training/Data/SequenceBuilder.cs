namespace AlbertCompiled.Training;

/// <summary>
/// Writes sequences out: [CLS] A [SEP] B [SEP], or [CLS] A [SEP]. Segments stand in their final order before they are truncated: the segment that
/// gives way on a tie is always the second, so truncating before swapping would tell which half had been longer, and with it the label.
/// </summary>
/// <param name="corpus">Where the tokens are.</param>
/// <param name="vocabulary">The special pieces.</param>
/// <param name="longest">Tokens of the longest sequence.</param>
public sealed class SequenceBuilder(Corpus corpus, Vocabulary vocabulary, int longest)
{
    readonly int[] tokens = new int[longest];
    readonly int[] segments = new int[longest];

    /// <summary>Tokens of the sequence built last, not masked.</summary>
    public Span<int> Tokens => tokens.AsSpan(0, Length);

    /// <summary>Segment of each token.</summary>
    public ReadOnlySpan<int> Segments => segments.AsSpan(0, Length);

    /// <summary>Tokens in the sequence built last.</summary>
    public int Length { get; private set; }

    /// <summary>Builds a sequence.</summary>
    /// <param name="sequence">What to build.</param>
    /// <param name="random">Which ends truncation takes from.</param>
    public void Build(in PackedSequence sequence, ref RandomStream random)
    {
        var first = new TokenRange(corpus.FirstToken(sequence.First), corpus.TokenCount(sequence.First, sequence.FirstCount));
        var second = new TokenRange(corpus.FirstToken(sequence.Second), corpus.TokenCount(sequence.Second, sequence.SecondCount));
        Truncate(ref first, ref second, sequence.Length - sequence.SpecialPieces, ref random);
        Length = 0;
        tokens[Length++] = vocabulary.Classify;
        Append(first, 0);
        segments[0] = 0;
        if (sequence.SecondCount > 0) Append(second, 1);
    }

    void Append(TokenRange range, int segment)
    {
        corpus.Read(range.Start, tokens.AsSpan(Length, range.Length));
        tokens[Length + range.Length] = vocabulary.Separator;
        segments.AsSpan(Length, range.Length + 1).Fill(segment);
        Length += range.Length + 1;
    }

    // one token at a time from the longer segment, the second on a tie, at its front or back by the toss of a coin
    static void Truncate(ref TokenRange first, ref TokenRange second, int room, ref RandomStream random)
    {
        while (first.Length + second.Length > room)
        {
            bool front = random.NextDouble() < 0.5;
            ref var longer = ref first.Length > second.Length ? ref first : ref second;
            longer = new(front ? longer.Start + 1 : longer.Start, longer.Length - 1);
        }
    }

    readonly record struct TokenRange(long Start, int Length);
}
