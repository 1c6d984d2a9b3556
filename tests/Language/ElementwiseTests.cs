using static AlbertCompiled.Primitives;
using static AlbertCompiled.Tests.Language.GradientCheck;

namespace AlbertCompiled.Tests.Language;

/// <summary>Elementwise operations: values against the scalar function, gradients against differences.</summary>
public class ElementwiseTests
{
    static readonly Dictionary<string, (Func<Tensor, Tensor> Apply, Func<double, double> Scalar, bool Positive)> Unary = new()
    {
        ["Exp"] = (Exp, Math.Exp, false),
        ["Log"] = (Log, Math.Log, true),
        ["Sigmoid"] = (Sigmoid, x => 1 / (1 + Math.Exp(-x)), false),
        ["Tanh"] = (Tanh, Math.Tanh, false),
        ["Erf"] = (Erf, ErrorFunctionBySimpson, false),
        ["Sqrt"] = (Sqrt, Math.Sqrt, true),
        ["Rsqrt"] = (Rsqrt, x => Math.Pow(x, -0.5), true),
        ["negate"] = (x => -x, x => 0 - x, false),
    };

    static readonly Dictionary<string, (Func<Tensor, Tensor, Tensor> Apply, Func<double, double, double> Scalar)> Binary = new()
    {
        ["+"] = ((a, b) => a + b, (a, b) => a + b),
        ["-"] = ((a, b) => a - b, (a, b) => a - b),
        ["*"] = ((a, b) => a * b, (a, b) => a * b),
        ["/"] = ((a, b) => a / b, (a, b) => a / b),
        ["Max"] = (Max, Math.Max),
        ["Min"] = (Min, Math.Min),
    };

    static readonly (int, int)[][] Shapes =
        [[(3, 4), (3, 4)], [(3, 4), (1, 4)], [(3, 4), (3, 1)], [(3, 4), (1, 1)], [(1, 4), (3, 4)], [(3, 1), (3, 4)], [(1, 1), (3, 4)], [(3, 1), (1, 4)], [(1, 4), (3, 1)]];

    public static TheoryData<string> UnaryNames => [.. Unary.Keys];

    public static TheoryData<string> BinaryNames => [.. Binary.Keys];

    public static TheoryData<string, int> BinaryCases
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string name in Binary.Keys)
                for (int s = 0; s < Shapes.Length; s++) data.Add(name, s);
            return data;
        }
    }

    [Theory, MemberData(nameof(UnaryNames))]
    public void Functions(string name)
    {
        var (apply, scalar, positive) = Unary[name];
        var x = Random(3, 5, 1, positive ? 0.3 : -2);
        Close.Assert([.. x.Values.Select(scalar)], apply(x).Values, 0, 1e-12, name);
        Check(() => apply(x), x);
    }

    [Theory, MemberData(nameof(BinaryCases))]
    public void Arithmetic_with_broadcasting(string name, int shapes)
    {
        var (apply, scalar) = Binary[name];
        var ((rowsA, columnsA), (rowsB, columnsB)) = (Shapes[shapes][0], Shapes[shapes][1]);
        Tensor a = Random(rowsA, columnsA, 2), b = Random(rowsB, columnsB, 3, 0.5);
        var result = apply(a, b);
        Assert.Equal((3, 4), (result.Rows, result.Columns));
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 4; c++)
                Assert.Equal(scalar(a[r % rowsA, c % columnsA], b[r % rowsB, c % columnsB]), result[r, c]);
        Check(() => apply(a, b), a, b);
    }

    [Theory, MemberData(nameof(BinaryNames))]
    public void Shapes_that_do_not_fit_are_refused(string name)
    {
        var e = Assert.Throws<ArgumentException>(() => Binary[name].Apply(Random(3, 4, 1), Random(2, 4, 1)));
        Assert.Equal($"{name} takes equal shapes or rows and columns of 1, not [3, 4] and [2, 4]", e.Message);
        Assert.Throws<ArgumentException>(() => Binary[name].Apply(Random(3, 4, 1), Random(3, 2, 1)));
    }

    [Fact]
    public void Numbers_are_constants()
    {
        var x = Random(2, 3, 4);
        Close.Assert([.. x.Values.Select(v => 2 - 3 * v / 4 + 1)], (2 - 3 * x / 4 + 1).Values, 1e-15);
        Check(() => 2 / (x * x + 1) - 3 * x, x);
    }

    [Fact]
    public void Ties_go_to_the_first()
    {
        Tensor a = new(1, 3, [1, 2, 3]), b = new(1, 3, [1, 3, 2]);
        var max = EagerRun.Differentiate(() => RowSum(Max(a, b)), [a, b]).Gradients;
        Assert.Equal([1, 0, 1], max[0]);
        Assert.Equal([0, 1, 0], max[1]);
        var min = EagerRun.Differentiate(() => RowSum(Min(a, b)), [a, b]).Gradients;
        Assert.Equal([1, 1, 0], min[0]);
        Assert.Equal([0, 0, 1], min[1]);
    }

    [Fact]
    public void Comparisons_have_no_gradient()
    {
        Tensor a = new(2, 2, [1, 2, 3, 4]), b = new(1, 2, [1, 3]);
        Assert.Equal([1, 0, 1, 1], GreaterOrEqual(a, b).Values);
        Assert.Equal([1, 0, 0, 0], Equal(a, b).Values);
        var gradients = EagerRun.Differentiate(() => ColumnSum(RowSum(GreaterOrEqual(a, b) + Equal(a, b) + 0 * a)), [a, b]).Gradients;
        Assert.All(gradients, g => Assert.All(g, v => Assert.Equal(0, v)));
    }

    [Fact]
    public void Detach_keeps_the_value_and_stops_the_gradient()
    {
        var x = Random(2, 3, 5);
        Assert.Equal(x.Values, Detach(x).Values);
        var gradient = EagerRun.Differentiate(() => ColumnSum(RowSum(x * Detach(x))), [x]).Gradients[0];
        Assert.Equal(x.Values, gradient); // x·x without Detach would give 2x
    }

    [Fact]
    public void A_value_used_twice_gets_both_gradients()
    {
        var x = Random(2, 2, 6);
        Check(() => x * x + Tanh(x) * RowSum(x), x);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(2.4, 0.9993114861033549)]
    [InlineData(2.6, 0.9997639655834707)]
    [InlineData(3, 0.9999779095030014)]
    [InlineData(30, 1)]
    public void Erf_is_exact(double x, double expected)
    {
        Assert.Equal(expected, Erf(x).Scalar, 2e-15);
        Assert.Equal(-expected, Erf(-x).Scalar, 2e-15);
    }

    // 2/√π ∫₀ˣ exp(−t²) dt by Simpson's rule: slow, and independent of the series.
    static double ErrorFunctionBySimpson(double x)
    {
        const int N = 2000;
        double sum = 0;
        for (int i = 0; i <= N; i++) sum += (i == 0 || i == N ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-(x * i / N) * (x * i / N));
        return 2 / Math.Sqrt(Math.PI) * sum * x / N / 3;
    }
}
