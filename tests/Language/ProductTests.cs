using static AlbertCompiled.Primitives;
using static AlbertCompiled.Tests.Language.GradientCheck;

namespace AlbertCompiled.Tests.Language;

/// <summary>Matrix products, attention, loops.</summary>
public class ProductTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void MatMul_of_operands_and_transposes(bool transposeA, bool transposeB)
    {
        var a = transposeA ? Random(7, 3, 1) : Random(3, 7, 1);
        var b = transposeB ? Random(5, 7, 2) : Random(7, 5, 2);
        var result = MatMul(a, b, transposeA, transposeB);
        Assert.Equal((3, 5), (result.Rows, result.Columns));
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 5; c++)
                Assert.Equal(Enumerable.Range(0, 7).Sum(k => (transposeA ? a[k, r] : a[r, k]) * (transposeB ? b[c, k] : b[k, c])), result[r, c], 1e-13);
        Check(() => MatMul(a, b, transposeA, transposeB), a, b);
    }

    [Fact]
    public void MatMul_of_inner_sizes_that_differ_is_refused()
    {
        Assert.Equal("MatMul cannot multiply [3, 7] and [5, 7]", Assert.Throws<ArgumentException>(() => MatMul(Random(3, 7, 1), Random(5, 7, 1))).Message);
        Assert.Equal("MatMul cannot multiply [3, 7]ᵀ and [5, 7]ᵀ", Assert.Throws<ArgumentException>(() => MatMul(Random(3, 7, 1), Random(5, 7, 1), true, true)).Message);
    }

    [Fact]
    public void Attention_is_softmax_of_scaled_products_within_each_sequence()
    {
        const int Heads = 2, Width = 3, Hidden = Heads * Width;
        var batch = Batches.Random(1, 10, 0, 4, 1, 3);
        var qkv = Random(8, 3 * Hidden, 2);
        var result = Attention(qkv, Heads, batch);
        Assert.Equal((8, Hidden), (result.Rows, result.Columns));
        (int First, int End)[] sequences = [(0, 4), (4, 5), (5, 8)];
        foreach (var (first, end) in sequences)
            for (int i = first; i < end; i++)
                for (int h = 0; h < Heads; h++)
                {
                    double Query(int c) => qkv[i, h * Width + c];
                    double Key(int j, int c) => qkv[j, Hidden + h * Width + c];
                    double Value(int j, int c) => qkv[j, 2 * Hidden + h * Width + c];
                    double[] e = [.. Enumerable.Range(first, end - first).Select(j => Math.Exp(Enumerable.Range(0, Width).Sum(c => Query(c) * Key(j, c)) / Math.Sqrt(Width)))];
                    for (int c = 0; c < Width; c++)
                        Assert.Equal(e.Select((weight, j) => weight / e.Sum() * Value(first + j, c)).Sum(), result[i, h * Width + c], 1e-13);
                }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public void Attention_gradient(double dropout)
    {
        var batch = Batches.Random(1, 10, 0, 4, 1, 3);
        var qkv = Random(8, 18, 2);
        Check(() => Attention(qkv, 2, batch, dropout), qkv);
    }

    [Fact]
    public void Attention_refuses_what_does_not_fit()
    {
        var batch = Batches.Random(1, 10, 0, 4);
        Assert.Contains("[4, 3·hidden], not [5, 6]", Assert.Throws<ArgumentException>(() => Attention(Random(5, 6, 1), 1, batch)).Message);
        Assert.Contains("[4, 3·hidden], not [4, 7]", Assert.Throws<ArgumentException>(() => Attention(Random(4, 7, 1), 1, batch)).Message);
        Assert.Equal("4 heads do not divide the hidden size 6", Assert.Throws<ArgumentException>(() => Attention(Random(4, 18, 1), 4, batch)).Message);
        Assert.Throws<ArgumentException>(() => Attention(Random(4, 18, 1), 2, batch, 1));
    }

    [Fact]
    public void Repeat_applies_its_body_in_turn()
    {
        Tensor[] weights = [Random(3, 3, 1), Random(3, 3, 2)];
        var x = Random(2, 3, 3);
        Tensor Body(Tensor h, int i) => Tanh(MatMul(h, weights[i % 2])) + i;
        Close.Assert(Body(Body(Body(x, 0), 1), 2).Values, Repeat(3, x, Body).Values, 1e-15);
        Check(() => Repeat(3, x, Body), x, weights[0], weights[1]);
    }

    [Fact]
    public void Repeat_refuses_what_the_compiler_would()
    {
        var x = Random(2, 3, 3);
        Assert.Equal("Repeat carries [2, 3] but its body returns [2, 1]", Assert.Throws<ArgumentException>(() => Repeat(2, x, (h, _) => RowSum(h))).Message);
        Assert.Throws<ArgumentException>(() => Repeat(0, x, (h, _) => h + 1));
        Assert.Equal("a Repeat cannot stand inside a Repeat", Assert.Throws<InvalidOperationException>(() => Repeat(2, x, (h, _) => Repeat(2, h, (g, _) => g + 1))).Message);
        Assert.Equal(3, Repeat(3, 0.0, (h, _) => h + 1).Scalar); // a refusal leaves nothing behind
    }
}
