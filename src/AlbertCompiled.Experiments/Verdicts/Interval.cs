namespace AlbertCompiled.Experiments;

/// <summary>A mean over seeds and how far it may lie from the truth: Student's 95% interval.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">Standard deviation of the sample; 0 of one value.</param>
/// <param name="HalfWidth">Half the interval; infinite for a single value, which tells no spread.</param>
/// <param name="Count">Values.</param>
public readonly record struct Interval(double Mean, double Deviation, double HalfWidth, int Count)
{
    // two-sided 95% quantiles of Student's t for 1, 2, … degrees of freedom
    static readonly double[] Quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

    /// <summary>The interval of some values.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Interval Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0) throw new ArgumentException("an interval of no values");
        double mean = values.Average(), deviation = values.Count == 1 ? 0 : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
        return new(mean, deviation, values.Count == 1 ? double.PositiveInfinity : Quantile(values.Count - 1) * deviation / Math.Sqrt(values.Count), values.Count);
    }

    // beyond the table Fisher's expansion about the normal quantile (Abramowitz and Stegun 26.7.5), right to 0.0002
    static double Quantile(int degrees)
    {
        if (degrees <= Quantiles.Length) return Quantiles[degrees - 1];
        const double Z = 1.959964, Z3 = Z * Z * Z, Z5 = Z3 * Z * Z, Z7 = Z5 * Z * Z;
        return Z + (Z3 + Z) / (4 * degrees) + (5 * Z5 + 16 * Z3 + 3 * Z) / (96.0 * degrees * degrees) + (3 * Z7 + 19 * Z5 + 17 * Z3 - 15 * Z) / (384.0 * degrees * degrees * degrees);
    }
}
