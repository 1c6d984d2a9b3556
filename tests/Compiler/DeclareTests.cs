using System.Globalization;
using System.Reflection;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>From attributes and texts to declarations.</summary>
public class DeclareTests
{
    static TracedModel Traced(params string[] sources)
    {
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(sources));
        Assert.Empty(result.Diagnostics);
        return (TracedModel)Assert.Single(result.TrackedSteps["Trace"]).Outputs.Single().Value;
    }

    [Fact]
    public void The_configuration_holds_every_property_with_its_final_value()
    {
        var model = Traced(Subject.Source(
            properties: "public int Half => Hidden / 2; public bool Flag { get; set; } public double Rate { get; set; } = 1e-12;",
            model: "namespace A.B { [Net(Hidden = 2 * 8, Dropout = 0.1f, Kind = Kind.Three, Name = \"a \\\"b\\\"\", Rate = 3), Pretraining] public sealed partial class Model; }"));
        Assert.Equal(
            ["Vocabulary=10", "Hidden=16", "Layers=3", "Heads=2", "Dropout=0.10000000149011612", "Kind=Kind.Three", "Name=\"a \\\"b\\\"\"", "Flag=false", "Rate=3.0"],
            model.Configuration.Select(c => $"{c.Name}={c.Value}"));
        Assert.Equal(("A.B", "Model", "public"), (model.Namespace, model.Name, model.Accessibility));
    }

    [Fact]
    public void Further_attributes_choose_the_rest()
    {
        var model = Traced("[Albert(Vocabulary = 50, Hidden = 64, Heads = 4), Pretraining, Recompute(Recompute.Layer), Optimizer(Optimizer.Lamb), MemoryBudget(\"2 GiB\", Tokens = 512)] partial class Model;");
        Assert.Equal((RecomputeMode.Layer, OptimizerKind.Lamb, "internal"), (model.Recompute, model.Optimizer, model.Accessibility));
        Assert.Equal(new MemoryBudget("2 GiB", 2L << 30, 512, 4, 0), model.Budget);
    }

    [Fact]
    public void Without_them_the_defaults_hold()
    {
        var model = Traced("[Albert(Vocabulary = 50), Pretraining] partial class Model;");
        Assert.Equal((RecomputeMode.None, OptimizerKind.AdamW, null), (model.Recompute, model.Optimizer, model.Budget));
    }

    [Fact]
    public void The_enums_are_those_of_the_runtime()
    {
        Assert.Equal(Enum.GetNames<Recompute>(), Enum.GetNames<RecomputeMode>());
        Assert.Equal(Enum.GetNames<Optimizer>(), Enum.GetNames<OptimizerKind>());
        Assert.Equal(new MemoryBudgetAttribute("1 GB").Tokens, Traced("[Albert(Vocabulary = 50), Pretraining, MemoryBudget(\"90 GB\")] partial class Model;").Budget!.Tokens);
    }

    [Theory]
    [InlineData("24 GB", 24_000_000_000)]
    [InlineData("24GiB", 24L << 30)]
    [InlineData(" 1.5 mb ", 1_500_000L)]
    [InlineData("1,5 GB", null)]
    [InlineData("2 TB", 2_000_000_000_000)]
    [InlineData("", null)]
    [InlineData("GB", null)]
    [InlineData("0 GB", null)]
    [InlineData("-1 GB", null)]
    [InlineData("1 B", null)]
    [InlineData("1 PB", null)]
    [InlineData("9e30 GB", null)]
    public void Budgets(string text, long? bytes) => Assert.Equal(bytes, BudgetReader.Bytes(text));

    [Theory]
    [InlineData(1)]
    [InlineData(-7)]
    [InlineData(0.1)]
    [InlineData(1e-12)]
    [InlineData(1e300)]
    [InlineData(3.0)]
    [InlineData(double.MaxValue)]
    [InlineData(double.Epsilon)]
    [InlineData(true)]
    [InlineData("a \"quoted\"\n\\ text")]
    public void Constants_read_back_as_they_were(object value)
    {
        var expression = SyntaxFactory.ParseExpression(ConstantText.Of(value));
        double sign = expression is Microsoft.CodeAnalysis.CSharp.Syntax.PrefixUnaryExpressionSyntax ? -1 : 1;
        object? read = expression.DescendantTokens().Last().Value;
        Assert.Equal(value, read is double d ? sign * d : read is int i ? (int)sign * i : read);
    }

    [Fact]
    public void Comments_and_layout_are_no_part_of_a_text()
    {
        string source = Subject.Source();
        string Text(string source) => string.Join("\n", Texts(source).Select(t => t.Text));
        string other = source.Replace("var loss", "// why\nvar /* what */ loss").Replace("{", "\n{ ").Replace("public enum", "#if MISSING\nnonsense\n#endif\n/// <summary>Doc.</summary>\npublic enum");
        Assert.Equal(Text(source), Text(other));
        Assert.NotEqual(Text(source), Text(source.Replace("0.02", "0.03")));
    }

    static List<DefinitionText> Texts(string source) =>
        [.. GeneratorHarness.Run(GeneratorHarness.Compilation(source)).TrackedSteps["Definitions"].SelectMany(s => s.Outputs).Select(o => (DefinitionText)o.Value)];

    [Fact]
    public void A_text_holds_the_records_and_enums_of_its_file_that_it_mentions()
    {
        var texts = Texts("""
            using static AlbertCompiled.Library;
            record Pair(Tensor A, Inner B);
            record Inner(Tensor C);
            record Unused(Tensor A);
            enum Colour { Red, Green }
            [Definition] class Graph(NetAttribute c) : ModelGraph { readonly Pair? pair = null; bool Red => c.Colour is Colour.Red; }
            [Definition] class NetAttribute : ArchitectureAttribute<Graph> { public Colour Colour { get; set; } public Activation Activation { get; set; } }
            """);
        string graph = texts.Single(t => t.Type == "Graph").Text, attribute = texts.Single(t => t.Type == "NetAttribute").Text;
        Assert.StartsWith("using static AlbertCompiled.Library;\n", graph, StringComparison.Ordinal);
        Assert.Contains("record Pair(", graph);
        Assert.Contains("record Inner(", graph);
        Assert.Contains("enum Colour", graph);
        Assert.DoesNotContain("Unused", graph);
        Assert.Contains("enum Activation { GeluTanh = 0, GeluErf = 1 }", attribute); // of another assembly
    }

    [Fact]
    public void Texts_travel_in_the_metadata_of_their_assembly()
    {
        var attributes = typeof(AlbertAttribute).Assembly.GetCustomAttributes<DefinitionTextAttribute>().Concat(typeof(Library).Assembly.GetCustomAttributes<DefinitionTextAttribute>());
        Assert.Superset(
            new HashSet<string> { "AlbertCompiled.Models.AlbertAttribute", "AlbertCompiled.Models.AlbertGraph", "AlbertCompiled.Library" },
            attributes.Select(a => a.Type).ToHashSet());
    }

    [Fact]
    public void A_definition_from_metadata_is_the_same_as_from_source()
    {
        const string model = "[Net(Layers = 2), Pretraining] public sealed partial class Model;";
        string definition = Subject.Source(model: "", members: "string Tricky => $\"\"\"{1} \"\"{2}\"\" \"\"\" + @\"x\"\"y\";");
        var fromSource = Traced(definition, model);

        var fromMetadata = (TracedModel)Assert.Single(GeneratorHarness.Run(Referencing(definition, model)).TrackedSteps["Trace"]).Outputs.Single().Value;
        Assert.Equal(fromSource.Declaration.Definitions.Select(d => (d.Type, d.Text)), fromMetadata.Declaration.Definitions.Select(d => (d.Type, d.Text)));
        Assert.DoesNotContain(fromMetadata.Declaration.Definitions, d => d.IsSource);
    }

    /// <summary>A compilation of a model whose definition lies in a referenced assembly, built with the generator.</summary>
    static CSharpCompilation Referencing(string definition, string model)
    {
        var library = GeneratorHarness.Compilation(definition).WithAssemblyName("Definitions");
        GeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(library, out var built, out _);
        using var stream = new MemoryStream();
        var emitted = built.Emit(stream);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        return GeneratorHarness.Compilation(model).AddReferences(MetadataReference.CreateFromImage(stream.ToArray()));
    }

    [Fact]
    public void A_fault_of_a_definition_from_metadata_is_reported_at_the_attribute()
    {
        string definition = Subject.Source(model: "", fields: Subject.Fields + "readonly Tensor narrow = Weight(\"narrow\", 5, 7, Initial.One);", body: "var y = MatMul(Rows(table, batch.Tokens), narrow); return new Outputs((\"loss\", y));");
        var diagnostic = Assert.Single(GeneratorHarness.Run(Referencing(definition, "[Net(Hidden = 12), Pretraining] public sealed partial class Model;")).Diagnostics);
        Assert.Equal(("ALB0001", "Net(Hidden = 12)"), (diagnostic.Id, diagnostic.Marked()));
        Assert.Contains("'var y = MatMul(Rows(table, batch.Tokens), narrow);'", diagnostic.GetMessage());
    }

    [Theory]
    [InlineData("namespace My.Models; using static Heads; [Definition] public static class Heads { %; }")]
    [InlineData("using static @My.@event.Heads; namespace My.@event { [Definition] public static class Heads { %; } }")]
    [InlineData("using static Outer.Heads; public static class Outer { [Definition] public static class Heads { %; } }")]
    [InlineData("", "global using static Outer.Heads; public static class Outer { [Definition] public static class Heads { %; } }")]
    public void Static_usings_mean_what_they_mean_to_CSharp(string usings, string other = "")
    {
        const string twice = "public static Tensor Twice(Tensor x) => x + x";
        string source = Subject.Source(body: "var y = Twice(ColumnSum(RowSum(table))); return new Outputs((\"loss\", y));");
        string imports = source[..source.IndexOf("[Net", StringComparison.Ordinal)];
        var compilation = GeneratorHarness.Compilation(imports + usings.Replace("%", twice) + source[imports.Length..], other.Replace("%", twice));
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var result = GeneratorHarness.Run(compilation);
        Assert.Empty(result.Diagnostics);
        Assert.NotEmpty(result.GeneratedSources);
    }

    [Fact]
    public void Texts_are_the_same_in_every_culture()
    {
        string[] sources = [Subject.Source(model: "", properties: "public Mode Mode { get; set; }"), "public enum Mode { Off = -1, @class = 1 }"];
        string Exported() => string.Concat(GeneratorHarness.Run(GeneratorHarness.Compilation(sources)).GeneratedSources.Select(s => s.SourceText));
        var (here, elsewhere) = (CultureInfo.CurrentCulture, (CultureInfo)CultureInfo.InvariantCulture.Clone());
        elsewhere.NumberFormat.NegativeSign = "−"; // as in Sweden
        try
        {
            CultureInfo.CurrentCulture = elsewhere;
            Assert.Contains("enum Mode { Off = -1, @class = 1 }", Exported());
        }
        finally
        {
            CultureInfo.CurrentCulture = here;
        }
    }

    [Fact]
    public void Static_definitions_are_libraries_and_bases_are_definitions()
    {
        var model = Traced("""
            namespace Lib { [Definition] public static class Mine { public const double Half = 0.5; public static Tensor Twice(Tensor x) => x + x; } }
            """, """
            using static AlbertCompiled.Library;
            using static AlbertCompiled.Primitives;
            using static Lib.Mine;
            [Definition] public class BaseAttribute<T> : ArchitectureAttribute<T> where T : ModelGraph;
            [Definition] public sealed class NetAttribute : ArchitectureAttribute<Derived> { public int Hidden { get; set; } = 8; }
            [Definition] public abstract class Base(int hidden, string name) : ModelGraph
            {
                readonly Tensor shared = Weight(name, hidden, hidden, Initial.One);
                protected virtual Tensor Change(Tensor x) => x;
                public Outputs Pretraining(TokenBatch batch) => new(("loss", ColumnSum(RowSum(Change(Twice(Rows(shared, batch.Tokens)) * Half)))));
            }
            [Definition] public sealed class Derived(NetAttribute c) : Base(c.Hidden / 2, name: "base")
            {
                readonly Tensor own = Weight("own", c.Hidden / 2, Initial.Zero);
                protected override Tensor Change(Tensor x) => base.Change(x) + own;
            }
            [Net, Pretraining] partial class Model;
            """);
        var graph = model.Program("Pretraining")!;
        Assert.Equal(["own [1, 4]", "base [4, 4]"], graph.Parameters.Select(p => $"{p.Name} {p.Shape}"));
        Assert.Contains(graph.Nodes, n => n.Origin.Path == "Pretraining/Twice");
        Assert.Contains(graph.Nodes, n => n.Origin.Path == "Pretraining/Change");
    }
}
