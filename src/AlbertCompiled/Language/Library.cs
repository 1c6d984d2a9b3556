using static AlbertCompiled.Primitives;

namespace AlbertCompiled;

/// <summary>What models are made of, written in the language itself. Meant for <c>using static</c>.</summary>
[Definition]
public static class Library
{
    /// <summary>The weights of a linear layer.</summary>
    /// <param name="Weight">[outputs, inputs].</param>
    /// <param name="Bias">[1, outputs].</param>
    public sealed record LinearLayer(Tensor Weight, Tensor Bias);

    /// <summary>The weights of a LayerNorm.</summary>
    /// <param name="Scale">[1, columns].</param>
    /// <param name="Shift">[1, columns].</param>
    public sealed record NormLayer(Tensor Scale, Tensor Shift);

    /// <summary>x Wᵀ + b: [R, inputs] → [R, outputs].</summary>
    public static Tensor Linear(Tensor x, LinearLayer layer) => MatMul(x, layer.Weight, transposeB: true) + layer.Bias;

    /// <summary>Three linear layers of one input as one: their outputs stand side by side, their weights stay parameters of their own.</summary>
    public static LinearLayer Stack(LinearLayer a, LinearLayer b, LinearLayer c) =>
        new(Primitives.Stack(a.Weight, b.Weight, c.Weight), Primitives.Stack(a.Bias, b.Bias, c.Bias));

    /// <summary>Each row shifted to mean 0 and scaled to variance 1, then by learned scale and shift: [R, C] → [R, C] (Ba et al. 2016).</summary>
    public static Tensor LayerNorm(Tensor x, NormLayer layer, double epsilon)
    {
        if (epsilon < 0) throw new ArgumentException($"LayerNorm adds a number from 0 on to the variance, not {epsilon}");
        var mean = RowMean(x);
        var centred = x - mean;
        var variance = RowMean(centred * centred);
        var inverse = Rsqrt(variance + epsilon);
        var normalized = centred * inverse;
        return normalized * layer.Scale + layer.Shift;
    }

    /// <summary>While training: zero with probability p, the rest scaled by 1/(1 − p) (Srivastava et al. 2014).</summary>
    public static Tensor Dropout(Tensor x, double p) => p == 0 ? x : x * KeepMask(x, p);

    /// <summary>x · Φ(x) by the tanh approximation, "gelu_new" (Hendrycks and Gimpel 2016): ½(1 + tanh u) = sigmoid 2u.</summary>
    public static Tensor GeluTanh(Tensor x) => x * Sigmoid(x * (Math.Sqrt(8 / Math.PI) + 0.044715 * Math.Sqrt(8 / Math.PI) * (x * x)));

    /// <summary>x · Φ(x) exactly (Hendrycks and Gimpel 2016).</summary>
    public static Tensor GeluErf(Tensor x) => 0.5 * x * (1 + Erf(x * Math.Sqrt(0.5)));

    /// <summary>The larger of x and 0.</summary>
    public static Tensor Relu(Tensor x) => Max(x, 0);

    /// <summary>The mean of each row: [R, C] → [R, 1].</summary>
    public static Tensor RowMean(Tensor x) => RowSum(x) / x.Columns;

    /// <summary>The mean of the rows: [R, C] → [1, C]; 0 if there are none.</summary>
    public static Tensor Mean(Tensor x) => ColumnSum(x) / Max(RowCount(x), 1);

    /// <summary>One element of each row: [R, C] → [R, 1].</summary>
    public static Tensor Pick(Tensor x, Indices index)
    {
        var picked = RowSum(x * OneHot(index, x.Columns));
        return picked;
    }

    /// <summary>Each row's exponentials divided by their sum: [R, C] → [R, C].</summary>
    public static Tensor Softmax(Tensor x)
    {
        var e = Exp(x - Detach(RowMax(x)));
        return e / RowSum(e);
    }

    /// <summary>−ln softmax(logits) at the labels: [R, C] → [R, 1].</summary>
    public static Tensor CrossEntropy(Tensor logits, Indices labels)
    {
        var shifted = logits - Detach(RowMax(logits));
        var sum = RowSum(Exp(shifted));
        return Log(sum) - Pick(shifted, labels);
    }

    /// <summary>1 where the label's logit is its row's largest, ties included (constant logits are always right), else 0: [R, C] → [R, 1].</summary>
    public static Tensor Correct(Tensor logits, Indices labels) => GreaterOrEqual(Pick(logits, labels), RowMax(logits));
}
