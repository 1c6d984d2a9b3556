namespace AlbertCompiled.Training;

/// <summary>Draws the plans of passes over documents, window by window: a pure function of (corpus, seed, pass, window).</summary>
/// <param name="corpus">The corpus.</param>
/// <param name="documents">Ordinals of the documents to read, ascending.</param>
/// <param name="options">How documents become sequences.</param>
/// <param name="longest">Tokens of the longest sequence.</param>
/// <param name="capacity">The room of a batch.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="windowSentences">Sentences of a window.</param>
public sealed class EpochPlanner(
    Corpus corpus, int[] documents, PackingOptions options, int longest, Capacity capacity, ulong seed, int windowSentences = DocumentBlocks.WindowSentences)
{
    readonly DocumentBlocks blocks = new(corpus, documents, seed, windowSentences);
    readonly Packer packer = new(corpus, documents, options, longest);
    readonly List<PackedSequence> packed = [];

    /// <summary>Windows in a pass.</summary>
    public int Windows => blocks.Count;

    /// <summary>Draws the plan of one window.</summary>
    /// <param name="pass">Which pass; each has its own draws.</param>
    /// <param name="window">Which window of it.</param>
    /// <param name="keepRest">Keep a last batch of less than half the room, as an evaluation must.</param>
    public EpochPlan Draw(long pass, int window, bool keepRest)
    {
        packed.Clear();
        foreach (int document in blocks.Window(pass, window))
        {
            var random = new RandomStream(seed, RandomPurpose.Packing, pass, document);
            packer.Pack(document, ref random, packed);
        }

        var sequences = packed.ToArray();
        var order = new RandomStream(seed, RandomPurpose.Order, pass, window);
        order.Shuffle(sequences.AsSpan());
        return new(sequences, capacity, keepRest);
    }
}
