using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>What the library composes of primitives becomes single kernels, whatever it is called.</summary>
public class FusionTests
{
    const string Fields = Subject.Fields + """
            readonly NormLayer norm = new(Weight("scale", c.Hidden, Initial.One), Weight("shift", c.Hidden, Initial.Zero));
            readonly LinearLayer square = new(Weight("square.weight", c.Hidden, c.Hidden, Initial.Normal(0.02)), Weight("square.bias", c.Hidden, Initial.Zero));
        """;

    // the library's functions copied by a user, under names of his own
    const string Copies = """
            static Tensor Average(Tensor it) => RowSum(it) / it.Columns;

            static Tensor MyNorm(Tensor input, NormLayer n, double tiny)
            {
                var moved = input - Average(input);
                var spread = Average(moved * moved);
                return moved * Rsqrt(spread + tiny) * n.Scale + n.Shift;
            }

            static Tensor Bend(Tensor z) => z * Sigmoid(z * (Math.Sqrt(8 / Math.PI) + 0.044715 * Math.Sqrt(8 / Math.PI) * (z * z)));

            static Tensor BendExactly(Tensor z) => 0.5 * z * (1 + Erf(z * Math.Sqrt(0.5)));

            static Tensor Surprise(Tensor scores, Indices truth)
            {
                var below = scores - Detach(RowMax(scores));
                var all = Log(RowSum(Exp(below)));
                var own = RowSum(below * OneHot(truth, scores.Columns));
                return all - own;
            }

            static Tensor Share(Tensor scores)
            {
                var weights = Exp(scores - Detach(RowMax(scores)));
                return weights / RowSum(weights);
            }
        """;

