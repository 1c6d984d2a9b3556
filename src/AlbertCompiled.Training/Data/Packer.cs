namespace AlbertCompiled.Training;

/// <summary>A sequence to be: sentences in a row, cut into segments A and B.</summary>
/// <param name="FirstSentence">The first sentence.</param>
/// <param name="Count">Sentences of both segments, at least two.</param>
/// <param name="Cut">Sentences before the cut, in [1, Count).</param>
/// <param name="Swapped">The later segment comes first.</param>
/// <param name="Length">Tokens after truncation, special pieces included.</param>
public readonly record struct PackedSequence(int FirstSentence, ushort Count, ushort Cut, bool Swapped, ushort Length);

/// <summary>
/// Cuts documents into sequences of whole sentences. Unlike the original, which stops at the first sentence that passes the target,
/// a chunk takes whole sentences that fit, and its end moves back to the end of a section where that keeps at least two sentences
/// and half the target: a sequence that ends inside a thought teaches little about order.
/// </summary>
public static class Packer
{
    /// <summary>[CLS], and [SEP] after each segment.</summary>
    public const int SpecialPieces = 3;

    /// <summary>The shortest sequence: a token in each segment.</summary>
    public const int ShortestSequence = SpecialPieces + 2;

    /// <summary>Appends the sequences of one document.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="document">Ordinal of the document.</param>
    /// <param name="longest">Tokens of the longest sequence, special pieces included.</param>
    /// <param name="shortShare">Share of documents with a target length drawn at random instead of the longest.</param>
    /// <param name="random">The draws.</param>
    /// <param name="sequences">Receives the sequences.</param>
    public static void Pack(Corpus corpus, int document, int longest, double shortShare, ref RandomStream random, List<PackedSequence> sequences)
    {
        int room = longest - SpecialPieces;
        int target = random.NextDouble() < shortShare ? random.Next(2, room) : room;
        int last = corpus.FirstSentence(document + 1);
        for (int i = corpus.FirstSentence(document), end; i < last; i = end)
        {
            end = ChunkEnd(corpus, i, last, target, out int tokens);
            if (end - i < 2) continue; // no order to tell in one sentence
            int cut = random.Next(1, end - i - 1);
            bool swapped = random.NextDouble() < 0.5;
            sequences.Add(new(i, (ushort)(end - i), (ushort)cut, swapped, (ushort)(Math.Min(tokens, room) + SpecialPieces)));
        }
    }

    static int ChunkEnd(Corpus corpus, int start, int last, int target, out int tokens)
    {
        int end = start;
        tokens = 0;
        while (end < last && end - start < ushort.MaxValue && (tokens + corpus.Length(end) <= target || end < start + 2)) tokens += corpus.Length(end++);
        if (end == last) return end;
        int boundary = end;
        while (boundary > start && corpus.Section(boundary) == corpus.Section(boundary - 1)) boundary--;
        if (boundary - start < 2 || corpus.Span(start, boundary - start).Length < target / 2) return end;
        tokens = corpus.Span(start, boundary - start).Length;
        return boundary;
    }
}
