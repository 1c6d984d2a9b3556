namespace AlbertCompiled.Training;

/// <summary>What the same answer to everything reaches on labelled data: a figure without which a model's means little.</summary>
/// <param name="Rule">Which answer that is.</param>
/// <param name="Value">What it reaches.</param>
public sealed record ConstantAnswer(string Rule, MetricValue Value)
{
    /// <summary>The class that occurs most.</summary>
    public static ConstantAnswer MostFrequent(IEnumerable<int> classes)
    {
        int[] counts = [.. classes.CountBy(c => c).Select(c => c.Value)];
        return new("always the most frequent class", new(Metric.Accuracy.Name, counts.Length == 0 ? 0 : counts.Max() / (double)counts.Sum()));
    }

    /// <summary>The mean of scores.</summary>
    public static ConstantAnswer Mean(IReadOnlyList<double> scores)
    {
        double mean = scores.Average();
        return new("always the mean", new(Metric.RootMeanSquareError.Name, Metric.RootMeanSquareError.OfScores!(scores, [.. scores.Select(_ => mean)])));
    }
}
