namespace AlbertCompiled.Tests.Language;

/// <summary>Gradients against central differences.</summary>
internal static class GradientCheck
{
    const double Step = 1e-5;

    /// <summary>A matrix of values in [low, high), the same for the same seed.</summary>
    public static Tensor Random(int rows, int columns, int seed, double low = -2, double high = 2)
    {
        var random = new Random(seed);
        return new(rows, columns, [.. Enumerable.Range(0, rows * columns).Select(_ => low + (high - low) * random.NextDouble())]);
    }

    /// <summary>
    /// Differentiates Σ w·f with fixed random w, so that no gradient is right by symmetry, and compares every element. At
    /// least one gradient must be far from zero, so that a check of nothing fails.
    /// </summary>
    public static void Check(Func<Tensor> f, params Tensor[] variables)
    {
        var (loss, gradients) = EagerRun.Differentiate(() => Weighted(f()), variables);
        Assert.False(double.IsNaN(loss));
        double scale = gradients.SelectMany(g => g).Select(Math.Abs).Max();
        Assert.True(scale > 1e-3, $"the largest gradient is {scale}");
        for (int v = 0; v < variables.Length; v++)
        {
            var numeric = new double[gradients[v].Length];
            for (int i = 0; i < numeric.Length; i++) numeric[i] = Slope(() => EagerRun.Differentiate(() => Weighted(f()), []).Value, variables[v].Values, i);
            Close.Assert(numeric, gradients[v], 1e-8 * (1 + scale), 0, $"gradient {v}");
        }
    }

    /// <summary>The central difference of <paramref name="f"/> by one value.</summary>
    public static double Slope(Func<double> f, double[] values, int index)
    {
        double value = values[index];
        values[index] = value + Step;
        double above = f();
        values[index] = value - Step;
        double below = f();
        values[index] = value;
        return (above - below) / (2 * Step);
    }

    static Tensor Weighted(Tensor x) => Primitives.ColumnSum(Primitives.RowSum(x * Random(x.Rows, x.Columns, 99, 0.5, 1.5)));
}
