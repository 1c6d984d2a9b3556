namespace AlbertCompiled.Training;

/// <summary>
/// All sequences of one pass over a set of documents, in random order and parted into batches: a pure function of (corpus, seed, pass).
/// </summary>
public sealed class EpochPlan
{
    // How far ahead to look for a sequence that fills what is left of a batch.
    const int Window = 64;

    readonly PackedSequence[] sequences;
    readonly int[] batchStarts;

    EpochPlan(PackedSequence[] sequences, int[] batchStarts)
    {
        this.sequences = sequences;
        this.batchStarts = batchStarts;
    }

    /// <summary>Batches in the pass.</summary>
    public int Batches => batchStarts.Length - 1;

    /// <summary>All sequences, batch after batch.</summary>
    public ReadOnlySpan<PackedSequence> Sequences => sequences;

    /// <summary>The sequences of a batch.</summary>
    public ReadOnlySpan<PackedSequence> Batch(int index) => sequences.AsSpan(batchStarts[index]..batchStarts[index + 1]);

    /// <summary>Draws the plan of one pass.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="documents">Ordinals of the documents to pack.</param>
    /// <param name="longest">Tokens of the longest sequence.</param>
    /// <param name="shortShare">Share of documents with a random target length.</param>
    /// <param name="capacity">The room of a batch.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="pass">Which pass; each has its own draws.</param>
    /// <param name="keepRest">Keep a last batch of less than half the room, as an evaluation must.</param>
    public static EpochPlan Draw(Corpus corpus, int[] documents, int longest, double shortShare, Capacity capacity, ulong seed, long pass, bool keepRest)
    {
        var packed = new List<PackedSequence>();
        foreach (int document in documents)
        {
            var random = new RandomStream(seed, RandomPurpose.Packing, pass, document);
            Packer.Pack(corpus, document, longest, shortShare, ref random, packed);
        }

        var sequences = packed.ToArray();
        var order = new RandomStream(seed, RandomPurpose.Order, pass);
        order.Shuffle(sequences.AsSpan());
        var starts = Part(sequences, capacity);
        bool drop = !keepRest && starts.Count > 2 && Tokens(sequences.AsSpan(starts[^2])) < capacity.Tokens / 2;
        if (drop) starts.RemoveAt(starts.Count - 1);
        return new(sequences, [.. starts]);
    }

    /// <summary>Sequences enough for any batch of this many tokens.</summary>
    public static int MostSequences(int tokens) => Math.Max(1, tokens / Packer.ShortestSequence);

    static List<int> Part(PackedSequence[] sequences, Capacity capacity)
    {
        var starts = new List<int> { 0 };
        int tokens = 0;
        for (int i = 0; i < sequences.Length; i++)
        {
            int room = capacity.Tokens - tokens;
            if (tokens > 0 && (i - starts[^1] == capacity.Sequences || !BringFitting(sequences, i, room)))
            {
                starts.Add(i);
                tokens = 0;
            }

            tokens += sequences[i].Length;
        }

        if (sequences.Length > 0) starts.Add(sequences.Length);
        return starts;
    }

    // the next sequence in order if it fits, or the longest within the window that does, swapped to its place
    static bool BringFitting(PackedSequence[] sequences, int next, int room)
    {
        if (sequences[next].Length <= room) return true;
        int best = -1;
        for (int i = next + 1; i < Math.Min(next + Window, sequences.Length); i++)
            if (sequences[i].Length <= room && (best < 0 || sequences[i].Length > sequences[best].Length)) best = i;
        if (best < 0) return false;
        (sequences[next], sequences[best]) = (sequences[best], sequences[next]);
        return true;
    }

    static long Tokens(ReadOnlySpan<PackedSequence> sequences)
    {
        long sum = 0;
        foreach (ref readonly var s in sequences) sum += s.Length;
        return sum;
    }
}
