namespace AlbertCompiled.Training;

/// <summary>The range and the round tick values of an axis.</summary>
/// <param name="Low">First value.</param>
/// <param name="High">Last value.</param>
/// <param name="Step">Distance of ticks: 1, 2 or 5 times a power of ten.</param>
public sealed record Axis(double Low, double High, double Step)
{
    const int WantedTicks = 5;

    /// <summary>Multiples of the step within the range.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            for (long i = (long)Math.Ceiling(Low / Step - 1e-9); i * Step <= High + 1e-9 * Step; i++) yield return i * Step;
        }
    }

    /// <summary>An axis that covers all values, widened to whole steps.</summary>
    public static Axis Covering(IEnumerable<double> values)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (double v in values)
            if (double.IsFinite(v)) (low, high) = (Math.Min(low, v), Math.Max(high, v));
        if (low > high) (low, high) = (0, 1);
        if (high - low < 1e-12 * Math.Max(1, Math.Abs(high))) (low, high) = (low - 0.5 * Math.Max(Math.Abs(low), 1e-3), high + 0.5 * Math.Max(Math.Abs(high), 1e-3));
        double rough = (high - low) / WantedTicks, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        return new(Math.Floor(low / step + 1e-9) * step, Math.Ceiling(high / step - 1e-9) * step, step);
    }

    /// <summary>Where a value lies, 0 at the low end and 1 at the high one.</summary>
    public double Place(double value) => (value - Low) / (High - Low);
}
