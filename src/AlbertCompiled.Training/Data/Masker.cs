namespace AlbertCompiled.Training;

/// <summary>How masking chooses.</summary>
/// <param name="Share">Share of a sequence's tokens to predict, special pieces counted.</param>
/// <param name="LongestNgram">Whole words masked together: 1 to this many, n with probability proportional to 1/n.</param>
/// <param name="MostPredictions">Predictions per sequence at most.</param>
public sealed record MaskingOptions(double Share = 0.15, int LongestNgram = 3, int MostPredictions = 20)
{
    /// <summary>Predictions in a sequence of <paramref name="length"/> tokens. Ties round to even, as in the original.</summary>
    public int Predictions(int length) => Math.Min(MostPredictions, Math.Max(1, (int)Math.Round(Share * length, MidpointRounding.ToEven)));
}

/// <summary>
/// N-gram masking of whole words (Lan et al. 2020, section 4.1; Joshi et al. 2020): of the chosen tokens 80% become [MASK], 10% a random piece,
/// 10% stay.
/// </summary>
/// <param name="vocabulary">Word starts and special pieces.</param>
/// <param name="options">How to choose.</param>
/// <param name="longest">Tokens of the longest sequence.</param>
public sealed class Masker(Vocabulary vocabulary, MaskingOptions options, int longest)
{
    readonly double[] cumulative = CumulativeNgramProbabilities(options.LongestNgram);
    readonly int[] candidates = new int[longest];     // positions of tokens that are not special
    readonly int[] wordStarts = new int[longest + 1]; // words as ranges of candidates
    readonly int[] order = new int[longest];
    readonly bool[] chosen = new bool[longest];
    readonly int[] predicted = new int[longest];
    readonly int[] labels = new int[longest];

    /// <summary>Positions to predict in the sequence masked last, ascending.</summary>
    public ReadOnlySpan<int> Predicted => predicted.AsSpan(0, Count);

    /// <summary>The original ids there.</summary>
    public ReadOnlySpan<int> Labels => labels.AsSpan(0, Count);

    /// <summary>Number of predictions.</summary>
    public int Count { get; private set; }

    /// <summary>p(n) = (1/n) / Σ(1/k).</summary>
    public static double[] NgramProbabilities(int longestNgram)
    {
        double sum = Enumerable.Range(1, longestNgram).Sum(n => 1.0 / n);
        return [.. Enumerable.Range(1, longestNgram).Select(n => 1.0 / n / sum)];
    }

    /// <summary>Masks a sequence in place.</summary>
    public void Mask(Span<int> tokens, ref RandomStream random)
    {
        int words = FindWords(tokens);
        Choose(words, options.Predictions(tokens.Length), ref random);
        Count = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (!chosen[i]) continue;
            chosen[i] = false;
            predicted[Count] = i;
            labels[Count++] = tokens[i];
            double draw = random.NextDouble();
            if (draw < 0.8) tokens[i] = vocabulary.Mask;
            else if (draw < 0.9) tokens[i] = vocabulary.Ordinary[random.Next(vocabulary.Ordinary.Count)];
        }
    }

    // A piece that starts no word joins the word before it, across a [SEP] as well, as in the original.
    int FindWords(ReadOnlySpan<int> tokens)
    {
        int count = 0, words = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] == vocabulary.Classify || tokens[i] == vocabulary.Separator) continue;
            if (words == 0 || vocabulary.StartsWord(tokens[i])) wordStarts[words++] = count;
            candidates[count++] = i;
        }

        wordStarts[words] = count;
        return words;
    }

    void Choose(int words, int wanted, ref RandomStream random)
    {
        for (int i = 0; i < words; i++) order[i] = i;
        random.Shuffle(order.AsSpan(0, words));
        for (int k = 0, masked = 0; k < words && masked < wanted; k++)
        {
            int word = order[k], n = DrawNgram(Math.Min(options.LongestNgram, words - word), ref random);
            while (n > 0 && wordStarts[word + n] - wordStarts[word] > wanted - masked) n--; // shorter if it does not fit
            if (n == 0) continue;
            var positions = candidates.AsSpan(wordStarts[word]..wordStarts[word + n]);
            if (Overlaps(positions)) continue;
            foreach (int position in positions) chosen[position] = true;
            masked += positions.Length;
        }
    }

    // near the end fewer n are possible; their probabilities keep their proportions (the original draws of all n and cuts what exceeds the end)
    int DrawNgram(int possible, ref RandomStream random)
    {
        double draw = random.NextDouble() * cumulative[possible - 1];
        int n = 1;
        while (n < possible && draw >= cumulative[n - 1]) n++;
        return n;
    }

    bool Overlaps(ReadOnlySpan<int> positions)
    {
        foreach (int position in positions)
            if (chosen[position]) return true;
        return false;
    }

    static double[] CumulativeNgramProbabilities(int longestNgram)
    {
        double sum = 0;
        return [.. NgramProbabilities(longestNgram).Select(p => sum += p)];
    }
}
