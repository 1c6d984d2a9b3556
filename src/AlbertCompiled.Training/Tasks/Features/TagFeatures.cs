namespace AlbertCompiled.Training;

/// <summary>Words, or a window of them, in tokens: [CLS] window [SEP].</summary>
/// <param name="Example">Index of the example.</param>
/// <param name="Sequence">The tokens.</param>
/// <param name="Words">For each token, the index of the word that it decides about; -1 where it decides about none.</param>
/// <param name="Tags">For each token, the class of that word's tag; -1 where there is no word or no tag.</param>
public sealed record TagFeature(int Example, TokenSequence Sequence, int[] Words, int[] Tags);

/// <summary>
/// Turns words into tokens. The first piece of a word decides about it (Devlin et al. 2019, section 5.3), in the window where it has
/// most context: every word is decided about once, except one that normalisation leaves nothing of.
/// </summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="longest">Tokens of the longest sequence.</param>
/// <param name="stride">Tokens from one window's first to the next one's.</param>
public sealed class TagFeaturizer(ITextTokenizer tokenizer, int longest, int stride = 128)
{
    /// <summary>The windows of all examples, in order.</summary>
    /// <exception cref="TrainingException">Sequences are too short for a token, or the stride is not positive.</exception>
    public IReadOnlyList<TagFeature> Encode(IReadOnlyList<TaggedExample> examples)
    {
        TokenSequence.CheckLongest(longest, TokenSequence.Specials + 1);
        if (stride < 1) throw new TrainingException($"windows must move on by a token at least, not by {stride}");
        return [.. examples.SelectMany((e, i) => Windows(e, i))];
    }

    IEnumerable<TagFeature> Windows(TaggedExample example, int index)
    {
        var pieces = tokenizer.Encode(string.Join(' ', example.Words));
        int[] words = WordsBegun(pieces.Offsets, example.Words);
        var cut = SlidingWindows.Cut(words.Length, longest - TokenSequence.Specials, stride);
        int[] counting = SlidingWindows.WithMostContext(cut, words.Length);
        for (int w = 0; w < cut.Count; w++)
        {
            var (first, length) = cut[w];
            var sequence = TokenSequence.Join(tokenizer, pieces.Ids.AsSpan(first, length), [], pair: false);
            int[] decided = [-1, .. Enumerable.Range(first, length).Select(p => counting[p] == w ? words[p] : -1), -1];
            yield return new(index, sequence, decided, [.. decided.Select(d => d < 0 || example.Tags is null ? -1 : example.Tags[d])]);
        }
    }

    // for each piece the word that begins with it, or -1
    static int[] WordsBegun(TextSpan[] offsets, IReadOnlyList<string> words)
    {
        var begun = new int[offsets.Length];
        int word = 0, end = words[0].Length, last = -1;
        for (int p = 0; p < offsets.Length; p++)
        {
            while (offsets[p].Start >= end && word + 1 < words.Count) end += 1 + words[++word].Length;
            begun[p] = word == last ? -1 : word;
            last = word;
        }

        return begun;
    }
}
