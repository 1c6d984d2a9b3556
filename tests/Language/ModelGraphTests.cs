using System.Globalization;
using static AlbertCompiled.Library;
using static AlbertCompiled.Primitives;
using static AlbertCompiled.Tests.Language.GradientCheck;

namespace AlbertCompiled.Tests.Language;

/// <summary>Declared weights and runs of definitions.</summary>
public class ModelGraphTests
{
    [Fact]
    public void Weights_come_in_order_of_declaration()
    {
        var graph = new Small(3);
        Assert.Equal(["table", "layer.0.w", "layer.0.b", "layer.1.w", "layer.1.b", "layer.2.w", "layer.2.b", "unused"], graph.Parameters.Select(p => p.Name));
        Assert.Equal([(5, 4, false), (2, 4, false), (1, 2, true)], graph.Parameters.Take(3).Select(p => (p.Rows, p.Columns, p.IsVector)));
        Assert.Equal(20 + 3 * 10 + 7, graph.ParameterCount);
        Assert.Same(graph.Parameters[2], graph["layer.0.b"]);
        Assert.Throws<KeyNotFoundException>(() => graph["layer.3.b"]);
    }

    [Fact]
    public void Initial_values_depend_on_the_seed_and_on_the_weight()
    {
        Small a = new(2) { Seed = 1 }, b = new(2) { Seed = 1 }, c = new(2) { Seed = 2 };
        Assert.Equal(a["layer.0.w"].Tensor.Values, b["layer.0.w"].Tensor.Values);
        Assert.NotEqual(a["layer.0.w"].Tensor.Values, c["layer.0.w"].Tensor.Values);
        Assert.NotEqual(a["layer.0.w"].Tensor.Values, a["layer.1.w"].Tensor.Values);
        Assert.All(a["layer.0.b"].Tensor.Values, v => Assert.Equal(0, v));
        Assert.All(a["unused"].Tensor.Values, v => Assert.Equal(1, v));
        Assert.All(a["table"].Tensor.Values, v => Assert.InRange(Math.Abs(v), 1e-9, 1.0));
    }

    [Fact]
    public void A_failed_construction_leaves_no_weights_for_the_next()
    {
        Assert.Throws<ArgumentException>(() => new Broken(0));
        Assert.Throws<InvalidOperationException>(() => new Broken(1));
        Assert.Equal("the weight twice is declared twice", Assert.Throws<ArgumentException>(() => new Broken(2)).Message);
        Assert.Equal(6, new Small(2).Parameters.Count);
    }

    [Fact]
    public void A_definition_that_refuses_leaves_no_weights_where_it_is_created()
    {
        Assert.Throws<ArgumentException>(() => ModelGraph.Create(() => new Refusing()));
        Assert.Equal(6, new Small(2).Parameters.Count);
        Assert.Throws<ArgumentException>(() => new Refusing());
        Assert.Equal(6, ModelGraph.Create(() => new Small(2)).Parameters.Count);
    }

    [Fact]
    public void A_run_returns_outputs_and_the_gradient_of_every_weight()
    {
        var graph = new Small(3) { Seed = 5 };
        var batch = Batches.Random(2, 5, 1, 3, 2);
        var run = EagerRun.Train(graph, g => g.Loss(batch));
        Assert.Equal(graph.Parameters.Select(p => p.Name), run.Gradients.Keys);
        Assert.Equal(run["loss"].Scalar, run.Loss);
        Assert.All(run.Gradients["unused"], g => Assert.Equal(0, g));
        foreach (var p in graph.Parameters)
        {
            var numeric = Enumerable.Range(0, (int)p.Length).Select(i => Slope(() => EagerRun.Evaluate(graph, g => g.Loss(batch)).Loss, p.Tensor.Values, i)).ToArray();
            Close.Assert(numeric, run.Gradients[p.Name], 1e-9, 0, p.Name);
        }

        Assert.Contains(run.Gradients["layer.2.w"], g => Math.Abs(g) > 1e-3);
        Assert.Throws<KeyNotFoundException>(() => run["nothing"]);
    }

    [Fact]
    public void A_second_run_starts_from_zero_and_sees_changed_weights()
    {
        var graph = new Small(2) { Seed = 5 };
        var batch = Batches.Random(2, 5, 1, 3, 2);
        var first = EagerRun.Train(graph, g => g.Loss(batch));
        var second = EagerRun.Train(graph, g => g.Loss(batch));
        foreach (string name in first.Gradients.Keys) Assert.Equal(first.Gradients[name], second.Gradients[name]);
        graph["layer.1.b"].Tensor.Values[0] += 1; // part of a stack
        Assert.NotEqual(first.Loss, EagerRun.Train(graph, g => g.Loss(batch)).Loss);
    }

    [Fact]
    public void Runs_do_not_nest_and_an_error_ends_them()
    {
        var graph = new Small(1);
        var batch = Batches.Random(2, 5, 1, 3);
        Assert.Throws<InvalidOperationException>(() => EagerRun.Train(graph, g => EagerRun.Evaluate(g, h => h.Loss(batch)).Outputs));
        Assert.False(double.IsNaN(EagerRun.Train(graph, g => g.Loss(batch)).Loss));
        Assert.Throws<ArgumentException>(() => EagerRun.Train(graph, _ => new Outputs(("loss", Random(2, 2, 1)))));
    }

