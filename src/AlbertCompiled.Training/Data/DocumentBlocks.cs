namespace AlbertCompiled.Training;

/// <summary>
/// Parts a pass over many documents into windows that are planned one at a time, so that a plan's memory does not grow with the corpus.
/// A block is a run of documents, a window a random choice of blocks; each pass draws its own. A corpus of up to one window's sentences is one window.
/// </summary>
public sealed class DocumentBlocks
{
    /// <summary>Sentences of a window, about.</summary>
    public const int WindowSentences = 1 << 20;

    readonly int[] documents;
    readonly int[] blockStarts;
    readonly int[] order;
    readonly ulong seed;
    long drawn = -1;

    /// <summary>Finds the blocks.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="documents">Ordinals of its documents to read, ascending.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="windowSentences">Sentences of a window.</param>
    public DocumentBlocks(Corpus corpus, int[] documents, ulong seed, int windowSentences = WindowSentences)
    {
        (this.documents, this.seed) = (documents, seed);
        const int blocksInWindow = 512;
        int blockSentences = Math.Max(1, windowSentences / blocksInWindow), sentences = 0;
        long all = 0;
        var starts = new List<int> { 0 };
        for (int i = 0; i < documents.Length; i++)
        {
            int count = corpus.FirstSentence(documents[i] + 1) - corpus.FirstSentence(documents[i]);
            all += count;
            if ((sentences += count) < blockSentences && i + 1 < documents.Length) continue;
            starts.Add(i + 1);
            sentences = 0;
        }

        blockStarts = [.. starts];
        order = new int[blockStarts.Length - 1];
        Count = (int)Math.Clamp((all + windowSentences - 1) / windowSentences, 1, Math.Max(1, order.Length));
    }

    /// <summary>Windows in a pass.</summary>
    public int Count { get; }

    /// <summary>Documents of a window, ascending.</summary>
    /// <param name="pass">Which pass.</param>
    /// <param name="window">Which window of it.</param>
    public int[] Window(long pass, int window)
    {
        if (Count == 1) return documents;
        if (drawn != pass)
        {
            for (int i = 0; i < order.Length; i++) order[i] = i;
            new RandomStream(seed, RandomPurpose.Blocks, pass).Shuffle(order.AsSpan());
            drawn = pass;
        }

        int first = (int)((long)order.Length * window / Count), end = (int)((long)order.Length * (window + 1) / Count);
        return [.. order[first..end].Order().SelectMany(block => documents[blockStarts[block]..blockStarts[block + 1]])];
    }
}
