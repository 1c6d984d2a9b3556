using AlbertCompiled.Tests.Language;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Definitions that mean something else, or nothing, if their code is written carelessly: groups of sums and products, constants beyond float32, names of generated members.</summary>
public sealed class WrittenFormTests(WrittenFormTests.Compiled compiled) : IClassFixture<WrittenFormTests.Compiled>
{
    static readonly Dictionary<string, (string Body, string Members)> Cases = new()
    {
        ["Sums"] = ("var mask = -1e9 * GreaterOrEqual(x, 0); var y = x + (mask - Detach(mask)); return new(Loss(y * y));", ""),
        ["Products"] = ("var small = x * 1e-30; var y = 1e25 * (1e25 * small); return new(Loss(Tanh(y * 1e-20)));", ""),
        ["Quotients"] = ("var y = 1e25 * (1e25 * x / (1e30 * x * x + 1e30)); return new(Loss(Tanh(y * 1e-20)));", ""),
        ["Constants"] = ("Tensor big = 1e30; Tensor many = big * big; return new(Loss(Min(x, many) + Max(x, -1.0 * many)));", ""),
        ["Methods"] = (
            "var y = Repeat(2, Operations(x), (h, l) => Apply(h)); return new(Loss(BytesPerRow(Prefetch(y))));",
            """
                Tensor Apply(Tensor x) => Tanh(MatMul(x, square)) + x;
                Tensor Prefetch(Tensor x) => Tanh(MatMul(x, square) + 1.0) + x;
                Tensor BytesPerRow(Tensor x) => Tanh(MatMul(x, square)) / (RowSum(x * x) + 1.0);
                Tensor Operations(Tensor x) => Sigmoid(MatMul(x, square));
            """),
        ["Locals"] = ("var apply = Tanh(MatMul(x, square)); var bytesPerRow = MatMul(apply, square) / (RowMax(apply * apply) + 1.0); return new(Loss(bytesPerRow * apply));", ""),
        ["Weights"] = ("return new((\"loss\", s), (\"once\", s * 1), (\"sum\", RowSum(s)), (\"back\", -(-s)));", "readonly Tensor s = Weight(\"s\", 1, 1, Initial.Normal(0.5));"),
        ["Weight"] = ("return new((\"loss\", -(-RowSum(s))), Other(x + s));", "readonly Tensor s = Weight(\"s\", 1, 1, Initial.Normal(0.5)); (string, Tensor) Other(Tensor y) => (\"other\", Mean(RowMean(y)));"),
        ["Text"] = ("return new(Loss(x * word));", """
                readonly Tensor word = Weight(
                    $"word.{ - -c.Layers }.weight", 8, Initial.Normal(0.5));
            """),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Numbers_are_those_of_the_definition(string name)
    {
        using var twin = new Twin(compiled.Models[name], compiled.Device, new Capacity(64, 6, 16));
        twin.CompareTraining(Batches.Random(3, 23, 3, 5, 9, 1, 7, 12), 1e-4, 2e-5);
    }

    [Fact]
    public void Names_of_weights_are_those_of_the_definition() =>
        Assert.Contains("word.2.weight", ((ModelDescription)compiled.Models["Text"].GetProperty("Compiled")!.GetValue(null)!).Parameters.Select(p => p.Name));

    static string Source(string name, string body, string members) => $$"""
        using static AlbertCompiled.Library;
        using static AlbertCompiled.Primitives;

        namespace {{name}};

        [Definition]
        public sealed class NetAttribute : ArchitectureAttribute<NetGraph>
        {
            public int Layers { get; set; } = 2;
        }

        [Definition]
        public sealed class NetGraph(NetAttribute c) : ModelGraph
        {
            readonly Tensor table = Weight("table", 23, 8, Initial.Normal(0.5));
            readonly Tensor square = Weight("square", 8, 8, Initial.Normal(0.5));
        {{members}}

            (string, Tensor) Loss(Tensor y) => ("loss", Mean(RowMean(y)));

            public Outputs Pretraining(TokenBatch batch)
            {
                var x = Rows(table, batch.Tokens);
                {{body}}
            }
        }

        [Net, Pretraining]
        public sealed partial class Model;
        """;

    /// <summary>All definitions, compiled in one go.</summary>
    public sealed class Compiled : IDisposable
    {
        public Compiled()
        {
            var assembly = InMemory.Compile([.. Cases.Select(c => Source(c.Key, c.Value.Body, c.Value.Members))]);
            Models = Cases.Keys.ToDictionary(name => name, name => assembly.GetType($"{name}.Model")!);
        }

        internal IReadOnlyDictionary<string, Type> Models { get; }

        internal Device Device { get; } = CompiledModels.Open("cpu");

        public void Dispose() => Device.Dispose();
    }
}
