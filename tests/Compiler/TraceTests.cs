using System.Collections.Immutable;
using System.Reflection;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Graph = AlbertCompiled.Generators.Graph.ModelGraph;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>From text to graph.</summary>
public class TraceTests
{
    static string Text(Type type) => type.Assembly.GetCustomAttributes<DefinitionTextAttribute>().Single(a => a.Type == type.FullName).Text;

    static Graph Trace<TAttribute, TGraph>(string program = "Pretraining", params (string, string)[] configuration) =>
        Tracer.Trace(new[] { typeof(TAttribute), typeof(TGraph), typeof(ArchitectureAttribute<>), typeof(Library), typeof(Tasks) }.Select(type => (type.FullName!, Text(type))), configuration, program);

    static IEnumerable<string> Lines(IEnumerable<ParameterDeclaration> parameters) =>
        parameters.Select(p => FormattableString.Invariant($"{p.Name} {p.Shape} {(p.IsVector ? "vector" : "matrix")} {p.Initial} {p.Scale:R}"));

    static IEnumerable<string> Lines(IEnumerable<ModelParameter> parameters) =>
        parameters.Select(p => FormattableString.Invariant($"{p.Name} [{p.Rows}, {p.Columns}] {(p.IsVector ? "vector" : "matrix")} {p.Initial.Kind} {p.Initial.Scale:R}"));

    [Fact]
    public void The_tour_evaluates_as_in_CSharp() =>
        Assert.Equal(Lines(new TourGraph(new TourAttribute()).Parameters), Lines(Trace<TourAttribute, TourGraph>().Parameters));

    [Fact]
    public void The_tour_evaluates_as_in_CSharp_with_another_configuration() => Assert.Equal(
        Lines(new TourGraph(new TourAttribute { Seven = 8, Half = 0.1, Yes = false, Colour = Colour.Blue, Word = "a\"b" }).Parameters),
        Lines(Trace<TourAttribute, TourGraph>("Pretraining", ("Seven", "8"), ("Half", "0.1"), ("Yes", "false"), ("Colour", "Colour.Blue"), ("Word", "\"a\\\"b\"")).Parameters));

    [Fact]
    public void The_weights_of_every_sharing_are_those_of_the_running_definition()
    {
        foreach (var sharing in Enum.GetValues<Sharing>())
        {
            foreach (var (groups, inner, map) in new[] { (1, 1, false), (2, 2, true), (6, 1, true) })
            {
                var attribute = new AlbertAttribute { Vocabulary = 50, Embedding = 8, Hidden = 8, Layers = 6, Heads = 2, Intermediate = 16, Groups = groups, InnerLayers = inner, Sharing = sharing, AlwaysMap = map };
                var graph = Trace<AlbertAttribute, AlbertGraph>("Pretraining",
                    ("Vocabulary", "50"), ("Embedding", "8"), ("Hidden", "8"), ("Layers", "6"), ("Heads", "2"), ("Intermediate", "16"),
                    ("Groups", $"{groups}"), ("InnerLayers", $"{inner}"), ("Sharing", $"Sharing.{sharing}"), ("AlwaysMap", map ? "true" : "false"));
                Assert.Equal(Lines(new AlbertGraph(attribute).Parameters), Lines(graph.Parameters));
            }
        }
    }

    [Fact]
    public void BERT_declares_the_weights_of_the_running_definition() =>
        Assert.Equal(Lines(new BertGraph(new BertAttribute()).Parameters), Lines(Trace<BertAttribute, BertGraph>().Parameters));

    [Fact]
    public void Both_programs_have_the_same_parameters() =>
        Assert.Equal(Lines(Trace<AlbertAttribute, AlbertGraph>().Parameters), Lines(Trace<AlbertAttribute, AlbertGraph>("Prediction").Parameters));

    [Fact]
    public void A_layer_stands_in_the_graph_once_and_chooses_its_weights()
    {
        var graph = Trace<AlbertAttribute, AlbertGraph>("Pretraining", ("Layers", "6"), ("Groups", "2"), ("InnerLayers", "2"));
        var loop = Assert.Single(graph.Blocks, b => b.IsLoop);
        Assert.Equal((6, false), (loop.Iterations, loop.Reversed));
        Assert.Equal(2, loop.Nodes.Count(n => n.Op == Op.Attention));
        var queries = loop.Nodes.First(n => n.Op == Op.Parameter).Parameter!;
        string Names(ImmutableArray<int> parts) => string.Join(" ", parts.Select(p => string.Join(".", graph.Parameters[p].Name.Split('.').Where(s => s is "0" or "1" or "query" or "key" or "value"))));
        Assert.Equal([.. Enumerable.Repeat("0.0.query 0.0.key 0.0.value", 3), .. Enumerable.Repeat("1.0.query 1.0.key 1.0.value", 3)], queries.Choices.Select(Names));
    }

