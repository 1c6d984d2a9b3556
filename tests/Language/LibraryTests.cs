using static AlbertCompiled.Library;
using static AlbertCompiled.Tests.Language.GradientCheck;

namespace AlbertCompiled.Tests.Language;

/// <summary>The library against plain formulas, gradients against differences.</summary>
public class LibraryTests
{
    [Fact]
    public void Linear_maps_rows()
    {
        Tensor x = Random(3, 4, 1), w = Random(5, 4, 2), b = Random(1, 5, 3);
        var result = Linear(x, new(w, b));
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 5; c++)
                Assert.Equal(Enumerable.Range(0, 4).Sum(k => x[r, k] * w[c, k]) + b[0, c], result[r, c], 1e-14);
        Check(() => Linear(x, new(w, b)), x, w, b);
    }

    [Fact]
    public void LayerNorm_normalises_rows()
    {
        const double Epsilon = 1e-3;
        Tensor x = Random(3, 6, 1), scale = Random(1, 6, 2), shift = Random(1, 6, 3);
        var result = LayerNorm(x, new(scale, shift), Epsilon);
        for (int r = 0; r < 3; r++)
        {
            double[] row = x.Values[(r * 6)..(r * 6 + 6)];
            double mean = row.Average(), deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + Epsilon);
            for (int c = 0; c < 6; c++) Assert.Equal((row[c] - mean) / deviation * scale[0, c] + shift[0, c], result[r, c], 1e-13);
        }

        Check(() => LayerNorm(x, new(scale, shift), Epsilon), x, scale, shift);
    }

    // Φ(x) by GELU's tanh formula; for the exact form, x·Φ(x) at points of a table of the normal distribution.
    [Fact]
    public void Activations()
    {
        Tensor x = new(1, 5, [-3, -1, 0, 0.5, 2]);
        Close.Assert([.. x.Values.Select(v => v / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + 0.044715 * Math.Pow(v, 3)))))], GeluTanh(x).Values, 1e-14);
        Close.Assert([-3 * 0.00134989803163, -0.15865525393146, 0, 0.5 * 0.69146246127401, 2 * 0.97724986805182], GeluErf(x).Values, 1e-13);
        Close.Assert([.. x.Values.Select(v => 1 / (1 + Math.Exp(-v)))], Primitives.Sigmoid(x).Values, 1e-14);
        Close.Assert([0, 0, 0, 0.5, 2], Relu(x).Values, 0);
        Assert.Equal([0, 1], Primitives.Sigmoid(new Tensor(1, 2, [-1e6, 1e6])).Values);
        var y = Random(3, 4, 5);
        foreach (var f in (Func<Tensor, Tensor>[])[GeluTanh, GeluErf, Relu]) Check(() => f(y), y);
    }

    [Fact]
    public void Means()
    {
        Tensor x = new(2, 3, [1, 2, 3, 4, 5, 9]);
        Assert.Equal([2, 6], RowMean(x).Values);
        Assert.Equal([2.5, 3.5, 6], Mean(x).Values);
        var none = Primitives.Rows(x, Batches.Indices(Dimension.Predictions));
        Assert.Equal([0, 0, 0], Mean(none).Values);
        var y = Random(3, 4, 6);
        Check(() => RowMean(y * y), y);
        Check(() => Mean(y * y), y);
    }

    [Fact]
    public void Pick_takes_one_element_of_each_row()
    {
        var x = Random(3, 4, 7);
        var index = Batches.Indices(Dimension.Predictions, 2, 0, 3);
        Assert.Equal([x[0, 2], x[1, 0], x[2, 3]], Pick(x, index).Values);
        Check(() => Pick(x * x, index), x);
    }

    [Fact]
    public void Softmax_sums_to_one_and_stands_large_numbers()
    {
        var x = Random(2, 5, 8);
        double[] e = [.. x.Values.Select(Math.Exp)];
        Close.Assert([.. e.Select((v, i) => v / e[(i / 5 * 5)..(i / 5 * 5 + 5)].Sum())], Softmax(x).Values, 1e-14);
        Close.Assert(Softmax(x).Values, Softmax(x + 1e4).Values, 1e-11);
        Check(() => Softmax(x), x);
    }

    [Fact]
    public void CrossEntropy_is_the_negative_log_probability()
    {
        var x = Random(2, 5, 9);
        var labels = Batches.Indices(Dimension.Predictions, 4, 1);
        var p = Softmax(x);
        Close.Assert([-Math.Log(p[0, 4]), -Math.Log(p[1, 1])], CrossEntropy(x, labels).Values, 1e-13);
        Assert.Equal(2000, CrossEntropy(new Tensor(1, 2, [1000, -1000]), Batches.Indices(Dimension.Predictions, 1)).Scalar, 1e-9);
        Check(() => CrossEntropy(x, labels), x);
    }

    [Fact]
    public void Correct_compares_the_label_with_the_maximum()
    {
        Tensor x = new(3, 3, [1, 5, 2, 9, 8, 7, 3, 3, 1]);
        Assert.Equal([1, 0, 1], Correct(x, Batches.Indices(Dimension.Predictions, 1, 2, 1)).Values);
    }

    [Fact]
    public void Dropout_without_a_training_run_is_the_identity()
    {
        var x = Random(4, 4, 1);
        Assert.Equal(x.Values, Dropout(x, 0.5).Values);
        Assert.Same(x, Dropout(x, 0));
    }

    [Fact]
    public void Dropout_gradient_passes_where_the_value_did()
    {
        var x = Random(5, 6, 2);
        Check(() => Dropout(x * x, 0.4), x);
        var gradient = EagerRun.Differentiate(() => Primitives.ColumnSum(Primitives.RowSum(Dropout(x, 0.4))), [x]).Gradients[0];
        Assert.All(gradient, g => Assert.True(g == 0 || g == 1 / 0.6));
        Assert.Contains(0, gradient);
        Assert.Contains(1 / 0.6, gradient);
    }
}
