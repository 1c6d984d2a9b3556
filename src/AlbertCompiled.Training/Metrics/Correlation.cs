namespace AlbertCompiled.Training;

/// <summary>Correlations of two lists of numbers, in [-1, 1]; 0 if either is constant.</summary>
public static class Correlation
{
    /// <summary>Pearson's product-moment correlation.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Pearson(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (x.Count != y.Count) throw new ArgumentException($"{x.Count} numbers against {y.Count}");
        if (IsConstant(x) || IsConstant(y)) return 0; // a mean is rounded, so deviations from it do not tell
        double meanX = x.Average(), meanY = y.Average(), xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Count; i++)
        {
            double dx = x[i] - meanX, dy = y[i] - meanY;
            xy += dx * dy;
            xx += dx * dx;
            yy += dy * dy;
        }

        return Math.Clamp(xy / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1); // rounding may lead a little beyond
    }

    /// <summary>Spearman's rank correlation: Pearson's of the ranks, equal numbers sharing their mean rank; NaN, which has no rank, leads to NaN.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y) =>
        x.Count == y.Count && x.Concat(y).Any(double.IsNaN) ? double.NaN : Pearson(Ranks(x), Ranks(y));

    /// <summary>The rank of each number from 1, equal ones sharing the mean of theirs.</summary>
    public static double[] Ranks(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        var ranks = new double[values.Count];
        for (int first = 0, end; first < order.Length; first = end)
        {
            end = first + 1;
            while (end < order.Length && values[order[end]] == values[order[first]]) end++;
            for (int i = first; i < end; i++) ranks[order[i]] = (first + 1 + end) / 2.0;
        }

        return ranks;
    }

    static bool IsConstant(IReadOnlyList<double> values) => values.All(v => v == values[0]);
}
