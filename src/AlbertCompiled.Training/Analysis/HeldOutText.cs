namespace AlbertCompiled.Training;

/// <summary>Held-out text to read, not to predict: nothing in it is masked.</summary>
public static class HeldOutText
{
    /// <summary>Sequences of whole sentences, the same ones for a corpus at all times.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="vocabulary">Its vocabulary.</param>
    /// <param name="packing">How documents become sequences.</param>
    /// <param name="longest">Tokens of the longest sequence.</param>
    /// <param name="sequences">Sequences wanted; a small corpus may have fewer.</param>
    public static TokenBatch Draw(Corpus corpus, Vocabulary vocabulary, PackingOptions packing, int longest, int sequences)
    {
        var batch = new TokenBatch(new(longest * sequences, sequences, 1));
        var builder = new SequenceBuilder(corpus, vocabulary, longest);
        var plan = new EpochPlanner(corpus, corpus.HeldOutDocuments, packing with { ShortShare = 0 }, longest, batch.Capacity, HeldOut.Seed).Draw(0, 0, keepRest: true);
        for (int i = 0; i < plan.Batches; i++)
        {
            foreach (var sequence in plan.Batch(i))
            {
                if (batch.First.Count == sequences) return batch;
                var truncation = new RandomStream(HeldOut.Seed, RandomPurpose.Truncation, 0, batch.First.Count);
                builder.Build(sequence, ref truncation);
                batch.Add(builder.Tokens, builder.Segments);
            }
        }

        return batch.First.Count > 0 ? batch : throw new TrainingException("the text is too small: it has no held-out sequence");
    }
}
