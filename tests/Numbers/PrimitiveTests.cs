using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Every operation of the language in a definition of its own, compiled, against the same run op by op in float64.</summary>
public class PrimitiveTests(PrimitiveTests.Compiled compiled) : IClassFixture<PrimitiveTests.Compiled>
{
    // x [tokens, 21], s [sequences, 21] and p [predictions, 21] are rows of a table; for the weights see Source
    static readonly string[] Expressions =
    [
        // arithmetic and its broadcasts
        "x + v", "x - v", "x * v", "x / (v * v + 0.5)", "-x", "2 - x", "x / 3", "1 / (x * x + 1)", "x + RowSum(x)", "v - RowSum(x)", "RowSum(x) * v", "x * 0 + v * v",
        "RowSum(x) + RowSum(v)", "x * RowSum(v)", "x * ColumnSum(RowSum(v))", "v + v", "v * RowSum(v)", "m * v", "RowSum(m) / (v * v + 1)",

        // functions of elements, of values per row, of vectors
        "Exp(x)", "Log(x * x + 0.1)", "Sigmoid(x)", "Tanh(x)", "Erf(x)", "Sqrt(x * x + 0.1)", "Rsqrt(x * x + 0.1)",
        "Exp(RowSum(x) * 0.1)", "Log(RowSum(x * x) + 0.1)", "Tanh(RowSum(x))", "Erf(RowSum(x))", "Sqrt(RowSum(x * x))", "Rsqrt(RowSum(x * x) + 0.1)",
        "Exp(v)", "Tanh(RowSum(v)) * x", "Erf(v * v) + x",

        // comparisons; ties go to the first
        "Max(x, v)", "Min(x, v)", "Max(x, 0)", "Min(0.2, x)", "Max(RowSum(x), 0.1)", "Min(RowSum(x), RowMax(x))", "Max(x, x)", "Min(v, v)",
        "GreaterOrEqual(x, v) * x", "Equal(x, RowMax(x)) * x", "GreaterOrEqual(RowSum(x), 0) * RowSum(x)", "Equal(RowMax(x), RowMax(x)) * v", "x * Detach(x)", "Detach(x) + v",

        // reductions
        "RowSum(x)", "RowMax(x)", "RowMax(x) - RowMax(-x)", "ColumnSum(x)", "ColumnSum(RowSum(x))", "ColumnSum(v)", "RowSum(v)", "RowMax(v) * v", "ColumnSum(m)",
        "RowCount(x) * v", "RowCount(v) * v", "RowCount(p) + x", "x - ColumnSum(x) * 0.1", "x * RowSum(x * ColumnSum(x) * 0.1)", "ColumnSum(x) * ColumnSum(s)",

        // products: of rows and weights, of weights, sums over rows
        "MatMul(x, w)", "MatMul(x, m, transposeB: true)", "MatMul(m, w)", "MatMul(w, m, transposeA: true, transposeB: true)", "MatMul(w, w, transposeA: true)",
        "MatMul(m, m, transposeB: true)", "MatMul(x, x, transposeA: true) * 0.1", "MatMul(p, MatMul(p, w), transposeA: true) * 0.1", "MatMul(MatMul(s, w), s, transposeA: true)",
        "MatMul(x, ColumnSum(m), transposeB: true)", "MatMul(v, w)", "MatMul(x, v, transposeB: true)", "MatMul(RowSum(x), v)",
        "MatMul(x, MatMul(x, w), transposeA: true) * 0.1", "MatMul(MatMul(x, w), w, transposeB: true) + x", "MatMul(x, Tanh(w))", "MatMul(Tanh(x), Exp(w))",

        // epilogues
        "Tanh(MatMul(x, w) + u)", "MatMul(x, w) * RowSum(x)", "RowSum(MatMul(x, w))", "GeluTanh(MatMul(x, w) + u) * Tanh(u)", "MatMul(x, w) * MatMul(x, w)",
        "MatMul(x, w) + MatMul(x * x, w)", "RowMax(MatMul(x, w)) + MatMul(x, w)", "MatMul(x, w) * GreaterOrEqual(u, 0)", "ColumnSum(MatMul(x, w))",

        // what is wide and short-lived, alone and beside others
        "CrossEntropy(MatMul(x, w), batch.Segments)", "Softmax(MatMul(x, w) + u)", "RowSum(Softmax(MatMul(x, w) + u) * u)", "MatMul(Softmax(MatMul(x, w)), w, transposeB: true)",
        "CrossEntropy(MatMul(x, w), batch.Segments) * RowSum(x)", "CrossEntropy(MatMul(x, w) * RowSum(x), batch.Segments)",
        "MatMul(x, w) - ColumnSum(MatMul(x, w)) * 0.1", "RowSum(Dropout(MatMul(x, w), 0.3))", "RowSum(Rows(MatMul(x, w), batch.First))", "Correct(MatMul(x, w), batch.Segments) + CrossEntropy(MatMul(x, w), batch.Segments)",

        // a value per row whose gradient rows of several widths read
        "RowSum(x * MatMul(x, v, transposeB: true)) + MatMul(x, v, transposeB: true) + RowSum(MatMul(x, w) * MatMul(x, w))",
        "Exp(-MatMul(x, v, transposeB: true)) * CrossEntropy(MatMul(x, l), batch.Tokens) + 0.5 * MatMul(x, v, transposeB: true) + CrossEntropy(MatMul(x, w), batch.Segments)",
        "CrossEntropy(MatMul(LayerNorm(x, new(v, v), 1e-5), l), batch.Tokens) + 0.01 * RowMean(LayerNorm(x, new(v, v), 1e-5) * MatMul(LayerNorm(x, new(v, v), 1e-5), v, transposeB: true))",

        // rows by index
        "Rows(x, batch.First) * s", "Rows(x * v, batch.Predicted) - p", "Rows(Tanh(m), batch.Segments)", "Rows(m, batch.Segments) * x", "Rows(m, batch.Order) + s", "Rows(w, batch.Order)",
        "OneHot(batch.Labels, 37) + 1", "OneHot(batch.Order, 2) * RowSum(s)", "OneHot(batch.Segments, 21) * x", "Pick(x, batch.Segments)", "Pick(MatMul(p, l), batch.Labels)",
        "Column(batch.Targets) * p", "Column(batch.Targets) - RowSum(p)", "Tanh(Column(batch.Targets) + 1)", "MatMul(p, MatMul(p, Column(batch.Targets), transposeA: true))",

        // groups of rows
        "GroupLogSum(x, batch.SequenceOf)", "x - Rows(GroupLogSum(x, batch.SequenceOf), batch.SequenceOf)", "GroupLogSum(RowSum(x), batch.SequenceOf) * s", "MatMul(GroupLogSum(x * 30, batch.SequenceOf), w)",
        "Rows(GroupLogSum(MatMul(x, w), batch.SequenceOf), batch.Order)", "Repeat(2, x, (h, l) => h * v - Rows(GroupLogSum(h, batch.SequenceOf), batch.SequenceOf))",

        // dropout
        "x * KeepMask(x, 0.3)", "Dropout(Dropout(x, 0.2), 0.5)", "Dropout(RowSum(x), 0.4)", "Dropout(v, 0.4) * x", "Dropout(MatMul(x, w), 0.25)", "KeepMask(x, 0) * x", "KeepMask(x, 0.5)",

        // attention
        "Attention(MatMul(x, q), 1, batch)", "Attention(MatMul(x, q), 5, batch, 0.3)", "Attention(MatMul(x, q), 4, batch) + Attention(MatMul(x, q), 2, batch, 0.2)",
        "Attention(MatMul(x, q) * 3, 20, batch)", "Attention(Tanh(MatMul(x, q)), 2, batch) * RowSum(x)",

        // loops
        "Repeat(3, x, (h, l) => Tanh(MatMul(h, a) + v))", "Repeat(3, x, (h, l) => Tanh(MatMul(h, b[l]) + v))", "Repeat(4, x, (h, l) => Tanh(MatMul(h, b[l / 2]) * 0.5 + h))",
        "Repeat(3, x, (h, l) => Tanh(MatMul(h, b[2 - l]) + MatMul(h, b[0])))", "Repeat(2, x, (h, l) => MatMul(MatMul(h, b[l]), b[l + 1]))",
        "Repeat(1, x, (h, l) => h * v + x)", "Repeat(3, x, (h, l) => h * 0.5 + x * v)", "Repeat(2, s, (h, l) => Dropout(h, 0.3) + s * RowSum(h) * 0.1)",
        "Repeat(2, Repeat(3, x, (h, l) => Tanh(h * v)), (h, l) => h * x)", "Repeat(3, v, (h, l) => Tanh(MatMul(h, a)))", "Repeat(3, x, (h, l) => h + v) * 0.1",
        "Repeat(2, x, (h, l) => x * v)", "Repeat(3, x, (h, l) => h + Detach(h))", "Repeat(2, x, (h, l) => Rows(m, batch.Segments) * h)", "Repeat(2, m, (h, l) => Tanh(h) * v)",
        "Repeat(2, x, (h, l) => Attention(MatMul(h, t), 3, batch, 0.2) + h)", "Repeat(3, x, (h, l) => h * ColumnSum(h) * 0.1)", "Repeat(3, RowSum(x), (h, l) => Tanh(h) + RowSum(x))",
        "Repeat(2, x + v, (h, l) => h * 0.5) + Repeat(3, x, (h, l) => Tanh(h))", "Repeat(3, x, (h, l) => LayerNorm(h + MatMul(h, a), new(v, v), 1e-5))",

        // states that a sum over rows or groups fills, or whose gradient is one
        "x * Repeat(2, v, (h, l) => Tanh(MatMul(h, a)))", "Repeat(3, Mean(x), (h, l) => Tanh(MatMul(h, a) + Mean(x * h)))", "Repeat(3, ColumnSum(x * 0.1), (h, l) => Tanh(h) * v)",
        "Repeat(2, v, (h, l) => ColumnSum(x * Tanh(h) * 0.1))", "Repeat(3, GroupLogSum(x, batch.SequenceOf), (h, l) => Tanh(h) * v)",
        "Repeat(2, s, (h, l) => GroupLogSum(x * Rows(Tanh(h), batch.SequenceOf), batch.SequenceOf))", "Repeat(2, ColumnSum(RowSum(x) * 0.1), (h, l) => ColumnSum(RowSum(x) * Tanh(h) * 0.1))",

        // bodies that come down to a value from outside, or to what they are given
        "Repeat(2, x * v, (h, l) => x * 1.0)", "Repeat(3, x, (h, l) => Dropout(x, 0.1))", "Repeat(3, x, (h, l) => h * 1)",

        // stacks
        "MatMul(x, Stack(k1, k2), transposeB: true) + Stack(k3, k4)", "Stack(k1, k2) * v", "MatMul(x, Stack(k1, k2), transposeB: true) * RowSum(MatMul(x, k2, transposeB: true))",
        "Rows(Stack(k1, k2), batch.Segments)", "Repeat(2, x, (h, l) => Tanh(h + RowSum(MatMul(h, Stack(k1, k2), transposeB: true)) * RowSum(MatMul(h, k1, transposeB: true))))",

        // the library
        "Softmax(x)", "LayerNorm(x, new(v, v), 1e-5)", "CrossEntropy(MatMul(p, l), batch.Labels)", "Correct(MatMul(p, l), batch.Labels) * p", "GeluErf(x)", "GeluTanh(x)", "Relu(x)",
        "RowMean(x)", "Mean(x)", "CrossEntropy(s, batch.Order)",

        // values that are read more than once
        "x * x * x * x", "x * (one / 2)", "x * Slot()", "x * Reassigned(v)", "x * (c.Labels == 0 ? 1 : v) / 2",
        "(x + v) * (x - v) / (x * x + 1)", "Tanh(x) * Tanh(x)", "RowSum(Exp(x - RowMax(x)))", "Exp(x) / RowSum(Exp(x)) + RowSum(x * Exp(x))",

        // bundles that differ from iteration to iteration
        "Repeat(3, x, (h, l) => Tanh(MatMul(h, (l == 1 ? (a, 2) : (b[1], 0)).Item1) + MatMul(h, b[(l == 1 ? (a, 2) : (b[1], 0)).Item2])))",
        "Repeat(3, x, (h, l) => Tanh(MatMul(h, (l == 0 ? (a, b[0]) : l == 1 ? (b[1], b[2]) : (b[2], a)).Item2)))",
        "Repeat(3, x, (h, l) => Tanh(MatMul(h, (l == 0 ? new[] { a, b[0] } : l == 1 ? new[] { b[1], b[2] } : new[] { b[2], a })[1])))",
    ];

