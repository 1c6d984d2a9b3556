namespace AlbertCompiled.Training;

/// <summary>A question with a window of its context in tokens: [CLS] question [SEP] window [SEP].</summary>
/// <param name="Example">Index of the example.</param>
/// <param name="Sequence">The tokens.</param>
/// <param name="Start">Token where the answer starts; 0, the place of [CLS], if it is not in this window.</param>
/// <param name="End">The answer's last token; 0 if it is not in this window.</param>
/// <param name="FirstContext">Token where the window starts in the sequence.</param>
/// <param name="Offsets">For each token of the window, the part of the original context that it stands for.</param>
/// <param name="HasMostContext">For each token of the window, whether this is the window that counts for it.</param>
public sealed record SpanWindow(int Example, TokenSequence Sequence, int Start, int End, int FirstContext, TextSpan[] Offsets, bool[] HasMostContext);

/// <summary>Windows of questions, in order of the examples.</summary>
/// <param name="Windows">The windows.</param>
/// <param name="TruncatedQuestions">Questions that were longer than allowed.</param>
/// <param name="SplitContexts">Contexts that take more than one window.</param>
/// <param name="LostAnswers">Answers to learn from that are in no window as a whole.</param>
public sealed record SpanFeatures(IReadOnlyList<SpanWindow> Windows, int TruncatedQuestions, int SplitContexts, int LostAnswers);

/// <summary>Turns questions and their contexts into windows of tokens.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="longest">Tokens of the longest sequence.</param>
/// <param name="stride">Tokens of the context from one window's first to the next one's.</param>
/// <param name="longestQuestion">Tokens of a question that are kept.</param>
public sealed class SpanFeaturizer(ITextTokenizer tokenizer, int longest, int stride = 128, int longestQuestion = SpanFeaturizer.LongestQuestion)
{
    /// <summary>Tokens of a question that are kept where nothing else is said.</summary>
    public const int LongestQuestion = 64;

    string? lastContext;
    Tokenization lastPieces = new([], [], []);

    /// <summary>The windows of all examples. The first answer is the one to learn.</summary>
    /// <exception cref="TrainingException">Sequences are too short for a question and a token of context, or the stride is not positive.</exception>
    public SpanFeatures Encode(IReadOnlyList<SpanExample> examples)
    {
        TokenSequence.CheckLongest(longest, longestQuestion + TokenSequence.PairSpecials + 1);
        if (stride < 1) throw new TrainingException($"windows must move on by a token at least, not by {stride}");
        var windows = new List<SpanWindow>();
        int truncated = 0, split = 0, lost = 0;
        for (int i = 0; i < examples.Count; i++)
        {
            int[] question = tokenizer.Encode(examples[i].Question).Ids;
            if (question.Length > longestQuestion) truncated++;
            var added = Windows(examples[i], i, question.AsSpan(0, Math.Min(question.Length, longestQuestion)));
            if (added.Count > 1) split++;
            if (examples[i].Answers.Count > 0 && added.All(w => w.Start == 0)) lost++;
            windows.AddRange(added);
        }

        return new(windows, truncated, split, lost);
    }

    List<SpanWindow> Windows(SpanExample example, int index, ReadOnlySpan<int> question)
    {
        var context = Context(example.Context);
        var cut = SlidingWindows.Cut(context.Ids.Length, longest - TokenSequence.PairSpecials - question.Length, stride);
        int[] counting = SlidingWindows.WithMostContext(cut, context.Ids.Length);
        var answer = example.Answers.Count == 0 ? null : Pieces(context.Offsets, example.Answers[0]);
        int firstContext = question.Length + TokenSequence.Specials;
        var windows = new List<SpanWindow>(cut.Count);
        for (int w = 0; w < cut.Count; w++)
        {
            var (first, length) = cut[w];
            var sequence = TokenSequence.Join(tokenizer, question, context.Ids.AsSpan(first, length), pair: true);
            var (start, end) = answer is { } a && a.First >= first && a.Last < cut[w].End ? (a.First - first + firstContext, a.Last - first + firstContext) : (0, 0);
            windows.Add(new(index, sequence, start, end, firstContext, context.Offsets[first..cut[w].End], [.. counting[first..cut[w].End].Select(c => c == w)]));
        }

        return windows;
    }

    // questions in a row share their context
    Tokenization Context(string text)
    {
        if (!ReferenceEquals(text, lastContext)) (lastContext, lastPieces) = (text, tokenizer.Encode(text));
        return lastPieces;
    }

    // first and last piece with a character of the answer
    static (int First, int Last)? Pieces(TextSpan[] offsets, Answer answer)
    {
        int end = answer.Start + answer.Text.Length;
        int first = Array.FindIndex(offsets, o => o.End > answer.Start && o.Start < end), last = Array.FindLastIndex(offsets, o => o.End > answer.Start && o.Start < end);
        return first < 0 ? null : (first, last);
    }
}
