namespace AlbertCompiled.Training;

/// <summary>
/// The sequences of one window of a pass over documents, in random order and parted into batches.
/// </summary>
public sealed class EpochPlan
{
    // How far ahead to look for a sequence that fills what is left of a batch.
    const int Window = 64;

    readonly PackedSequence[] sequences;
    readonly int[] batchStarts;

    /// <summary>Parts sequences into batches; they are reordered a little to fill them.</summary>
    /// <param name="sequences">The sequences, in random order.</param>
    /// <param name="capacity">The room of a batch.</param>
    /// <param name="keepRest">Keep a last batch of less than half the room, as an evaluation must.</param>
    internal EpochPlan(PackedSequence[] sequences, Capacity capacity, bool keepRest)
    {
        this.sequences = sequences;
        var starts = Part(sequences, capacity);
        bool drop = !keepRest && starts.Count > 2 && Tokens(sequences.AsSpan(starts[^2])) < capacity.Tokens / 2;
        if (drop) starts.RemoveAt(starts.Count - 1);
        batchStarts = [.. starts];
    }

    /// <summary>Batches in the window.</summary>
    public int Batches => batchStarts.Length - 1;

    /// <summary>All sequences, batch after batch.</summary>
    public ReadOnlySpan<PackedSequence> Sequences => sequences;

    /// <summary>The sequences of a batch.</summary>
    public ReadOnlySpan<PackedSequence> Batch(int index) => sequences.AsSpan(batchStarts[index]..batchStarts[index + 1]);

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
