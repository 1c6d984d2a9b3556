namespace AlbertCompiled.Training;

/// <summary>A piece that may stand in a gap.</summary>
/// <param name="Piece">The piece, "▁" where it starts a word.</param>
/// <param name="Probability">The model's.</param>
public readonly record struct Candidate(string Piece, double Probability);

/// <summary>Lets a model fill gaps in a text.</summary>
public static class FillMask
{
    /// <summary>How a gap is written.</summary>
    public const string Gap = "[MASK]";

    /// <summary>The likeliest pieces of each gap.</summary>
    /// <param name="model">A model with a prediction program.</param>
    /// <param name="vocabulary">Its vocabulary.</param>
    /// <param name="text">Text with at least one [MASK].</param>
    /// <param name="best">Pieces per gap.</param>
    /// <exception cref="TrainingException">The vocabulary is not the model's, the model predicts no numbers, the text has no gap, or is longer than the model's positions or capacity.</exception>
    public static IReadOnlyList<Candidate[]> Run(CompiledModel model, Vocabulary vocabulary, string text, int best = 5)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (model.Description.Vocabulary() is var rows && rows < vocabulary.Size) throw new TrainingException($"{model.Description.Name} knows {rows} pieces, the vocabulary has {vocabulary.Size}: take the vocabulary that the model was trained with");
        int[] tokens = Encode(vocabulary, text, out int[] gaps);
        if (gaps.Length == 0) throw new TrainingException($"the text has no {Gap}: write {Gap} where a word is to be found");
        int longest = Math.Min(model.Description.Positions(), model.Capacity.Tokens);
        if (tokens.Length > longest) throw new TrainingException($"the text has {tokens.Length} tokens, {model.Description.Name} reads at most {longest}");
        var batch = new TokenBatch(model.Capacity);
        if (!batch.Fits(tokens.Length, gaps.Length)) throw new TrainingException($"the text has {gaps.Length} gaps; at most {model.Capacity.Predictions} can be filled at once");
        batch.Add(tokens, new int[tokens.Length], gaps, new int[gaps.Length], 0);
        model.Predict(batch);
        var logits = new float[gaps.Length * rows];
        model.ReadOutput("logits", logits);
        if (!Array.TrueForAll(logits, float.IsFinite)) throw new TrainingException($"what {model.Description.Name} predicts are no numbers, so that its weights are of no use");
        return [.. gaps.Select((_, i) => Best(logits.AsSpan(i * rows, vocabulary.Size), vocabulary, best))];
    }

    /// <summary>The tokens of a text, with or without gaps, between [CLS] and [SEP].</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="text">The text.</param>
    public static int[] Tokens(Vocabulary vocabulary, string text) => Encode(vocabulary, text, out _);

    static int[] Encode(Vocabulary vocabulary, string text, out int[] gaps)
    {
        var tokens = new List<int> { vocabulary.Classify };
        var positions = new List<int>();
        string[] parts = text.Split(Gap);
        for (int i = 0; i < parts.Length; i++)
        {
            if (i > 0)
            {
                positions.Add(tokens.Count);
                tokens.Add(vocabulary.Mask);
            }

            if (string.IsNullOrWhiteSpace(parts[i])) continue;
            bool continues = i > 0 && !char.IsWhiteSpace(parts[i][0]);
            tokens.AddRange(continues ? vocabulary.EncodeContinuation(parts[i]) : vocabulary.Encode(parts[i]));
        }

        tokens.Add(vocabulary.Separator);
        gaps = [.. positions];
        return [.. tokens];
    }

    static Candidate[] Best(ReadOnlySpan<float> logits, Vocabulary vocabulary, int count)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits) largest = Math.Max(largest, logit);
        foreach (float logit in logits) sum += Math.Exp(logit - largest);
        float[] values = logits.ToArray();
        return [.. Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).Take(count).Select(i => new Candidate(vocabulary.Piece(i), Math.Exp(values[i] - largest) / sum))];
    }
}
