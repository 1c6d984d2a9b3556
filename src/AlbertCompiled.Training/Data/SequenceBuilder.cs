namespace AlbertCompiled.Training;

/// <summary>
/// Writes sequences out: [CLS] A [SEP] B [SEP]. Segments are swapped first and truncated then: the segment that gives way on a tie
/// is always the second, so truncating first would tell which half had been longer, and with it the label.
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
        var first = corpus.Span(sequence.FirstSentence, sequence.Cut);
        var second = corpus.Span(sequence.FirstSentence + sequence.Cut, sequence.Count - sequence.Cut);
        if (sequence.Swapped)
        {
            var earlier = first;
            first = second;
            second = earlier;
        }

        Truncate(ref first, ref second, sequence.Length - Packer.SpecialPieces, ref random);
        tokens[0] = vocabulary.Classify;
        first.CopyTo(tokens.AsSpan(1));
        tokens[first.Length + 1] = vocabulary.Separator;
        second.CopyTo(tokens.AsSpan(first.Length + 2));
        Length = first.Length + second.Length + Packer.SpecialPieces;
        tokens[Length - 1] = vocabulary.Separator;
        segments.AsSpan(0, first.Length + 2).Clear();
        segments.AsSpan(first.Length + 2, second.Length + 1).Fill(1);
    }

    // one token at a time from the longer segment, the second on a tie, at its front or back by the toss of a coin
    static void Truncate(ref ReadOnlySpan<int> first, ref ReadOnlySpan<int> second, int room, ref RandomStream random)
    {
        while (first.Length + second.Length > room)
        {
            bool front = random.NextDouble() < 0.5;
            if (first.Length > second.Length) first = front ? first[1..] : first[..^1];
            else second = front ? second[1..] : second[..^1];
        }
    }
}
