using System.Globalization;

namespace AlbertCompiled.Training;

/// <summary>A figure that tells how good predictions are: a share, of which 1 is best, or an error in the unit of scores.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="OfClasses">Computes it for predicted classes; null if it is about scores.</param>
/// <param name="OfScores">Computes it from gold and predicted scores; null if it is about classes.</param>
public sealed record Metric(string Name, Func<ConfusionMatrix, double>? OfClasses = null, Func<IReadOnlyList<double>, IReadOnlyList<double>, double>? OfScores = null)
{
    /// <summary>The class that it is about; null: all.</summary>
    public int? Class { get; init; }

    /// <summary>True for an error, of which the least is best; else the greatest value is.</summary>
    public bool IsError { get; init; }

    /// <summary>Share of examples whose class was found.</summary>
    public static Metric Accuracy { get; } = new("accuracy", c => c.Accuracy);

    /// <summary>F1 of class 1, the positive one of two.</summary>
    public static Metric F1 { get; } = new("f1", c => c.F1(1)) { Class = 1 };

    /// <summary>Mean F1 of the classes.</summary>
    public static Metric MacroF1 { get; } = new("macro_f1", c => c.MacroF1);

    /// <summary>Matthews correlation.</summary>
    public static Metric Matthews { get; } = new("matthews", c => c.Matthews);

    /// <summary>Pearson correlation.</summary>
    public static Metric Pearson { get; } = new("pearson", OfScores: Correlation.Pearson);

    /// <summary>Spearman's rank correlation.</summary>
    public static Metric Spearman { get; } = new("spearman", OfScores: Correlation.Spearman);

    /// <summary>Root of the mean squared error, in the unit of the scores: 0 is best.</summary>
    public static Metric RootMeanSquareError { get; } =
        new("rmse", OfScores: (gold, predicted) => Math.Sqrt(gold.Zip(predicted).Average(p => (p.First - p.Second) * (p.First - p.Second)))) { IsError = true };

    /// <summary>Its name for a task: of which class it is, if it is about one.</summary>
    public string Among(LabelSet labels) => Class is { } c ? $"{Name} of {labels.Names[c]}" : Name;
}

/// <summary>A metric and what came out.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Value">Its value: a share, of which 1 is best, or an error in the unit of scores.</param>
public readonly record struct MetricValue(string Metric, double Value)
{
    /// <summary>True for an error, which is no share, and of which the least is best. By default the root of the mean squared error alone is one.</summary>
    public bool IsError { get; init; } = Metric == Training.Metric.RootMeanSquareError.Name;

    /// <summary>True if it is better than another value of the same metric.</summary>
    public bool IsBetterThan(MetricValue other) => IsError ? Value < other.Value : Value > other.Value;

    /// <summary>As it is printed: a share times 100, an error as it is.</summary>
    /// <param name="decimals">Decimals of a share; errors have five digits.</param>
    public string Text(int decimals = 2) => IsError ? Value.ToString(Value >= 1e5 ? "F0" : "G5", CultureInfo.InvariantCulture) : (100 * Value).ToString($"F{decimals}", CultureInfo.InvariantCulture);
}
