namespace AlbertCompiled;

/// <summary>The operations that the compiler knows. Everything else is written with them. Meant for <c>using static</c>.</summary>
public static partial class Primitives
{
    /// <summary>eˣ, elementwise.</summary>
    public static Tensor Exp(Tensor x) => Elementwise.Apply(x, Math.Exp, (_, y) => y);

    /// <summary>ln x, elementwise.</summary>
    public static Tensor Log(Tensor x) => Elementwise.Apply(x, Math.Log, (v, _) => 1 / v);

    /// <summary>1/(1 + e⁻ˣ), elementwise.</summary>
    public static Tensor Sigmoid(Tensor x) => Elementwise.Apply(x, v => 1 / (1 + Math.Exp(-v)), (_, y) => y - y * y);

    /// <summary>tanh x, elementwise.</summary>
    public static Tensor Tanh(Tensor x) => Elementwise.Apply(x, Math.Tanh, (_, y) => 1 - y * y);

    /// <summary>The error function, elementwise.</summary>
    public static Tensor Erf(Tensor x) => Elementwise.Apply(x, ErrorFunction.Erf, (v, _) => ErrorFunction.Slope(v));

    /// <summary>√x, elementwise.</summary>
    public static Tensor Sqrt(Tensor x) => Elementwise.Apply(x, Math.Sqrt, (_, y) => 0.5 / y);

    /// <summary>1/√x, elementwise.</summary>
    public static Tensor Rsqrt(Tensor x) => Elementwise.Apply(x, v => 1 / Math.Sqrt(v), (v, y) => -0.5 * y / v);

    /// <summary>The larger of each pair, with broadcasting. The gradient goes to the larger, in a tie to <paramref name="a"/>.</summary>
    public static Tensor Max(Tensor a, Tensor b) => Elementwise.Apply(nameof(Max), a, b, (x, y) => x >= y ? x : y, (x, y) => x >= y ? 1 : 0, (x, y) => x >= y ? 0 : 1);

    /// <summary>The smaller of each pair, with broadcasting. The gradient goes to the smaller, in a tie to <paramref name="a"/>.</summary>
    public static Tensor Min(Tensor a, Tensor b) => Elementwise.Apply(nameof(Min), a, b, (x, y) => x <= y ? x : y, (x, y) => x <= y ? 1 : 0, (x, y) => x <= y ? 0 : 1);

    /// <summary>1 where a ≥ b, else 0, with broadcasting. No gradient.</summary>
    public static Tensor GreaterOrEqual(Tensor a, Tensor b) => Elementwise.Apply(nameof(GreaterOrEqual), a, b, (x, y) => x >= y ? 1 : 0);

    /// <summary>1 where a = b, else 0, with broadcasting. No gradient.</summary>
    public static Tensor Equal(Tensor a, Tensor b) => Elementwise.Apply(nameof(Equal), a, b, (x, y) => x == y ? 1 : 0);

    /// <summary>The value without its gradient.</summary>
    public static Tensor Detach(Tensor x) => new(x.Rows, x.Columns, x.Values) { IsDifferentiable = false };

    /// <summary>
    /// A dropout mask of the shape of <paramref name="x"/>: 0 with probability <paramref name="p"/>, otherwise 1/(1 − p).
    /// All ones if p is 0 or the model is not training. The bits are those of <see cref="CounterRandom"/>. No gradient.
    /// </summary>
    /// <exception cref="ArgumentException">p is outside [0, 1).</exception>
    public static Tensor KeepMask(Tensor x, double p)
    {
        var values = new double[x.Rows * x.Columns];
        if (EagerScope.NextSite(p) is not { } key)
        {
            Array.Fill(values, 1);
        }
        else
        {
            for (int r = 0; r < x.Rows; r++)
                for (int c = 0; c < x.Columns; c++)
                    values[r * x.Columns + c] = CounterRandom.Bits(CounterRandom.RowKey(key, r), c) >= CounterRandom.Threshold(p) ? 1 / (1 - p) : 0;
        }

        return new(x.Rows, x.Columns, values) { IsDifferentiable = false };
    }
}
