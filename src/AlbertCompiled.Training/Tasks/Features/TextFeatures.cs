namespace AlbertCompiled.Training;

/// <summary>A text or pair of texts in tokens.</summary>
/// <param name="Example">Index of the example.</param>
/// <param name="Sequence">[CLS] a [SEP], or [CLS] a [SEP] b [SEP].</param>
/// <param name="Label">Its class, if it has one.</param>
/// <param name="Score">Its score, if it has one.</param>
/// <param name="Truncated">True if it was longer.</param>
public sealed record TextFeature(int Example, TokenSequence Sequence, int? Label, double? Score, bool Truncated);

/// <summary>Turns texts to classify or to score into tokens.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="longest">Tokens of the longest sequence.</param>
public sealed class TextFeaturizer(ITextTokenizer tokenizer, int longest)
{
    /// <summary>The sequence of each example, in order.</summary>
    /// <exception cref="TrainingException">Sequences are too short for a token of each text.</exception>
    public IReadOnlyList<TextFeature> Encode(IReadOnlyList<TextExample> examples)
    {
        TokenSequence.CheckLongest(longest, TokenSequence.PairSpecials + 2);
        return [.. examples.Select((e, i) => Encode(e, i))];
    }

    TextFeature Encode(TextExample example, int index)
    {
        int[] a = tokenizer.Encode(example.A).Ids, b = example.B is null ? [] : tokenizer.Encode(example.B).Ids;
        bool pair = example.B is not null;
        var (keptA, keptB) = pair ? Truncation.LongestFirst(a.Length, b.Length, longest - TokenSequence.PairSpecials) : (Math.Min(a.Length, longest - TokenSequence.Specials), 0);
        var sequence = TokenSequence.Join(tokenizer, a.AsSpan(0, keptA), b.AsSpan(0, keptB), pair);
        return new(index, sequence, example.Label, example.Score, keptA < a.Length || keptB < b.Length);
    }
}

/// <summary>How much of two texts is kept.</summary>
static class Truncation
{
    /// <summary>Lengths after tokens were taken from the end of the longer one, of the second if both are equal, until both fit.</summary>
    public static (int A, int B) LongestFirst(int a, int b, int room)
    {
        int surplus = Math.Max(0, a + b - room);
        int fromLonger = Math.Min(surplus, Math.Abs(a - b));
        if (a > b) a -= fromLonger;
        else b -= fromLonger;
        surplus -= fromLonger; // from here on both are equal, or nothing is left to take
        return (a - surplus / 2, b - (surplus + 1) / 2);
    }
}
