namespace AlbertCompiled.Training;

/// <summary>Words to tag. An item is a sentence or a window of it; its answer: for each word that it decides about, the probability of each tag.</summary>
/// <param name="tags">The tags.</param>
/// <param name="examples">The sentences.</param>
/// <param name="featurizer">Turns them into tokens.</param>
public sealed class TagSet(LabelSet tags, ExampleSet<TaggedExample> examples, TagFeaturizer featurizer) : TaskSet
{
    const string Outside = "O"; // the tag of a word of which normalisation leaves nothing

    readonly IReadOnlyList<TagFeature> features = featurizer.Encode(examples.Examples);

    /// <inheritdoc/>
    public override string Program => "tag";

    /// <inheritdoc/>
    public override int Count => features.Count;

    /// <inheritdoc/>
    public override bool IsLabelled => examples.Examples.All(e => e.Tags is not null);

    /// <inheritdoc/>
    public override LabelSet? Labels => tags;

    /// <inheritdoc/>
    public override ItemSize Size(int item) => new(features[item].Sequence.Length, 1, features[item].Tags.Count(t => t >= 0));

    /// <inheritdoc/>
    public override void Add(TokenBatch batch, int item) => batch.AddTagged(features[item].Sequence.Tokens, features[item].Sequence.Segments, features[item].Tags);

    /// <inheritdoc/>
    public override float[] Read(OutputRows logits, TokenBatch batch, int sequence, int item)
    {
        var answer = new List<float>();
        for (int t = 0; t < features[item].Words.Length; t++)
            if (features[item].Words[t] >= 0) answer.AddRange(Probabilities.Of(logits[batch.Starts[sequence] + t][..tags.Count]));
        return [.. answer];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValue> Judge(IReadOnlyList<float[]> answers)
    {
        var predicted = examples with { Examples = [.. examples.Examples.Zip(Decode(answers), (e, t) => e with { Tags = t })] };
        var values = TagPredictionFile.Evaluate(examples, predicted, tags);
        return [.. values.OrderByDescending(v => v.Metric == "entity_f1")]; // the main one, where there are entities
    }

    /// <inheritdoc/>
    public override ConstantAnswer? Constant => IsLabelled ? ConstantAnswer.MostFrequent(examples.Examples.SelectMany(e => e.Tags!)) : null;

    /// <inheritdoc/>
    public override ConfusionMatrix? Confusion(IReadOnlyList<float[]> answers) =>
        new([.. examples.Examples.SelectMany(e => e.Tags!)], [.. Decode(answers).SelectMany(t => t)], tags.Count);

    /// <inheritdoc/>
    public override void Write(string path, IReadOnlyList<float[]> answers) => TagPredictionFile.Write(path, examples.Examples, Decode(answers), tags);

    /// <inheritdoc/>
    public override IEnumerable<IReadOnlyDictionary<string, object?>> Describe(IReadOnlyList<float[]> answers) =>
        examples.Examples.Zip(Decode(answers), (e, t) => new Dictionary<string, object?> { ["words"] = e.Words, ["tags"] = t.Select(c => tags.Names[c]).ToArray() });

    int[][] Decode(IReadOnlyList<float[]> answers)
    {
        int[][] decided = [.. examples.Examples.Select(e => Enumerable.Repeat(tags.Find(Outside) ?? 0, e.Words.Count).ToArray())];
        for (int item = 0; item < features.Count; item++)
        {
            int next = 0;
            foreach (int word in features[item].Words.Where(w => w >= 0))
            {
                decided[features[item].Example][word] = Probabilities.Largest(answers[item].AsSpan(next, tags.Count));
                next += tags.Count;
            }
        }

        return decided;
    }
}