    [Fact]
    public void Stack_takes_weights_that_fit()
    {
        var graph = new Small(2);
        Tensor a = graph["layer.0.w"].Tensor, b = graph["layer.1.w"].Tensor, bias = graph["layer.0.b"].Tensor;
        Assert.Equal((4, 4), (Primitives.Stack(a, b).Rows, Primitives.Stack(a, b).Columns));
        Assert.Equal((1, 9), (Primitives.Stack(bias, graph["unused"].Tensor).Rows, Primitives.Stack(bias, graph["unused"].Tensor).Columns));
        Assert.Equal([.. a.Values, .. b.Values], Primitives.Stack(a, b).Values);
        Assert.Throws<ArgumentException>(() => Primitives.Stack(a, bias));
        Assert.Throws<ArgumentException>(() => Primitives.Stack(a + 1, b));
        Assert.Throws<ArgumentException>(() => Primitives.Stack());
        Check(() => Tanh(Primitives.Stack(a, b)), a, b);
    }

    [Fact]
    public void Weights_of_a_compiled_model_are_taken_over_by_name()
    {
        var graph = new Small(1);
        using var weights = new Counting(graph.Parameters.Reverse(), 0);
        graph.Load(weights);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], graph["unused"].Tensor.Values); // the last declared comes first in this arena
        Assert.Equal([7, 8], graph["layer.0.b"].Tensor.Values);
        var larger = new Small(2); // an encoder's definition has heads that the model has not
        larger.Load(weights);
        Assert.Equal([7, 8], larger["layer.0.b"].Tensor.Values);
        Assert.Equal([0, 0], larger["layer.1.b"].Tensor.Values);
        using var other = new Counting(larger.Parameters, 0);
        Assert.Throws<KeyNotFoundException>(() => graph.Load(other));
        using var longer = new Counting(graph.Parameters, 1);
        Assert.Equal("table [5, 4] has 25 values in the model", Assert.Throws<ArgumentException>(() => graph.Load(longer)).Message);
    }

    [Fact]
    public void A_tensor_checks_its_shape()
    {
        Assert.Throws<ArgumentException>(() => new Tensor(2, 2, [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => new Tensor(-1, 2, []));
        Assert.Throws<ArgumentException>(() => new Tensor(1, 0, []));
        Assert.Throws<InvalidOperationException>(() => Random(2, 1, 1).Scalar);
        Assert.Equal("[2, 1]", Random(2, 1, 1).ToString());
    }

    [Fact]
    public void Numbers_in_names_are_written_with_a_point_whatever_the_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        try
        {
            var graph = ModelGraph.Create(() => new Numbered());
            Assert.Equal("w0.5", graph.Parameters[0].Name);
            Assert.Equal(1, EagerRun.Evaluate(graph, g => g.Written()).Loss);
            Assert.Same(comma, CultureInfo.CurrentCulture);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    sealed class Numbered : ModelGraph
    {
        readonly double part = 0.5;
        readonly Tensor weight = Weight($"w{1 / 2.0}", 1, 1, Initial.One);

        public Outputs Written() => new(("loss", $"{part}" == "0.5" ? weight : weight * 2));
    }

    sealed class Small(int layers) : ModelGraph
    {
        readonly Tensor table = Weight("table", 5, 4, Initial.Normal(0.5));
        readonly LinearLayer[] parts = Each(layers, i => new LinearLayer(Weight($"layer.{i}.w", 2, 4, Initial.Normal(0.5)), Weight($"layer.{i}.b", 2, Initial.Zero)));
        readonly Tensor unused = Weight("unused", 7, Initial.One);

        public Tensor Unused => unused;

        public Outputs Loss(TokenBatch batch)
        {
            var x = Rows(table, batch.Tokens);
            var joined = new LinearLayer(Primitives.Stack([.. parts.Select(p => p.Weight)]), Primitives.Stack([.. parts.Select(p => p.Bias)]));
            var y = Tanh(Linear(x, joined)) * Tanh(Linear(x, joined));
            return new Outputs(("loss", Mean(RowSum(y) + RowSum(Linear(x, parts[^1])))));
        }
    }

    /// <summary>An arena of 0, 1, 2, …</summary>
    sealed class Counting(IEnumerable<ModelParameter> parameters, int extraColumns) : ParameterSet(Describe(parameters, extraColumns))
    {
        public override void Read(ParameterState state, long offset, Span<float> destination)
        {
            for (int i = 0; i < destination.Length; i++) destination[i] = offset + i;
        }

        public override void Write(ParameterState state, long offset, ReadOnlySpan<float> source) => throw new NotSupportedException();

        public override float Update(in OptimizerSettings settings, long step) => throw new NotSupportedException();

        public override void Dispose() { }

        static ModelDescription Describe(IEnumerable<ModelParameter> parameters, int extraColumns)
        {
            long offset = 0;
            var infos = new List<ParameterInfo>();
            foreach (var p in parameters)
            {
                infos.Add(new(p.Name, p.Rows, p.Columns + extraColumns, p.IsVector, offset, p.Initial));
                offset += infos[^1].Length;
            }

            return new("Counting", [], [.. infos], offset, [], Optimizer.AdamW, Compute.Float32, "");
        }
    }

    sealed class Refusing : ModelGraph
    {
        readonly Tensor ghost = Weight("ghost", 2, Initial.Zero);
        readonly Tensor checkedHere = Check() ? Weight("never", 2, Initial.Zero) : throw new ArgumentException("refused");

        public Tensor[] All => [ghost, checkedHere];

        static bool Check() => false;
    }

    sealed class Broken(int how) : ModelGraph
    {
        readonly Tensor first = Weight("first", 2, Initial.Zero);
        readonly Tensor second = Weight("second", how == 0 ? 0 : 1, Initial.Zero);
        readonly Tensor[] third = Each(2, i => how == 1 ? throw new InvalidOperationException() : Weight("twice", 1, Initial.Zero));

        public Tensor[] All => [first, second, .. third];
    }
}
