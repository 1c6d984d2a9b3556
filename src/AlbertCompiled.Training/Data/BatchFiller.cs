namespace AlbertCompiled.Training;

/// <summary>Builds and masks the sequences of a batch. Allocates nothing once created.</summary>
/// <param name="corpus">The corpus.</param>
/// <param name="vocabulary">Its vocabulary.</param>
/// <param name="masking">How to mask.</param>
/// <param name="longest">Tokens of the longest sequence.</param>
public sealed class BatchFiller(Corpus corpus, Vocabulary vocabulary, MaskingOptions masking, int longest)
{
    readonly SequenceBuilder builder = new(corpus, vocabulary, longest);
    readonly Masker masker = new(vocabulary, masking, longest);

    /// <summary>Fills <paramref name="batch"/> with sequences; truncation and masks are drawn from (seed, place).</summary>
    public void Fill(ReadOnlySpan<PackedSequence> sequences, ulong seed, long place, TokenBatch batch)
    {
        batch.Clear();
        for (int i = 0; i < sequences.Length; i++)
        {
            var truncation = new RandomStream(seed, RandomPurpose.Truncation, place, i);
            builder.Build(sequences[i], ref truncation);
            var draws = new RandomStream(seed, RandomPurpose.Masking, place, i);
            masker.Mask(builder.Tokens, ref draws);
            batch.Add(builder.Tokens, builder.Segments, masker.Predicted, masker.Labels, sequences[i].Label);
        }
    }
}
