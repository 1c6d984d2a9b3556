namespace AlbertCompiled.Training;

/// <summary>A sequence as a model reads it.</summary>
/// <param name="Tokens">Vocabulary ids, from [CLS] to the last [SEP].</param>
/// <param name="Segments">0 up to the first [SEP], 1 behind it; of the same length.</param>
public sealed record TokenSequence(int[] Tokens, int[] Segments)
{
    /// <summary>Special pieces around one text, and around two.</summary>
    internal const int Specials = 2, PairSpecials = 3;

    /// <summary>Tokens.</summary>
    public int Length => Tokens.Length;

    /// <summary>[CLS] a [SEP], or [CLS] a [SEP] b [SEP].</summary>
    internal static TokenSequence Join(ITextTokenizer tokenizer, ReadOnlySpan<int> a, ReadOnlySpan<int> b, bool pair)
    {
        int[] tokens = pair ? [tokenizer.Classify, .. a, tokenizer.Separator, .. b, tokenizer.Separator] : [tokenizer.Classify, .. a, tokenizer.Separator];
        var segments = new int[tokens.Length];
        segments.AsSpan(a.Length + Specials).Fill(1);
        return new(tokens, segments);
    }

    /// <summary>Checks that there is room for special pieces and a text.</summary>
    /// <exception cref="TrainingException">There is not.</exception>
    internal static void CheckLongest(int longest, int least)
    {
        if (longest < least) throw new TrainingException($"sequences of {longest} tokens are too short for this task: allow {least} at least");
    }
}
