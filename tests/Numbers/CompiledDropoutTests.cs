using System.Reflection;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Masks of compiled models: their share, and that forward and backward see the same one.</summary>
public class CompiledDropoutTests(CompiledDropoutTests.Compiled compiled) : IClassFixture<CompiledDropoutTests.Compiled>
{
    const double P = 0.3;
    const int Tokens = 200, Columns = 101;

    // Of x = 1 everywhere. Each value is a product of masks, and its slope at x a multiple of it, so that the gradient shows the
    // masks of the backward pass. Masks: how many different ones. Slope: the power of x.
    static readonly (string Expression, int Masks, int Slope)[] Subjects =
    [
        ("Dropout(x, 0.3)", 1, 1),
        ("Dropout(x * x, 0.3)", 1, 2),
        ("Repeat(2, x, (h, l) => Dropout(h, 0.3))", 2, 1),
        ("Repeat(2, x, (h, l) => h * Dropout(h, 0.3))", 2, 4),
        ("Repeat(2, x, (h, l) => h * mask)", 1, 1),
        ("Repeat(2, x, (h, l) => h * h * mask)", 1, 4),
        ("Repeat(2, x, (h, l) => h * Tanh(mask))", 1, 1),
    ];

    public static TheoryData<int, Recompute> Cases
    {
        get
        {
            var cases = new TheoryData<int, Recompute>();
            for (int i = 0; i < Subjects.Length; i++)
                foreach (var recompute in Enum.GetValues<Recompute>()) cases.Add(i, recompute);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_gradient_has_the_masks_of_the_value(int subject, Recompute recompute)
    {
        using var model = compiled.Create(subject, recompute, seed: 3);
        foreach (long step in (long[])[0, 1])
        {
            model.Step = step;
            var (value, gradient) = Run(model);
            Assert.All(value.Zip(gradient), p => Assert.Equal(p.First == 0, p.Second == 0));
            Close.Assert([.. value.Select(v => (double)v * Subjects[subject].Slope)], gradient, 0, 1e-6, Subjects[subject].Expression);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_share_kept_is_that_of_independent_masks(int subject, Recompute recompute)
    {
        using var model = compiled.Create(subject, recompute, seed: 3);
        var (value, _) = Run(model);
        double expected = Math.Pow(1 - P, Subjects[subject].Masks), deviation = Math.Sqrt(expected * (1 - expected) / value.Length);
        Assert.InRange(value.Count(v => v != 0) / (double)value.Length, expected - 4 * deviation, expected + 4 * deviation);
        Assert.Single(value.Where(v => v != 0).Distinct());
    }

    [Fact]
    public void The_mean_stays()
    {
        using var model = compiled.Create(0, Recompute.None, seed: 3);
        var (value, _) = Run(model);
        Assert.Equal(1, value.Average(), 4 * Math.Sqrt(P / (1 - P) / value.Length));
        Assert.Equal((float)(1 / (1 - P)), value.Max());
    }

    [Fact]
    public void A_mask_is_a_function_of_seed_and_step()
    {
        using var model = compiled.Create(0, Recompute.None, seed: 3);
        using var other = compiled.Create(0, Recompute.Layer, seed: 4);
        var first = Run(model).Value;
        Assert.Equal(first, Run(model).Value);
        AssertIndependent(first, Run(other).Value);
        model.Step = 1;
        AssertIndependent(first, Run(model).Value);
        model.Step = 0;
        Assert.Equal(first, Run(model).Value);
    }

    [Fact]
    public void Evaluation_keeps_everything()
    {
        using var model = compiled.Create(0, Recompute.None, seed: 3);
        Assert.Equal(Tokens * Columns, model.Evaluate(Batch()).Loss);
    }

    static void AssertIndependent(float[] a, float[] b) => Assert.Equal(
        (1 - P) * (1 - P), a.Zip(b).Count(p => p.First != 0 && p.Second != 0) / (double)a.Length, 4 * Math.Sqrt(0.25 / a.Length));

    // the value that the training run computed, and the gradient of its sum; row by row, as every token is another row of the table
    static (float[] Value, float[] Gradient) Run(CompiledModel model)
    {
        var batch = Batch();
        model.ComputeGradients(batch);
        return (model.TrainingOutput("value", batch), model.Gradient("table"));
    }

    static TokenBatch Batch()
    {
        var batch = new TokenBatch(new Capacity(Tokens, 2, 1));
        for (int s = 0; s < 2; s++)
            batch.Add([.. Enumerable.Range(s * Tokens / 2, Tokens / 2)], new int[Tokens / 2], [], [], 0);
        return batch;
    }

    /// <summary>All definitions, compiled in one go.</summary>
    public sealed class Compiled : IDisposable
    {
        readonly Assembly assembly = InMemory.Compile(
            [.. from subject in Enumerable.Range(0, Subjects.Length) from recompute in Enum.GetValues<Recompute>() select Source(subject, recompute)]);

        readonly Device device = CompiledModels.Open("cpu");

        internal CompiledModel Create(int subject, Recompute recompute, ulong seed) =>
            (CompiledModel)assembly.GetType($"Dropping{subject}{recompute}.Model")!.GetMethod("Create")!.Invoke(null, [device, new Capacity(Tokens, 2, 1), seed, null])!;

        public void Dispose() => device.Dispose();

        static string Source(int subject, Recompute recompute) =>
            $$"""
            using static AlbertCompiled.Library;
            using static AlbertCompiled.Primitives;
            namespace Dropping{{subject}}{{recompute}};

            [Definition]
            public sealed class CaseAttribute : ArchitectureAttribute<CaseGraph>;

            [Definition]
            public sealed class CaseGraph(CaseAttribute c) : ModelGraph
            {
                readonly Tensor table = Weight("table", {{Tokens}}, {{Columns}}, Initial.One);

                public Outputs Pretraining(TokenBatch batch)
                {
                    var x = Rows(table, batch.Tokens);
                    var mask = KeepMask(x, 0.3);
                    var value = {{Subjects[subject].Expression}};
                    return new Outputs(("loss", ColumnSum(RowSum(value))), ("value", value));
                }
            }

            [Case]
            [Pretraining]
            [Recompute(Recompute.{{recompute}})]
            public sealed partial class Model;
            """;
    }
}
