namespace AlbertCompiled.Training;

/// <summary>Texts or pairs of texts to classify or to score. An item's answer: the probability of each class, or the score.</summary>
/// <param name="task">Labels and metrics.</param>
/// <param name="examples">The examples, in the order of the file.</param>
/// <param name="featurizer">Turns them into tokens.</param>
public sealed class TextSet(TextTask task, IReadOnlyList<TextExample> examples, TextFeaturizer featurizer) : TaskSet
{
    readonly IReadOnlyList<TextFeature> features = featurizer.Encode(examples);

    /// <summary>What scores are standardised by; null: they are learned as they are.</summary>
    public ScoreScale? Scale { get; init; }

    /// <inheritdoc/>
    public override string Program => task.Labels is null ? "regress" : "classify";

    /// <inheritdoc/>
    public override int Count => features.Count;

    /// <inheritdoc/>
    public override int Truncated => features.Count(f => f.Truncated);

    /// <inheritdoc/>
    public override bool IsLabelled => examples.All(e => task.Labels is null ? e.Score is not null : e.Label is not null);

    /// <inheritdoc/>
    public override LabelSet? Labels => task.Labels;

    /// <inheritdoc/>
    public override ItemSize Size(int item) => new(features[item].Sequence.Length, 1, features[item].Label is null && features[item].Score is null ? 0 : 1);

    /// <inheritdoc/>
    public override int? ClassOf(int item) => features[item].Label;

    /// <inheritdoc/>
    public override void Add(TokenBatch batch, int item)
    {
        var (tokens, segments) = features[item].Sequence;
        if (features[item].Label is { } label) batch.AddLabelled(tokens, segments, label);
        else if (features[item].Score is { } score) batch.AddRated(tokens, segments, (float)(Scale?.Standard(score) ?? score));
        else batch.Add(tokens, segments);
    }

    /// <inheritdoc/>
    public override float[] Read(OutputRows logits, TokenBatch batch, int sequence, int item) =>
        task.Labels is { } labels ? Probabilities.Of(logits[sequence][..labels.Count]) : [Scored(logits[sequence][0])];

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValue> Judge(IReadOnlyList<float[]> answers) =>
        task.Labels is null ? task.Evaluate(examples, Scores(answers)) : task.Evaluate(examples, Classes(answers));

    /// <inheritdoc/>
    public override ConstantAnswer? Constant => !IsLabelled ? null
        : task.Labels is not null ? ConstantAnswer.MostFrequent(examples.Select(e => e.Label!.Value))
        : task.Metrics.Contains(Metric.RootMeanSquareError) ? ConstantAnswer.Mean([.. examples.Select(e => e.Score!.Value)])
        : null;

    /// <inheritdoc/>
    public override ConfusionMatrix? Confusion(IReadOnlyList<float[]> answers) => task.Labels is null ? null : task.Confusion(examples, Classes(answers));

    /// <inheritdoc/>
    public override void Write(string path, IReadOnlyList<float[]> answers)
    {
        if (task.Labels is null) TextPredictionFile.Write(task, path, Scores(answers));
        else TextPredictionFile.Write(task, path, Classes(answers));
    }

    /// <inheritdoc/>
    public override IEnumerable<IReadOnlyDictionary<string, object?>> Describe(IReadOnlyList<float[]> answers) => answers.Select(Describe);

    Dictionary<string, object?> Describe(float[] answer)
    {
        if (task.Labels is not { } labels) return new() { ["score"] = answer[0] };
        int best = Probabilities.Largest(answer);
        return new()
        {
            ["label"] = labels.Names[best],
            ["probability"] = answer[best],
            ["probabilities"] = labels.Names.Zip(answer).ToDictionary(p => p.First, p => p.Second),
        };
    }

    float Scored(float logit) => Scale is null ? logit : (float)Scale.Score(logit);

    static int[] Classes(IReadOnlyList<float[]> answers) => [.. answers.Select(a => Probabilities.Largest(a))];

    static double[] Scores(IReadOnlyList<float[]> answers) => [.. answers.Select(a => (double)a[0])];
}
