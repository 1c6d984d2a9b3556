namespace AlbertCompiled;

/// <summary>erf in double precision: a reference, exact to about 1e-15, not made for speed.</summary>
internal static class ErrorFunction
{
    /// <summary>erf(x) = 2/√π ∫₀ˣ exp(−t²) dt.</summary>
    public static double Erf(double x) => double.IsNaN(x) ? x : Math.Abs(x) < 2.5 ? Series(x) : Math.Sign(x) * (1 - Complement(Math.Abs(x)));

    /// <summary>d erf(x)/dx.</summary>
    public static double Slope(double x) => 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x);

    /// <summary>2/√π exp(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!: all terms have one sign, so nothing cancels (Abramowitz and Stegun, 7.1.6).</summary>
    static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++) sum += term *= 2 * x * x / (2 * n + 1);
        return Slope(x) * sum;
    }

    /// <summary>erfc(x) for large x by its continued fraction, evaluated from the far end (Abramowitz and Stegun, 7.1.14).</summary>
    static double Complement(double x)
    {
        double tail = x;
        for (int n = 80; n >= 1; n--) tail = x + n / 2.0 / tail;
        return x > 27 ? 0 : Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * tail);
    }
}