    /// <summary>An expression over x [tokens, 12], the same with the user's copies, and its kernels.</summary>
    public static TheoryData<string, string, string> Cases => new()
    {
        { "LayerNorm(x, norm, 1e-6)", "MyNorm(x, norm, 1e-6)", "Row" },
        { "GeluTanh(x)", "Bend(x)", "Row" },
        { "GeluErf(x)", "BendExactly(x)", "Row" },
        { "Softmax(x)", "Share(x)", "Row" },
        { "CrossEntropy(x, batch.Segments)", "Surprise(x, batch.Segments)", "Row" },
        { "LayerNorm(GeluTanh(x) + x, norm, 1e-6)", "MyNorm(Bend(x) + x, norm, 1e-6)", "Row" },

        // the rows that the product reads, then the product; its tail is the epilogue unless it needs the whole row
        { "GeluTanh(Linear(x, head))", "Bend(Linear(x, head))", "Row Product" },
        { "GeluErf(Linear(x, head))", "BendExactly(Linear(x, head))", "Row Product" },
        { "CrossEntropy(Linear(x, head), batch.Segments)", "Surprise(Linear(x, head), batch.Segments)", "Row Product Row" },

        // what a product reads is stored, so that its epilogue adds it instead of another kernel that computes it again
        { "Linear(LayerNorm(x, norm, 1e-6), square) + LayerNorm(x, norm, 1e-6)", "Linear(MyNorm(x, norm, 1e-6), square) + MyNorm(x, norm, 1e-6)", "Row Product" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_function_of_the_library_is_one_kernel(string library, string copied, string kernels)
    {
        foreach (string expression in (string[])[library, copied])
            Assert.Equal(kernels, string.Join(" ", Compile(expression)["predict"].Kernels.Select(k => Kind(k.Kernel))));
    }

    /// <summary>One kernel over the tokens forward, one backward; the table's gradient and the sums over rows come after them.</summary>
    [Theory]
    [InlineData("LayerNorm(x, norm, 1e-6)")]
    [InlineData("GeluTanh(x)")]
    [InlineData("GeluErf(x)")]
    [InlineData("Softmax(x)")]
    [InlineData("CrossEntropy(x, batch.Segments)")]
    public void So_is_its_gradient(string library) => Assert.Equal(
        ["forward", "backward"],
        Compile(library)["train"].Kernels.Select(k => k.Kernel).OfType<RowKernel>().Where(k => k.Rows.Kind == DimensionKind.Tokens)
            .Select(k => k.Name.EndsWith("Gradient", StringComparison.Ordinal) ? "backward" : "forward"));

    /// <summary>Forward computes an activation and its slope, backward multiplies by the slope.</summary>
    [Theory]
    [InlineData("GeluTanh(Linear(h, square))", "Load Add Multiply Multiply Add Multiply Sigmoid")]
    [InlineData("GeluErf(Linear(h, square))", "Load Add Multiply Erf")]
    [InlineData("Dropout(BendExactly(Linear(h, square)), 0.1)", "Load Add Multiply Erf")]
    public void A_loop_keeps_the_slope_of_its_activation(string activation, string begins)
    {
        var products = Compile($"Repeat(2, x, (h, l) => Linear({activation}, square))")["train"].Kernels.Select(k => k.Kernel).OfType<ProductKernel>().ToList();
        var forward = products.First(p => !p.Info.Backward);
        Assert.StartsWith(begins, Instructions(forward.Epilogue.Where(i => i is not Literal)));
        Assert.Equal(2, forward.Epilogue.OfType<Store>().Count());
        var slope = forward.Epilogue.OfType<Store>().First().Target;
        var backward = products.Single(p => p.Epilogue.OfType<Load>().Any(l => l.Source == slope));
        Assert.Equal("Load Multiply Store", Instructions(backward.Epilogue.Where(i => i is not KeepMask && !IsMasking(i, backward))));
    }

    /// <summary>Each turn reads the one before twice: what follows every way through them would never end.</summary>
    [Fact]
    public void Functions_of_functions_compile()
    {
        string turns = string.Concat(Enumerable.Repeat("y = y * Sigmoid(y); ", 60));
        var programs = Compile("Repeat(2, x, (h, l) => Turns(h))", $"Tensor Turns(Tensor h) {{ var y = Linear(h, square); {turns} return Linear(y, square); }}");
        Assert.NotEmpty(programs["train"].Kernels);
    }

    // the multiplication by a mask
    static bool IsMasking(Instruction i, ProductKernel kernel) => i is AlbertCompiled.Generators.Lower.Compute { Op: Op.Multiply } c
        && kernel.Epilogue.OfType<KeepMask>().Any(mask => c.Arguments.Contains(mask.Target));

    /// <summary>Constants of a gradient are gathered into its value per row, like terms are one: 2·x, 3·x, 3·x², 1.5.</summary>
    [Theory]
    [InlineData("x * x", "Multiply")]
    [InlineData("0.5 * x * (x * 3)", "Multiply")]
    [InlineData("x * (x * x)", "Multiply Multiply")]
    [InlineData("x + x - 0.5 * x", "")]
    public void Gradients_are_written_as_by_hand(string expression, string arithmetic)
    {
        var gradient = Compile(expression)["train"].Kernels.Select(k => k.Kernel).OfType<RowKernel>().Single(k => k.Rows.Kind == DimensionKind.Tokens && k.Info.Backward);
        Assert.Equal(arithmetic, string.Join(" ", gradient.Phases.Last().Instructions.OfType<AlbertCompiled.Generators.Lower.Compute>().Select(c => c.Op)));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Names_play_no_part(string library, string copied, string kernels)
    {
        Assert.NotEmpty(kernels);
        var (expected, actual) = (Compile(library), Compile(copied));
        Assert.Equal(["train", "evaluate", "predict"], actual.Keys);
        foreach (string program in actual.Keys) Assert.Equal(expected[program].Kernels.Select(Outline), actual[program].Kernels.Select(Outline));
    }

    static string Kind(Kernel kernel) => kernel.GetType().Name.Replace("Kernel", "");

    // what a kernel does, without a name
    static string Outline((Kernel Kernel, LoopStep? Loop) k) => Kind(k.Kernel) + k.Kernel switch
    {
        RowKernel rows => $" {rows.Rows}: {string.Join(" | ", rows.Phases.Select(p => $"{p.Columns} × {Instructions(p.Instructions)}"))}",
        ProductKernel product => $" {product.M} × {product.N} × {product.K}: {Instructions(product.Epilogue)}",
        _ => "",
    };

    static string Instructions(IEnumerable<Instruction> instructions) =>
        string.Join(" ", instructions.Select(i => i is AlbertCompiled.Generators.Lower.Compute c ? $"{c.Op}" : i is Reduce r ? $"{r.Op}" : i.GetType().Name));

    static Dictionary<string, LoweredProgram> Compile(string expression, string member = "")
    {
        string value = $"var x = Rows(table, batch.Tokens); var value = {expression};";
        string source = Subject.Source(
            fields: Fields, body: $"{value} return new Outputs((\"loss\", Mean(RowMean(value))));",
            members: $"{Copies} {member} public Outputs Prediction(TokenBatch batch) {{ {value} return new Outputs((\"value\", value)); }}");
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(source));
        Assert.Empty(result.Diagnostics);
        var model = (TracedModel)result.TrackedSteps["Trace"].Single().Outputs.Single().Value;
        return AlbertCompiled.Generators.Compiler.Lower(model).Programs.ToDictionary(p => p.Program.Name, p => p.Program);
    }
}
