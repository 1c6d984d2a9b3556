namespace AlbertCompiled.Training;

/// <summary>Masked batches of held-out text, the same for every run on a corpus with the same recipe.</summary>
public sealed class HeldOutSet
{
    const int MostPasses = 100;

    HeldOutSet(IReadOnlyList<TokenBatch> batches) => Batches = batches;

    /// <summary>The batches.</summary>
    public IReadOnlyList<TokenBatch> Batches { get; }

    /// <summary>Sequences in all batches.</summary>
    public int Sequences => Batches.Sum(b => b.First.Count);

    /// <summary>Predictions in all batches.</summary>
    public int Predictions => Batches.Sum(b => b.Predicted.Count);

    /// <summary>Packs and masks held-out documents; in further passes with other cuts, swaps and masks if there are too few.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="vocabulary">Its vocabulary.</param>
    /// <param name="recipe">The longest sequence and how to mask.</param>
    /// <param name="capacity">The room of a batch.</param>
    /// <param name="sequences">Sequences wanted.</param>
    public static HeldOutSet Draw(Corpus corpus, Vocabulary vocabulary, Recipe recipe, Capacity capacity, int sequences)
    {
        int longest = recipe.LongestSequence, missing = sequences;
        var filler = new BatchFiller(corpus, vocabulary, recipe.Masking, longest);
        var batches = new List<TokenBatch>();
        var planner = new EpochPlanner(corpus, corpus.HeldOutDocuments, recipe.Packing with { ShortShare = 0 }, longest, capacity, HeldOut.Seed);
        for (int pass = 0; pass < MostPasses && missing > 0; pass++)
        {
            // of a large corpus the first window holds more than enough
            var plan = planner.Draw(pass, 0, keepRest: true);
            for (int i = 0; i < plan.Batches && missing > 0; i++)
            {
                var chosen = plan.Batch(i)[..Math.Min(missing, plan.Batch(i).Length)];
                var batch = new TokenBatch(capacity);
                filler.Fill(chosen, HeldOut.Seed, (long)pass << 32 | (uint)i, batch);
                batches.Add(batch);
                missing -= chosen.Length;
            }
        }

        return new(batches);
    }
}
