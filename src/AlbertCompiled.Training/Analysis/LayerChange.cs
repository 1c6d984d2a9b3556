namespace AlbertCompiled.Training;

/// <summary>How far a layer moves the vectors that it is given (Lan et al. 2020, Figure 1), over all tokens.</summary>
/// <param name="Distance">L2 distance of a token's input and output.</param>
/// <param name="Cosine">Cosine similarity of the two.</param>
public sealed record LayerChange(Moments Distance, Moments Cosine)
{
    /// <summary>Compares the rows of two matrices of one shape.</summary>
    /// <param name="before">[tokens, columns]</param>
    /// <param name="after">[tokens, columns]</param>
    public static LayerChange Of(Tensor before, Tensor after)
    {
        double[] distances = new double[before.Rows], cosines = new double[before.Rows];
        for (int r = 0; r < before.Rows; r++)
        {
            ReadOnlySpan<double> x = before.Values.AsSpan(r * before.Columns, before.Columns), y = after.Values.AsSpan(r * before.Columns, before.Columns);
            double sum = 0;
            for (int c = 0; c < x.Length; c++) sum += (y[c] - x[c]) * (y[c] - x[c]);
            (distances[r], cosines[r]) = (Math.Sqrt(sum), CosineOf(x, y));
        }

        return new(Moments.Of(distances), Moments.Of(cosines));
    }

    /// <summary>x · y / (‖x‖ ‖y‖); 0 where one of them is zero.</summary>
    public static double CosineOf(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double product = 0, normX = 0, normY = 0;
        for (int c = 0; c < x.Length; c++) (product, normX, normY) = (product + x[c] * y[c], normX + x[c] * x[c], normY + y[c] * y[c]);
        return normX > 0 && normY > 0 ? product / Math.Sqrt(normX * normY) : 0;
    }
}

/// <summary>Mean and standard deviation of measurements.</summary>
public readonly record struct Moments(double Mean, double Deviation)
{
    /// <summary>Those of all values, each of the same weight; zeros if there are none.</summary>
    public static Moments Of(IReadOnlyCollection<double> values)
    {
        double mean = values.DefaultIfEmpty(0).Average();
        return new(mean, Math.Sqrt(values.Select(v => (v - mean) * (v - mean)).DefaultIfEmpty(0).Average()));
    }
}
