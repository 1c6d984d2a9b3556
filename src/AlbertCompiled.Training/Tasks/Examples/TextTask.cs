namespace AlbertCompiled.Training;

/// <summary>Classes or scores to find for texts or pairs of texts.</summary>
/// <param name="Name">The task's name.</param>
/// <param name="Labels">The classes; null if the task is to find scores.</param>
/// <param name="Metrics">How predictions are judged.</param>
public sealed record TextTask(string Name, LabelSet? Labels, IReadOnlyList<Metric> Metrics)
{
    /// <summary>Smallest and largest score that a prediction file may hold.</summary>
    public (double Lowest, double Highest) Range { get; init; } = (double.MinValue, double.MaxValue);

    /// <summary>Judges predicted classes.</summary>
    /// <param name="examples">Examples, all with a label.</param>
    /// <param name="predicted">The class predicted for each.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public IReadOnlyList<MetricValue> Evaluate(IReadOnlyList<TextExample> examples, IReadOnlyList<int> predicted)
    {
        var confusion = Confusion(examples, predicted);
        return [.. Metrics.Where(m => m.OfClasses is not null).Select(m => new MetricValue(m.Among(Labels!), m.OfClasses!(confusion)) { IsError = m.IsError })];
    }

    /// <summary>Judges predicted scores.</summary>
    /// <param name="examples">Examples, all with a score.</param>
    /// <param name="predicted">The score predicted for each.</param>
    /// <exception cref="ArgumentException">The lengths differ, or there are none.</exception>
    public IReadOnlyList<MetricValue> Evaluate(IReadOnlyList<TextExample> examples, IReadOnlyList<double> predicted)
    {
        if (examples.Count != predicted.Count) throw new ArgumentException($"{examples.Count} scores but {predicted.Count} predictions");
        if (examples.Count == 0) throw new ArgumentException("there are no scores to judge by");
        double[] gold = [.. examples.Select(e => e.Score!.Value)];
        return [.. Metrics.Where(m => m.OfScores is not null).Select(m => new MetricValue(m.Name, m.OfScores!(gold, predicted)) { IsError = m.IsError })];
    }

    /// <summary>What was taken for what.</summary>
    /// <param name="examples">Examples, all with a label.</param>
    /// <param name="predicted">The class predicted for each.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public ConfusionMatrix Confusion(IReadOnlyList<TextExample> examples, IReadOnlyList<int> predicted) =>
        new([.. examples.Select(e => e.Label!.Value)], predicted, Labels!.Count);
}