    [Fact]
    public void Groups_are_chosen_by_exact_integers()
    {
        var graph = Trace<AlbertAttribute, AlbertGraph>("Pretraining", ("Layers", "22"), ("Groups", "22"));
        var loop = graph.Blocks.Single(b => b.IsLoop);
        Assert.Equal(22, loop.Nodes.First(n => n.Op == Op.Parameter).Parameter!.Choices.Select(c => c[0]).Distinct().Count());
    }

    [Fact]
    public void Weights_that_all_iterations_share_are_one_choice() =>
        Assert.All(Trace<AlbertAttribute, AlbertGraph>().Nodes.Where(n => n.Op == Op.Parameter), n => Assert.False(n.Parameter!.Varies));

    [Fact]
    public void One_block_reads_a_weight_once()
    {
        var graph = Trace<AlbertAttribute, AlbertGraph>();
        Assert.All(graph.Blocks, b => Assert.Equal(b.Nodes.Count(n => n.Op == Op.Parameter), b.Nodes.Where(n => n.Op == Op.Parameter).Select(n => n.Parameter).Distinct().Count()));
    }

    static Graph Traced(string source)
    {
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(source));
        Assert.Empty(result.Diagnostics);
        return ((TracedModel)Assert.Single(result.TrackedSteps["Trace"]).Outputs.Single().Value).Program("Pretraining")!;
    }

    [Fact]
    public void Nodes_know_the_line_and_the_variable_that_they_come_from()
    {
        var graph = Traced(Subject.Source(
            members: "Tensor Layer(Tensor x) { var y = x   +  x; /* why */ return Norm(y); } Tensor Norm(Tensor x) => LayerNorm(x, new(line.Bias, line.Bias), 1e-6);",
            fields: Subject.Fields + "readonly LinearLayer line = new(Weight(\"w\", c.Hidden, c.Hidden, Initial.One), Weight(\"b\", c.Hidden, Initial.Zero));",
            body: "var x = Repeat(c.Layers, Rows(table, batch.Tokens), (h, l) => Layer(h)); x = Linear(x, line); return new Outputs((\"loss\", ColumnSum(RowSum(x))), (\"x\", x));"));
        Assert.Equal("Layer", graph.Blocks.Single(b => b.IsLoop).Name);
        Origin Of(Func<Node, bool> predicate) => graph.Nodes.First(predicate).Origin;
        Assert.Equal(new Origin("Pretraining/Layer", "var y = x + x;", "y"), Of(n => n.Op == Op.Add));
        Assert.Equal(new Origin("Pretraining/Layer/Norm/LayerNorm", "return LayerNorm(x, new(line.Bias, line.Bias), 1e-6);", null, "centred") { Function = "LayerNorm" }, Of(n => n.Op == Op.Subtract));
        Assert.Equal(new Origin("Pretraining/Linear", "x = Linear(x, line);", "x") { Function = "Linear" }, graph.Nodes.Last(n => n.Op == Op.Add).Origin);
        Assert.Equal(new Origin("Pretraining", "(\"loss\", ColumnSum(RowSum(x)))", "loss"), Of(n => n.Op == Op.ColumnSum));
        Assert.All(graph.Nodes, n => Assert.NotEqual("", n.Origin.Statement));
    }

    [Fact]
    public void Dropout_of_probability_zero_leaves_no_trace()
    {
        Assert.DoesNotContain(Trace<AlbertAttribute, AlbertGraph>().Nodes, n => n.Op == Op.KeepMask);
        var masks = Trace<AlbertAttribute, AlbertGraph>("Pretraining", ("Dropout", "0.1")).Nodes.Where(n => n.Op == Op.KeepMask).ToList();
        Assert.Equal(Enumerable.Range(0, 4), masks.Select(m => m.Site.Ordinal));
        Assert.All(masks, m => Assert.Equal(0.1, m.Probability));
    }

    [Fact]
    public void The_table_of_operations_is_that_of_the_running_language()
    {
        static string Type(Type type) => type switch
        {
            { IsArray: true } => $"{Type(type.GetElementType()!)}[]",
            { IsGenericType: true } => $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Type))}>",
            _ => type.Name switch { "Int32" => "int", "Double" => "double", "Boolean" => "bool", "String" => "string", var name => name },
        };
        static string Default(System.Reflection.ParameterInfo p) => p.HasDefaultValue ? $" = {(p.DefaultValue is bool ? "false" : p.DefaultValue)}" : "";
        var running = typeof(AlbertCompiled.Primitives).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Concat(typeof(AlbertCompiled.ModelGraph).GetMethods(BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly).Where(m => m.IsFamily))
            .Select(m => $"{Type(m.ReturnType)} {m.Name}({string.Join(", ", m.GetParameters().Select(p => $"{Type(p.ParameterType)} {p.Name}{Default(p)}"))})");
        var traced = AlbertCompiled.Generators.Trace.Primitives.All.Select(p =>
            $"{p.Syntax.ReturnType} {p.Name}({string.Join(", ", p.Syntax.ParameterList.Parameters.Select(a => $"{a.Type} {a.Identifier}{(a.Default is { } d ? $" {d}" : "")}"))})");
        Assert.Equal(running.Order(StringComparer.Ordinal), traced.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_model_of_the_language_page_compiles()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "language.md"));
        string source = page.Split("```csharp\n")[1].Split("```")[0];
        var result = GeneratorHarness.Run(GeneratorHarness.Compilation(source));
        Assert.Empty(result.Diagnostics);
        Assert.NotEmpty(((TracedModel)Assert.Single(result.TrackedSteps["Trace"]).Outputs.Single().Value).Programs);
    }

    [Theory]
    [InlineData("layers[l]", 3)]
    [InlineData("layers[2 - l]", 3)]
    [InlineData("layers[l / 2]", 2)]
    [InlineData("layers[l < 2 ? 0 : 1]", 2)]
    [InlineData("(l == 1 ? layers[0] : layers[2])", 2)]
    [InlineData("layers[Math.Max(l, 1)]", 2)]
    [InlineData("layers[(int)(l * 0.5)]", 2)]
    [InlineData("new[] { layers[0], layers[1], layers[0] }[l]", 2)]
    [InlineData("layers[l > 0 && l < 2 ? 1 : 0]", 2)]
    [InlineData("layers[l is 0 or 2 ? 1 : 0]", 2)]
    [InlineData("(l == 0 ? layers[2] : layers[l - 1])", 3)]
    [InlineData("(l == 0 ? layers[l] : layers[2 - l])", 2)]
    [InlineData("layers[l > 0 ? 2 / l - 1 : 2]", 3)]
    [InlineData("(l < 2 ? l == 0 ? layers[l] : layers[3 - l] : layers[l - 1])", 3)]
    [InlineData("(l < 2 ? l == 2 ? layers[7] : layers[l] : layers[0])", 2)]
    [InlineData("layers[0]", 1)]
    public void Weights_are_chosen_by_arithmetic_on_the_iteration(string choice, int different)
    {
        string source = Subject.Source(
            fields: Subject.Fields + "readonly LinearLayer[] layers = Each(3, i => new LinearLayer(Weight($\"w{i}\", c.Hidden, c.Hidden, Initial.One), Weight($\"b{i}\", c.Hidden, Initial.Zero)));",
            body: $"var x = Repeat(3, Rows(table, batch.Tokens), (x, l) => Linear(x, {choice})); return new Outputs((\"loss\", ColumnSum(RowSum(x))));");
        var graph = Traced(source);
        var reference = graph.Blocks.Single(b => b.IsLoop).Nodes.First(n => n.Op == Op.Parameter).Parameter!;
        Assert.Equal(different, reference.Choices.Select(c => c[0]).Distinct().Count());
        Assert.Equal(different > 1 ? 3 : 1, reference.Choices.Length);
    }

    [Fact]
    public void A_trace_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var declaration = new Declaration("", "Model", "public", "TourAttribute", "TourGraph", default, ImmutableArray.Create(new DefinitionText("T", Text(typeof(TourAttribute)), false), new DefinitionText("G", Text(typeof(TourGraph)), false)));
        Assert.ThrowsAny<OperationCanceledException>(() => Tracer.Trace(declaration, source.Token));
    }

    [Fact]
    public void Texts_trace_outside_of_a_compilation_and_fail_there()
    {
        var failure = Assert.Throws<TraceException>(() => Trace<AlbertAttribute, AlbertGraph>("Pretraining", ("Heads", "5")));
        Assert.Equal("ALB0002: Heads = 5 does not divide Hidden = 768", Assert.Single(failure.Diagnostics).ToString());
    }

    [Fact]
    public void Deep_nesting_ends_in_a_diagnostic()
    {
        string deep = string.Concat(Enumerable.Repeat("(", 1_000)) + "1" + string.Concat(Enumerable.Repeat(")", 1_000)), wide = string.Join(" + ", Enumerable.Repeat("1", 1_000));
        var ids = new[] { deep, wide, string.Concat(Enumerable.Repeat("- ", 1_000)) + "1" }.Select(e =>
        {
            var result = GeneratorHarness.Run(GeneratorHarness.Compilation(Subject.Source(body: $"int k = {e};\n{Subject.Body}")));
            return string.Join(",", result.Diagnostics.Select(d => d.Id));
        }).ToList();
        Assert.Equal("", ids[1]);
        Assert.All(ids, id => Assert.True(id is "" or "ALB0003" or "ALB0018", id));
    }
}
