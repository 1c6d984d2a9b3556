namespace AlbertCompiled.Training;

/// <summary>How a metric varies over seeds.</summary>
/// <param name="Median">The middle one; of an even number the mean of the two in the middle.</param>
/// <param name="Lowest">The least.</param>
/// <param name="Highest">The greatest.</param>
/// <param name="Deviation">Standard deviation of the sample; 0 of one seed.</param>
public readonly record struct SeedSpread(double Median, double Lowest, double Highest, double Deviation)
{
    /// <summary>The spread of some values.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static SeedSpread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0) throw new ArgumentException("a spread of no values");
        double mean = sorted.Average(), squares = sorted.Sum(v => (v - mean) * (v - mean));
        return new((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1], sorted.Length == 1 ? 0 : Math.Sqrt(squares / (sorted.Length - 1)));
    }
}
