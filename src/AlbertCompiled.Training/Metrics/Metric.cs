namespace AlbertCompiled.Training;

/// <summary>A figure that tells how good predictions are, as a share: 1 is best.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="OfClasses">Computes it for predicted classes; null if it is about scores.</param>
/// <param name="OfScores">Computes it from gold and predicted scores; null if it is about classes.</param>
public sealed record Metric(string Name, Func<ConfusionMatrix, double>? OfClasses = null, Func<IReadOnlyList<double>, IReadOnlyList<double>, double>? OfScores = null)
{
    /// <summary>Share of examples whose class was found.</summary>
    public static Metric Accuracy { get; } = new("accuracy", c => c.Accuracy);

    /// <summary>F1 of class 1, the positive one of two.</summary>
    public static Metric F1 { get; } = new("f1", c => c.F1(1));

    /// <summary>Mean F1 of the classes.</summary>
    public static Metric MacroF1 { get; } = new("macro_f1", c => c.MacroF1);

    /// <summary>Matthews correlation.</summary>
    public static Metric Matthews { get; } = new("matthews", c => c.Matthews);

    /// <summary>Pearson correlation.</summary>
    public static Metric Pearson { get; } = new("pearson", OfScores: Correlation.Pearson);

    /// <summary>Spearman's rank correlation.</summary>
    public static Metric Spearman { get; } = new("spearman", OfScores: Correlation.Spearman);
}

/// <summary>A metric and what came out.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Value">Its value as a share: 1 is best.</param>
public readonly record struct MetricValue(string Metric, double Value);