    public static TheoryData<string> Cases => new(Expressions);

    [Theory, MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_the_definition(string expression)
    {
        using var twin = new Twin(compiled.Models[expression], compiled.Device, new Capacity(64, 6, 16));
        foreach (var batch in (TokenBatch[])[Batches.Random(3, 37, 3, 5, 9, 1, 7, 12), Batches.Random(4, 37, 0, 3), Batches.Random(5, 37, 2, 8, 9)])
        {
            twin.Model.Step++;
            twin.CompareTraining(batch, 2e-5, 1e-5);
            twin.CompareInference(batch, 2e-5, 1e-5);
        }
    }

    /// <summary>All definitions, compiled in one go.</summary>
    public sealed class Compiled : IDisposable
    {
        public Compiled()
        {
            var assembly = InMemory.Compile([.. Expressions.Select(Source)]);
            Models = Expressions.Select((e, i) => (e, i)).ToDictionary(p => p.e, p => assembly.GetType($"Case{p.i}.Model")!);
        }

        internal IReadOnlyDictionary<string, Type> Models { get; }

        internal Device Device { get; } = CompiledModels.Open("cpu");

        public void Dispose() => Device.Dispose();

        // the rules of recomputation take turns, every other definition runs in bands where it can
        static string Source(string expression, int index) =>
            $$"""
            using static AlbertCompiled.Library;
            using static AlbertCompiled.Primitives;
            namespace Case{{index}};

            [Definition]
            public sealed class CaseAttribute : ArchitectureAttribute<CaseGraph>;

            [Definition]
            public sealed class CaseGraph(CaseAttribute c) : ModelGraph
            {
                readonly Tensor words = Weight("words", 37, 21, Initial.Normal(0.5));
                readonly Tensor w = Weight("w", 21, 33, Initial.Normal(0.3));
                readonly Tensor m = Weight("m", 5, 21, Initial.Normal(0.3));
                readonly Tensor l = Weight("l", 21, 37, Initial.Normal(0.3));
                readonly Tensor q = Weight("q", 21, 60, Initial.Normal(0.3));
                readonly Tensor t = Weight("t", 21, 63, Initial.Normal(0.3));
                readonly Tensor a = Weight("a", 21, 21, Initial.Normal(0.2));
                readonly Tensor v = Weight("v", 21, Initial.One);
                readonly Tensor u = Weight("u", 33, Initial.Normal(0.3));
                readonly Tensor k1 = Weight("k1", 2, 21, Initial.Normal(0.3));
                readonly Tensor k2 = Weight("k2", 5, 21, Initial.Normal(0.3));
                readonly Tensor k3 = Weight("k3", 3, Initial.Normal(0.3));
                readonly Tensor k4 = Weight("k4", 4, Initial.Normal(0.3));
                readonly Tensor one = 1;
                readonly Tensor[] b = Each(3, i => Weight($"b.{i}.kernel", 21, 21, Initial.Normal(0.2)));

                public Outputs Pretraining(TokenBatch batch)
                {
                    var y = Value(batch);
                    return new Outputs(("loss", Mean(RowSum(y * y * 0.3 + y)) / y.Columns), ("sum", Mean(RowSum(y))));
                }

                public Outputs Prediction(TokenBatch batch) => new(("value", Value(batch)));

                static Tensor Slot()
                {
                    var slots = new Tensor[1];
                    slots[0] = 1;
                    return slots[0] / 2;
                }

                static Tensor Reassigned(Tensor x)
                {
                    var t = x;
                    t = 1;
                    return t / 2;
                }

                Tensor Value(TokenBatch batch)
                {
                    var x = Rows(words, batch.Tokens);
                    var s = Rows(x, batch.First);
                    var p = Rows(x, batch.Predicted);
                    return {{expression}};
                }
            }

            [Case]
            [Pretraining]
            [Recompute(Recompute.{{(Recompute)(index % 3)}})]{{(index % 2 == 0 ? " [LogitRows(16)]" : "")}}
            public sealed partial class Model;
            """;
    }
}
