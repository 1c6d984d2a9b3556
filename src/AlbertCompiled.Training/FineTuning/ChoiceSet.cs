namespace AlbertCompiled.Training;

/// <summary>Questions with options to choose from. An item is a question; its answer: the probability of each option.</summary>
/// <param name="examples">The questions.</param>
/// <param name="featurizer">Turns them into tokens.</param>
/// <param name="judge">Judges the chosen options; null: by accuracy.</param>
public sealed class ChoiceSet(
    IReadOnlyList<ChoiceExample> examples, ChoiceFeaturizer featurizer, Func<IReadOnlyList<ChoiceExample>, IReadOnlyList<int>, IReadOnlyList<MetricValue>>? judge = null) : TaskSet
{
    readonly IReadOnlyList<ChoiceFeature> features = featurizer.Encode(examples);

    /// <inheritdoc/>
    public override string Program => "choose";

    /// <inheritdoc/>
    public override int Count => features.Count;

    /// <inheritdoc/>
    public override int Truncated => features.Count(f => f.Truncated);

    /// <inheritdoc/>
    public override bool IsLabelled => examples.All(e => e.Label is not null);

    /// <inheritdoc/>
    public override ItemSize Size(int item) => new(features[item].Options.Sum(o => o.Length), features[item].Options.Count, features[item].Label is null ? 0 : 1);

    /// <inheritdoc/>
    public override void Add(TokenBatch batch, int item)
    {
        foreach (var (tokens, segments) in features[item].Options) batch.Add(tokens, segments);
        batch.Ask(features[item].Options.Count, features[item].Label ?? -1);
    }

    /// <inheritdoc/>
    public override float[] Read(OutputRows logits, TokenBatch batch, int sequence, int item)
    {
        var answer = new float[features[item].Options.Count];
        for (int o = 0; o < answer.Length; o++) answer[o] = logits[sequence + o][0];
        return Probabilities.Of(answer);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValue> Judge(IReadOnlyList<float[]> answers) =>
        judge is null ? [ChoicePredictionFile.Accuracy(examples, Chosen(answers))] : judge(examples, Chosen(answers));

    /// <inheritdoc/>
    public override void Write(string path, IReadOnlyList<float[]> answers) => ChoicePredictionFile.Write(path, examples, Chosen(answers));

    /// <inheritdoc/>
    public override IEnumerable<IReadOnlyDictionary<string, object?>> Describe(IReadOnlyList<float[]> answers) => examples.Zip(answers, (e, a) => new Dictionary<string, object?>
    {
        ["id"] = e.Id,
        ["answer"] = ChoicePredictionFile.Letter(Probabilities.Largest(a)),
        ["probabilities"] = a,
    });

    static int[] Chosen(IReadOnlyList<float[]> answers) => [.. answers.Select(a => Probabilities.Largest(a))];
}
