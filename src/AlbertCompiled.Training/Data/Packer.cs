namespace AlbertCompiled.Training;

/// <summary>A sequence to be: one segment, or two in the order in which they stand in it.</summary>
/// <param name="First">The first sentence of segment A.</param>
/// <param name="FirstCount">Its sentences.</param>
/// <param name="Second">The first sentence of segment B.</param>
/// <param name="SecondCount">Its sentences; 0: there is no segment B.</param>
/// <param name="Label">1 if the segments were swapped, or B comes from a random document.</param>
/// <param name="Length">Tokens after truncation, special pieces included.</param>
public readonly record struct PackedSequence(int First, ushort FirstCount, int Second, ushort SecondCount, byte Label, ushort Length)
{
    /// <summary>[CLS], and [SEP] after each segment.</summary>
    public int SpecialPieces => SecondCount > 0 ? Packer.SpecialPieces : Packer.SpecialPieces - 1;
}

/// <summary>Cuts documents into sequences of whole sentences (create_pretraining_data.py of the original code, lines 273 to 384).</summary>
/// <param name="corpus">The corpus.</param>
/// <param name="documents">The documents that segments from elsewhere are drawn from.</param>
/// <param name="options">The rules.</param>
/// <param name="longest">Tokens of the longest sequence, special pieces included.</param>
public sealed class Packer(Corpus corpus, int[] documents, PackingOptions options, int longest)
{
    /// <summary>Special pieces of a pair: [CLS], and [SEP] after each segment.</summary>
    public const int SpecialPieces = 3;

    /// <summary>The shortest sequence: a token in each segment, or three in the only one.</summary>
    public const int ShortestSequence = SpecialPieces + 2;

    const int MostSentences = ushort.MaxValue;
    const int Attempts = 10; // to draw a document other than the one at hand

    readonly bool pairs = options.Objective != Objective.None;
    readonly int room = longest - (options.Objective == Objective.None ? SpecialPieces - 1 : SpecialPieces);

    /// <summary>Appends the sequences of one document.</summary>
    /// <param name="document">Ordinal of the document.</param>
    /// <param name="random">The draws.</param>
    /// <param name="sequences">Receives the sequences.</param>
    public void Pack(int document, ref RandomStream random, List<PackedSequence> sequences)
    {
        int target = random.NextDouble() < options.ShortShare ? random.Next(2, room) : room;
        int last = corpus.FirstSentence(document + 1);
        for (int start = corpus.FirstSentence(document), end; start < last; start = end)
        {
            end = options.Chunking == Chunking.Original ? EndByTarget(start, last, target) : EndBySection(start, last, target);
            if (!pairs) AddSingle(start, end - start, sequences);
            else if (end - start > 1) end = AddPair(document, start, end, target, ref random, sequences);
            else if (options is not { Objective: Objective.SentenceOrder, Chunking: Chunking.Sections })
                AddRandom(document, start, 1, target, ref random, sequences);
        }
    }

    // returns where the next chunk begins: sentences that gave way to a random segment are put back
    int AddPair(int document, int start, int end, int target, ref RandomStream random, List<PackedSequence> sequences)
    {
        int count = end - start, cut = random.Next(1, count - 1);
        bool changed = random.NextDouble() < 0.5;
        if (changed && options.Objective == Objective.NextSentence)
        {
            AddRandom(document, start, cut, target, ref random, sequences);
            return start + cut;
        }

        if (changed) Add(start + cut, count - cut, start, cut, 1, sequences);
        else Add(start, cut, start + cut, count - cut, 0, sequences);
        return end;
    }

    void AddRandom(int document, int start, int count, int target, ref RandomStream random, List<PackedSequence> sequences)
    {
        int left = target - corpus.TokenCount(start, count);
        var (second, last) = RandomSentence(document, ref random);
        if (options.Chunking == Chunking.Original)
        {
            Add(start, count, second, EndByTarget(second, last, left) - second, 1, sequences);
            return;
        }

        // segments in a row are whole sentences that fit: one that had to be truncated would tell the label
        for (int attempt = 1; attempt < Attempts && corpus.TokenCount(second, 1) > left; attempt++) (second, last) = RandomSentence(document, ref random);
        Add(start, count, second, EndByFit(second, last, left, fewest: 1) - second, 1, sequences);
    }

    // any sentence of another document, and the end of that document
    (int Sentence, int Last) RandomSentence(int document, ref RandomStream random)
    {
        int other = document;
        for (int attempt = 0; attempt < Attempts && other == document; attempt++) other = documents[random.Next(documents.Length)];
        int first = corpus.FirstSentence(other), last = corpus.FirstSentence(other + 1);
        return (first + random.Next(last - first), last);
    }

    void AddSingle(int start, int count, List<PackedSequence> sequences)
    {
        int tokens = corpus.TokenCount(start, count);
        // one or two words tell nothing of each other
        if (tokens + SpecialPieces - 1 >= ShortestSequence) sequences.Add(new(start, (ushort)count, 0, 0, 0, (ushort)(Math.Min(tokens, room) + SpecialPieces - 1)));
    }

    void Add(int first, int firstCount, int second, int secondCount, byte label, List<PackedSequence> sequences)
    {
        long tokens = (long)corpus.TokenCount(first, firstCount) + corpus.TokenCount(second, secondCount);
        sequences.Add(new(first, (ushort)firstCount, second, (ushort)secondCount, label, (ushort)(Math.Min(tokens, room) + SpecialPieces)));
    }

    // the sentences up to the one that reaches the target, at least one
    int EndByTarget(int start, int last, int target)
    {
        int end = start, tokens = 0;
        do tokens += corpus.TokenCount(end++, 1);
        while (end < last && tokens < target && end - start < MostSentences);
        return end;
    }

    // the sentences that fit the target, but no fewer than these
    int EndByFit(int start, int last, int target, int fewest)
    {
        int end = start, tokens = 0;
        while (end < last && end - start < MostSentences && (tokens + corpus.TokenCount(end, 1) <= target || end < start + fewest)) tokens += corpus.TokenCount(end++, 1);
        return end;
    }

    int EndBySection(int start, int last, int target)
    {
        int fewest = pairs ? 2 : 1, end = EndByFit(start, last, target, fewest);
        if (end == last) return end;
        int boundary = end;
        while (boundary > start && !corpus.StartsSection(boundary)) boundary--;
        return boundary - start < fewest || corpus.TokenCount(start, boundary - start) < target / 2 ? end : boundary;
    }
}
