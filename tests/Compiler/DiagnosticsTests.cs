using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>Every diagnostic: its id, its place and what it names. Those of the back end are tested with it.</summary>
public class DiagnosticsTests
{
    static string Message(string id, string marked) => Assert.Single(Subject.Expect(id, marked)).GetMessage();

    [Fact]
    public void Shapes_that_do_not_fit_are_named_with_their_origins()
    {
        string message = Message("ALB0001", Subject.Source(
            fields: Subject.Fields + "readonly Tensor narrow = Weight(\"narrow\", 5, 7, Initial.One);",
            body: "var x = Rows(table, batch.Tokens); var y = [|MatMul(x, narrow)|]; return new Outputs((\"loss\", y));"));
        Assert.Equal("MatMul cannot multiply [tokens, 12] and [5, 7] in 'var y = MatMul(x, narrow);': " +
            "[tokens, 12] is 'x' from 'var x = Rows(table, batch.Tokens);'; [5, 7] is the weight 'narrow'", message);
    }

    [Fact]
    public void Shapes_inside_the_library_belong_to_the_line_that_calls_it()
    {
        string message = Message("ALB0001", Subject.Source(body: "var x = Rows(table, batch.Tokens); x = x + [|Linear(OneHot(batch.Tokens, 4), head)|]; return new Outputs((\"loss\", x));"));
        Assert.Contains("[tokens, 4]", message);
        Assert.Contains("'head.weight'", message);
    }

    [Fact]
    public void Operators_on_shapes_that_do_not_broadcast()
    {
        Assert.Contains("[tokens, 12] and [sequences, 12]", Message("ALB0001", Subject.Source(
            body: "var x = [|Rows(table, batch.Tokens) + Rows(table, batch.First)|]; return new Outputs((\"loss\", x));")));
    }

    [Fact]
    public void Weights_that_cannot_be_stacked()
    {
        Assert.Contains("'a' [2, 3] and 'b' [2, 4]", Message("ALB0001", Subject.Source(
            fields: "readonly Tensor both = [|Primitives.Stack(Weight(\"a\", 2, 3, Initial.Zero), Weight(\"b\", 2, 4, Initial.Zero))|];",
            body: "return new Outputs((\"loss\", both));")));
    }

    const string Attends = "var q = Concat(Rows(table, batch.Tokens)); return new Outputs((\"loss\", ColumnSum(RowSum([|Attention(q, c.Heads, batch)|]))));";
    const string Concat = "readonly Tensor qkv = Weight(\"qkv\", 3 * c.Hidden, c.Hidden, Initial.One); Tensor Concat(Tensor x) => MatMul(x, qkv, transposeB: true);";

    [Fact]
    public void Heads_are_reported_at_the_argument()
    {
        Assert.Equal("Heads = 5 does not divide Hidden = 12", Message("ALB0002", Subject.Source(
            body: Attends.Replace("[|", "").Replace("|]", ""), members: Concat, model: "[Net([|Heads = 5|]), Pretraining] public partial class Model;")));
    }

    [Fact]
    public void Heads_by_default_leave_the_hidden_size_to_blame()
    {
        Assert.Equal("Heads = 2 does not divide Hidden = 7", Message("ALB0002", Subject.Source(
            body: Attends.Replace("[|", "").Replace("|]", ""), members: Concat, model: "[Net([|Hidden = 7|]), Pretraining] public partial class Model;")));
    }

    [Fact]
    public void Heads_of_the_definition_are_reported_there()
    {
        Assert.Equal("The number of heads 5 does not divide Hidden = 12", Message("ALB0002", Subject.Source(body: Attends.Replace("c.Heads", "5"), members: Concat)));
    }

    [Theory]
    [InlineData("[|while (true) { }|]")]
    [InlineData("[|try { } finally { }|]")]
    [InlineData("[|goto end;|] [|end: ;|]")]
    [InlineData("for (int i = 0; i < 3; i++) { if (i == 1) [|break;|] }")]
    [InlineData("[|Tensor Local(Tensor x) => x;|]")]
    [InlineData("var k = [|typeof(int)|];")]
    [InlineData("var k = [|c?.Hidden|];")]
    [InlineData("var k = [|c.Name ?? \"\"|];")]
    [InlineData("var k = [|stackalloc int[3]|];")]
    [InlineData("var k = [|1f|];")]
    [InlineData("var k = new int[[|^1|]];")]
    [InlineData("var k = [|c.Hidden & 3|];")]
    [InlineData("[|Rows(table, batch.Tokens)|];")]
    [InlineData("[|c.Hidden|] = 3;")]
    [InlineData("var k = [|from i in new[] { 1 } select i|];")]
    [InlineData("if (c.Hidden < 0) { [|lock (this) { }|] }")]
    [InlineData("[|float|] k = 1;")]
    [InlineData("if (c.Hidden < 0) { [|long|] k = c.Hidden; }")]
    [InlineData("[|object|] k = 1;")]
    [InlineData("[|Single|] k = 1;")]
    [InlineData("Func<double, double> f = [|v => v / 2|];")]
    [InlineData("var t = c.Hidden < 0 ? table : null; [|t|] = 1;")]
    [InlineData("int k = 1; int m = [|++k|];")]
    [InlineData("var k = [|Math.Cbrt(8.0)|];")]
    [InlineData("var k = Each(3, [|Pretraining|]);")]
    public void Unsupported_syntax_is_reported_where_it_stands(string statement) =>
        Subject.Expect("ALB0003", Subject.Source(body: $"{statement}\n{Subject.Body}"));

    [Theory]
    [InlineData("static double F([|float|] x) => x / 2;", "var k = F(1);")]
    [InlineData("static [|float|] F() => 1;", "var k = F();")]
    [InlineData("static double F(Func<double, double> f) => f(1);", "var k = F([|v => v / 2|]);")]
    [InlineData("static T F<T>(T a) => a;", "var k = [|F<double>(1)|] / 2;")]
    [InlineData("readonly [|float|] rate = 1;", "")]
    [InlineData("sealed record P(int X) { [|public static implicit operator P(int x) => new(x);|] }", "var p = new P(1);")]
    [InlineData("sealed record P(int X) { [|public P() : this(1) { }|] }", "var p = new P(1);")]
    [InlineData("[|static NetGraph() { }|]", "")]
    public void Unsupported_types_are_reported_where_they_are_declared(string member, string statement) =>
        Subject.Expect("ALB0003", Subject.Source(members: member, body: $"{statement}\n{Subject.Body}"));

    [Theory]
    [InlineData("[|public NetAttribute() { Layers = 7; }|]", "")]
    [InlineData("[|public int Depth { get => Layers; set => Layers = value; }|]", "(Depth = 4)")]
    public void A_setting_stores_what_it_is_given(string member, string arguments) =>
        Subject.Expect("ALB0003", Subject.Source(properties: member, model: $"[Net{arguments}, Pretraining] public partial class Model;"));

    [Fact]
    public void A_class_of_functions_is_imported() =>
        Assert.Contains("using static …Extra", Message("ALB0004", Subject.Source(body: "var k = [|Extra|].Half(3);" + Subject.Body) + " [Definition] public static class Extra { public static double Half(double x) => x / 2; }"));

    const string Twice = "public static Tensor Relu(Tensor x) => x + x; public const double Scale = 3;";

    [Fact]
    public void A_base_needs_its_text()
    {
        string graph = Subject.Source(body: Subject.Body.Replace("Rows(table, batch.Tokens)", "Relu(Rows(table, batch.Tokens))"), model: "[[|Net|], Pretraining] partial class Model;").Replace(": ModelGraph", ": BaseGraph");
        string message = Message("ALB0006", graph + $"public abstract class BaseGraph : ModelGraph {{ {Twice} }}");
        Assert.Equal("the text of 'BaseGraph' was not found: it must be marked [Definition], and its assembly be built with the compiler", message);
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(Subject.Unmark(graph).Text + $"[Definition] public abstract class BaseGraph : ModelGraph {{ {Twice} }}")).Diagnostics);
        Assert.Contains("'BaseGraph'", Message("ALB0006", "public abstract class BaseGraph : ModelGraph { public Outputs Pretraining(TokenBatch batch) => null!; } [Definition] public class G(NetAttribute c) : BaseGraph; [Definition] public class NetAttribute : ArchitectureAttribute<G>; [[|Net|], Pretraining] partial class Model;"));
        Assert.Contains("'BaseAttribute'", Message("ALB0006", Subject.Source(model: "public abstract class BaseAttribute : ArchitectureAttribute<NetGraph> { public int H { get; set; } } [[|Net(H = 4)|], Pretraining] partial class Model;").Replace("NetAttribute : ArchitectureAttribute<NetGraph>", "NetAttribute : BaseAttribute")));
    }

    /// <summary>What is nearer than an import and has no text is never taken for the import.</summary>
    [Theory]
    [InlineData("static class Nets { static Tensor Relu(Tensor x) => x + x;", "'Nets.Relu'")]
    [InlineData("[Definition] public static class Nets { static Tensor Relu(Tensor x) => x + x;", "'Nets.Relu'")]
    [InlineData("class Root { protected static Tensor Relu(Tensor x) => x + x; } class Nets : Root {", "'Root.Relu'")]
    [InlineData("namespace A { using static B.Mine;", "'B.Mine.Relu'")]
    public void What_surrounds_a_definition_has_no_text(string surroundings, string named)
    {
        string source = Subject.Source(body: Subject.Body.Replace("Rows(table, batch.Tokens)", "[|Relu(Rows(table, batch.Tokens))|]"), model: "")
            .Replace("public enum Kind", surroundings + " public enum Kind") + "} namespace B { public static class Mine { public static Tensor Relu(Tensor x) => x + x; } }";
        string attribute = surroundings.StartsWith("namespace", StringComparison.Ordinal) ? "A.Net" : "Nets.Net";
        Assert.Contains($"'Relu' may mean {named}", Message("ALB0004", source + $"[{attribute}, Pretraining] partial class Model;"));
        // written out, it is clear
        string clear = Subject.Unmark(source.Replace("Relu(Rows", "AlbertCompiled.Library.Relu(Rows")).Text + $"[{attribute}, Pretraining] partial class Model;";
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(clear)).Diagnostics);
    }

    [Fact]
    public void A_constant_that_surrounds_a_definition_has_no_text() => Assert.Contains("'Nets.Scale'", Message("ALB0004",
        "using static Mine;\n" + Subject.Source(body: "var k = [|Scale|] * 2.0;" + Subject.Body, model: "").Replace("public enum Kind", "static class Nets { const double Scale = 3; public enum Kind")
        + "} [Definition] public static class Mine { public const double Scale = 0.5; } [Nets.Net, Pretraining] partial class Model;"));

    [Fact]
    public void What_a_definition_has_itself_comes_before_what_surrounds_it() => Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(
        Subject.Source(body: "var k = Scale * 2.0;" + Subject.Body.Replace("Rows(table, batch.Tokens)", "Relu(Rows(table, batch.Tokens))"), members: Twice, model: "").Replace("public enum Kind", $"static class Nets {{ {Twice} public enum Kind")
        + "} [Nets.Net, Pretraining] partial class Model;")).Diagnostics);

    [Fact]
    public void A_record_needs_the_text_of_its_base()
    {
        const string record = "sealed record Ln(Tensor S) : LnBase { public Tensor Apply(Tensor x) => Relu(x * S); }";
        string source = Subject.Source(members: record, body: Subject.Body.Replace("Rows(table, batch.Tokens)", "[|new Ln(table)|].Apply(Rows(table, batch.Tokens))"));
        const string root = "public abstract record LnBase { protected static Tensor Relu(Tensor x) => x + x; }";
        var (text, marks) = Subject.Unmark(source);
        var reported = Assert.Single(GeneratorHarness.Run(GeneratorHarness.Compilation(text, root)).Diagnostics);
        Assert.Equal(("ALB0003", marks[0]), (reported.Id, reported.Location.SourceSpan));
        Assert.Contains("'Ln' derives from 'LnBase'", reported.GetMessage());
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(text.Replace("[Net,", root + " [Net,").Replace("new Ln(table).Apply(", "new Ln(1).Apply("))).Diagnostics);
    }

    [Theory]
    [InlineData("NetGraph[|(NetAttribute c, int n = 2)|]", "must have one primary constructor")]
    [InlineData("NetGraph[|(int hidden)|]", "NetGraph(NetAttribute c)")]
    [InlineData("NetGraph[|()|]", "NetGraph(NetAttribute c)")]
    [InlineData("NetGraph[|(AlbertAttribute c)|]", "NetGraph(NetAttribute c)")]
    public void A_definition_takes_its_configuration_alone(string declared, string named) => Assert.Contains(named, Message("ALB0006",
        Subject.Source(fields: Subject.Fields.Replace("c.Vocabulary", "10").Replace("c.Hidden", "12")).Replace("NetGraph(NetAttribute c)", declared)));

    [Fact]
    public void A_definition_can_be_created()
    {
        Assert.Contains("must not be abstract", Message("ALB0006", Subject.Source().Replace("sealed class NetGraph(NetAttribute c)", "abstract class NetGraph[|(NetAttribute c)|]")));
        Assert.Contains("a method of the instance", Message("ALB0006", Subject.Source(body: "throw new ArgumentException(\"never\");").Replace("public Outputs Pretraining", "public static [|Outputs|] Pretraining")));
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(
            Subject.Source(fields: Subject.Fields.Replace("c.Vocabulary", "10").Replace("c.Hidden", "12")).Replace("NetGraph(NetAttribute c)", "NetGraph(ArchitectureAttribute<NetGraph> c)"))).Diagnostics);
    }

    [Fact]
    public void An_argument_of_a_constructor_is_reported_by_its_name() => Assert.Contains("write H = 5", Message("ALB0003", Subject.Source(
        properties: "public NetAttribute(int h, int layers = 2) { } public int H { get; set; }", model: "[Net(layers: 3, [|h: 5|]), Pretraining] partial class Model;")));

    [Fact]
    public void Classes_of_one_name_are_told_apart() => Assert.Contains("'A.Own.Half(int x)' and 'B.Own.Half(int x)'", Message("ALB0004", "using static A.Own; using static B.Own;\n" + Subject.Source(body: "var k = [|Half(1)|];" + Subject.Body)
        + "namespace A { [Definition] public static class Own { public static int Half(int x) => 1; } } namespace B { [Definition] public static class Own { public static int Half(int x) => 2; } }"));

    [Fact]
    public void A_hidden_member_is_meant_by_a_declared_type()
    {
        const string shapes = "record Shape { public double K => 2; } sealed record Sq : Shape { public new double K => 7; } static Shape Pick(Shape a) => a;";
        Assert.Contains("hides a 'K' of its base", Assert.Single(Subject.Expect("ALB0003", Subject.Source(members: shapes, body: "var s = new Sq(); var k = [|s.K|];" + Subject.Body))).GetMessage());
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(Subject.Source(members: shapes, body: "Shape s = new Sq(); var k = s.K + Pick(s).K;" + Subject.Body))).Diagnostics);
    }

    [Fact]
    public void Static_fields_are_initialised_in_their_order()
    {
        Assert.Contains("declare 'Q' first", Message("ALB0017", Subject.Source(members: "static readonly int P = [|Q|] + 1; static readonly int Q = 5;", body: "var k = P;" + Subject.Body)));
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(Subject.Source(members: "static readonly int Q = 5; static readonly int P = Q + R; const int R = 2;", body: "var k = P;" + Subject.Body))).Diagnostics);
    }

    [Fact]
    public void Names_that_mean_two_things()
    {
        const string own = "namespace A { [Definition] public static class Own { public const double E = 1; } } namespace B { [Definition] public static class Own { public const double E = 2; } }";
        Assert.Contains("A.Own or of B.Own", Message("ALB0004", "using static A.Own; using static B.Own;\n" + Subject.Source(body: "var k = [|E|];" + Subject.Body) + own));
    }

    [Fact]
    public void A_setting_is_of_a_type_that_the_language_has() => Subject.Expect("ALB0003", Subject.Source(properties: "public [|float|] Rate { get; set; } = 1;"));

    [Fact]
    public void All_unsupported_syntax_of_a_method_is_reported_at_once()
    {
        var all = Subject.Expect("ALB0003", Subject.Source(members: "Tensor F(Tensor x) { if (c.Hidden < 0) { [|while (true) { }|] } [|do { } while (false);|] return x; }", body: "var y = F(Rows(table, batch.Tokens)); return new Outputs((\"loss\", y));"));
        Assert.Contains("the language has no while statement", all.Min(d => d.GetMessage()) + all.Max(d => d.GetMessage()));
    }

    [Theory]
    [InlineData("var k = [|missing|] + 1;", "'missing'")]
    [InlineData("var k = [|Missing(batch)|];", "'Missing'")]
    [InlineData("var k = [|Linear(3)|];", "no 'Linear' takes (an int)")]
    [InlineData("var k = [|batch.Starts|];", "'Starts'")]
    [InlineData("var k = [|c.Missing|];", "'Missing'")]
    [InlineData("var k = [|new Missing(3)|];", "'Missing' is not a record")]
    [InlineData("var k = [|Initial.Uniform(3)|];", "'Uniform'")]
    public void Unknown_names(string statement, string named) => Assert.Contains(named, Message("ALB0004", Subject.Source(body: $"{statement}\n{Subject.Body}")));

    [Fact]
    public void Unbounded_loops()
    {
        Subject.Expect("ALB0005", Subject.Source(body: "[|for (;;) { }|]" + Subject.Body));
        Subject.Expect("ALB0005", Subject.Source(body: "for (int i = 0; [|i >= 0|]; i += 0) { }" + Subject.Body));
        Subject.Expect("ALB0005", Subject.Source(body: "foreach (var i in [|3|]) { }" + Subject.Body));
        Assert.Contains("Layers = 0", Message("ALB0005", Subject.Source(body: "var h = Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => x + x);" + Subject.Body, model: "[Net([|Layers = 0|]), Pretraining] public partial class Model;")));
        Subject.Expect("ALB0005", Subject.Source(body: "for (int i = 0; i < c.Layers; i++) { }" + Subject.Body, model: "[Net([|Layers = 2_000_000_000|]), Pretraining] public partial class Model;"));
    }

    [Fact]
    public void A_model_needs_an_architecture() => Assert.Contains("architecture attribute", Message("ALB0006", "[Pretraining] partial class [|Model|];"));

    [Fact]
    public void A_definition_needs_its_text()
    {
        Assert.Contains("[Definition]", Message("ALB0006", "public class G : ModelGraph; [Definition] public class NetAttribute : ArchitectureAttribute<G>; [[|Net|], Pretraining] partial class Model;"));
    }

    [Theory]
    [InlineData("[Definition] file static class [|Functions|];")]
    [InlineData("file class Outer { [Definition] public static class [|Functions|]; }")]
    public void A_definition_is_visible_outside_its_file(string definition) => Assert.Equal(
        "The definition 'Functions' must be visible outside its file: its text is found by its name", Message("ALB0024", Subject.Source(model: Subject.Model + definition)));

    [Fact]
    public void What_a_definition_imports_is_visible_outside_its_file() => Subject.Expect("ALB0024",
        "using static My.Functions;\n" + Subject.Source(body: Subject.Body.Replace("Rows(table, batch.Tokens)", "Twice(Rows(table, batch.Tokens))"), model: Subject.Model + "[Net(Hidden = 24), Pretraining] partial class Other;")
        + "namespace My { [Definition] file static class [|Functions|] { public static Tensor Twice(Tensor x) => x + x; } }");

    [Fact]
    public void A_configuration_that_its_file_alone_sees_leaves_other_models_as_they_are()
    {
        string source = "[Albert, Encoding] partial class Encoder;" + Subject.Source().Replace("public sealed class NetAttribute", "file sealed class [|NetAttribute|]");
        Subject.Expect("ALB0024", source);
        var generated = Infrastructure.GeneratorHarness.Run(Infrastructure.GeneratorHarness.Compilation(Subject.Unmark(source).Text)).GeneratedSources.Select(s => s.HintName).ToList();
        Assert.Contains("Encoder.g.cs", generated);
        Assert.DoesNotContain("Model.g.cs", generated);
    }

    [Fact]
    public void A_definition_needs_its_program()
    {
        Assert.Contains("'Outputs Pretraining(TokenBatch)'", Message("ALB0006", "[Definition] public class G(NetAttribute c) : ModelGraph; [Definition] public class NetAttribute : ArchitectureAttribute<G>; [[|Net|], Pretraining] partial class Model;"));
    }

    [Theory]
    [InlineData("Pretraining")]
    [InlineData("Encoding")]
    [InlineData("Classification(3)")]
    [InlineData("SpanAnswer")]
    public void A_definition_needs_the_program_that_is_asked_for(string program)
    {
        string method = program.Replace("(3)", "");
        Assert.Contains($"'Outputs {method}(TokenBatch)', which [{method}] compiles", Message("ALB0006", Subject.Source(model: $"[[|Net|], {program}] partial class Model;").Replace("Outputs Pretraining(", "Outputs Other(")));
    }

    [Fact]
    public void A_model_needs_a_program()
    {
        Assert.Equal("'Model' says which model it is, but not what to compile of it: add one or more of [Pretraining], [Encoding], [Classification], [Regression], [SpanAnswer], [TokenTags], [MultipleChoice]", Message("ALB0020", "[Albert] public sealed partial class [|Model|];"));
        Message("ALB0020", "[Albert] public sealed class [|Model|];");
        Message("ALB0020", "[Albert] public sealed partial class [|Model|]; [Obsolete] partial class Model; [Obsolete] partial class NoModel;");
    }

    [Theory]
    [InlineData("[Albert, Classification([|0|])]", "at least one label, not 0")]
    [InlineData("[Albert, Classification([|labels: -3|]), Encoding]", "not -3")]
    [InlineData("[Albert([|Labels = 3|]), Encoding]", "[Classification(labels: …)]")]
    [InlineData("[Albert(Hidden = 768, [|Labels = 3|]), Classification(3)]", "not a setting of the architecture")]
    [InlineData("[Albert, TokenTags([|0|])]", "at least one label, not 0")]
    [InlineData("[Albert([|Spans = true|]), Encoding]", "[SpanAnswer]")]
    [InlineData("[Albert([|ClassifierDropout = 0.2|]), Classification(3)]", "[Classification(labels: …, Dropout = …)]")]
    public void Labels_are_a_positive_number_of_the_classification(string attributes, string why) =>
        Assert.Contains(why, Message("ALB0021", $"{attributes} public sealed partial class Model;"));

    [Fact]
    public void A_program_is_public() =>
        Assert.Contains("'Pretraining' must be public", Message("ALB0006", Subject.Source().Replace("public Outputs Pretraining", "[|Outputs|] Pretraining")));

    [Fact]
    public void A_task_has_a_loss_and_logits_of_its_shape()
    {
        const string model = "[Net, Classification(3)] partial class Model;";
        const string program = "public Outputs Classification(TokenBatch batch) => [|new Outputs((\"logits\", Linear(Rows(Rows(table, batch.Tokens), batch.First), head)))|];";
        const string logits = "Linear(Rows(Rows(table, batch.Tokens), batch.First), head)";
        Assert.Equal("the output 'logits' has the shape [sequences, 2]; [Classification] asks for [sequences, 3], the configuration's Labels", Message("ALB0015", Subject.Source(members: program, model: model)));
        Assert.Contains("no output named 'logits'", Message("ALB0015", Subject.Source(members: program.Replace("logits", "classes"), model: model)));
        Assert.Contains("no output named 'loss', which is what training minimises", Message("ALB0015", Subject.Source(members: program, model: model.Replace("3", "2"))));
        Assert.Contains("'loss' has the shape [sequences, 2]", Message("ALB0015", Subject.Source(members: program.Replace("(\"logits\"", $"(\"loss\", {logits}), (\"logits\""), model: model.Replace("3", "2"))));
        Assert.Contains("[SpanAnswer] asks for [tokens, 2]", Message("ALB0015", Subject.Source(members: program.Replace("Classification", "SpanAnswer"), model: "[Net, SpanAnswer] partial class Model;")));
        Assert.Contains("[Regression] asks for [sequences, 1]", Message("ALB0015", Subject.Source(members: program.Replace("Classification", "Regression"), model: "[Net, Regression] partial class Model;")));
        Assert.Contains("Encoding has no outputs", Message("ALB0015", Subject.Source(members: "public Outputs Encoding(TokenBatch batch) => [|new Outputs()|];", model: "[Net, Encoding] partial class Model;")));
    }

    [Fact]
    public void Rows_of_a_group_lie_together() =>
        Assert.Contains("not by batch.Segments", Message("ALB0001", Subject.Source(body: "var x = [|GroupLogSum(Rows(table, batch.Tokens), batch.Segments)|];\n" + Subject.Body.Replace("var x", "var y").Replace("Rows(x", "Rows(y"))));

    [Theory]
    [InlineData("[Albert, Classification(3, [|Dropout = 1|])]", "not at 1.0")]
    [InlineData("[Albert, MultipleChoice([|Dropout = -0.1|])]", "not at -0.1")]
    [InlineData("[Albert, TokenTags(3, [|Dropout = double.NaN|], Training = false)]", "not at double.NaN")]
    public void A_classifiers_dropout_is_a_probability(string attributes, string why) =>
        Assert.Contains(why, Message("ALB0011", $"{attributes} public sealed partial class Model;"));

    [Theory]
    [InlineData("[|Weight(\"table\", 2, 3, Initial.Zero)|]", "declared twice")]
    [InlineData("[|Weight(\"\", 2, 3, Initial.Zero)|]", "name")]
    [InlineData("[|Weight(null!, 2, 3, Initial.Zero)|]", "name")]
    [InlineData("[|Weight(\"w\", 0, 3, Initial.Zero)|]", "[0, 3]")]
    [InlineData("[|Weight(\"w\", -4, Initial.Zero)|]", "[1, -4]")]
    [InlineData("Weight(\"w\", 3, [|Initial.Normal(-1)|])", "-1")]
    public void Malformed_weights(string weight, string named) => Assert.Contains(named, Message("ALB0010", Subject.Source(fields: Subject.Fields + $"readonly Tensor w = {weight};")));

    [Theory]
    [InlineData("var y = [|x + Primitives.Stack(a, a)|];")]
    [InlineData("var y = x + Primitives.Stack(a, b); y = [|y + Primitives.Stack(b, a)|];")]
    public void A_weight_has_one_place(string statement) => Assert.Contains("is stacked twice", Message("ALB0010", Subject.Source(
        fields: Subject.Fields + "readonly Tensor a = Weight(\"a\", 6, Initial.Zero); readonly Tensor b = Weight(\"b\", 6, Initial.Zero);",
        body: "var x = Rows(table, batch.Tokens); " + statement + " return new Outputs((\"loss\", ColumnSum(RowSum(y))));")));

    [Fact]
    public void Sizes_of_weights_are_reported_at_the_argument()
    {
        Assert.Contains("Hidden = 0", Message("ALB0010", Subject.Source(model: "[Net(Vocabulary = 5, [|Hidden = 0|]), Pretraining] public partial class Model;")));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-0.1")]
    [InlineData("double.NaN")]
    public void Dropout_probabilities(string value)
    {
        string body = "var x = Dropout(Rows(table, batch.Tokens), c.Dropout);" + Subject.Body.Replace("var x", "var y");
        Message("ALB0011", Subject.Source(body: body, model: $"[Net([|Dropout = {value}|]), Pretraining] public partial class Model;"));
    }

    [Fact]
    public void Dropout_probabilities_of_the_definition()
    {
        Message("ALB0011", Subject.Source(body: "var x = [|KeepMask(table, 2)|];" + Subject.Body.Replace("var x", "var y")));
        Message("ALB0011", Subject.Source(body: Attends.Replace("batch)|]", "batch, 1.5)|]"), members: Concat));
    }

    [Fact]
    public void Sizes_that_are_too_large()
    {
        Assert.Contains("overflows an int", Message("ALB0012", Subject.Source(body: "int k = c.Hidden * 1_000_000;" + Subject.Body, model: "[Net([|Hidden = 10_000|]), Pretraining] public partial class Model;")));
        Message("ALB0012", Subject.Source(body: "int k = [|2_000_000_000 + 2_000_000_000|];" + Subject.Body));
        Assert.Contains("'table'", Message("ALB0012", Subject.Source(model: "[Net([|Vocabulary = int.MaxValue|]), Pretraining] public partial class Model;")));
        Message("ALB0012", Subject.Source(fields: Subject.Fields + "readonly Tensor[] many = Each(3, i => [|Weight($\"many{i}\", 1_000_000, 1_000, Initial.Zero)|]);"));
        Message("ALB0012", Subject.Source(body: "var k = [|OneHot(batch.Tokens, 20_000_000)|];" + Subject.Body));
    }

    static string Looping(string expression) => Subject.Source(body: $"var h = Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => {expression});" + Subject.Body);

    [Theory]
    [InlineData("[|l > 0 ? x + x : x|]")]
    [InlineData("[|x * l|]")]
    [InlineData("x * ([|l|] switch { 0 => 1, _ => 2 })")]
    [InlineData("Linear([|Dropout(x, 0.1 * l)|], head)")]
    [InlineData("x + [|new[] { x, Exp(x), Exp(x) }[l]|]")]
    [InlineData("x + [|new[] { table, null!, table }[l]|]")]
    public void What_depends_on_the_iteration(string expression) => Subject.Expect("ALB0013", Looping(expression));

    [Fact]
    public void Branches_on_the_iteration() => Assert.Contains("'l > 1'", Message("ALB0013", Looping("{ if ([|l > 1|]) return x + x; return x * x; }")));

    [Fact]
    public void Repeats()
    {
        Message("ALB0014", Looping("[|Repeat(2, x, (y, m) => y + y)|]"));
        Assert.Contains("[tokens, 12]", Message("ALB0014", Subject.Source(body: "var h = [|Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => RowSum(x))|];" + Subject.Body)));
        Message("ALB0014", Subject.Source(body: "var h = [|Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => x)|];" + Subject.Body));
        Message("ALB0014", Subject.Source(body: "var last = 0; var h = Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => { [|last|] = l; return x + x; });" + Subject.Body));
        Message("ALB0014", Subject.Source(body: "var a = new Tensor[1]; var h = Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => { [|a[0]|] = x; return x + x; });" + Subject.Body));
    }

    [Fact]
    public void Programs_and_their_outputs()
    {
        Message("ALB0015", Subject.Source(body: "return [|new Outputs((\"mlm\", ColumnSum(RowSum(table))))|];"));
        Assert.Contains("[tokens, 12]", Message("ALB0015", Subject.Source(body: "return [|new Outputs((\"loss\", Rows(table, batch.Tokens)))|];")));
        Message("ALB0015", Subject.Source(body: "var x = ColumnSum(RowSum(table)); return [|new Outputs((\"loss\", x), (\"\", x))|];"));
        Message("ALB0015", Subject.Source(body: "var x = ColumnSum(RowSum(table)); return [|new Outputs((\"loss\", x), (\"loss\", x))|];"));
        Message("ALB0015", Subject.Source(body: "var x = ColumnSum(RowSum(table)); return [|new Outputs((\"loss\", x), (\"\", x))|];"));
    }

    [Fact]
    public void A_definition_rejects_a_configuration()
    {
        const string check = "if (c.Hidden % 2 != 0) throw new ArgumentException(\"Hidden must be even\");";
        Assert.Equal("Hidden must be even", Message("ALB0016", Subject.Source(body: check + Subject.Body, model: "[Net([|Hidden = 13|]), Pretraining] public partial class Model;")));
        Assert.Equal("too small (Parameter 'Hidden')", Message("ALB0016", Subject.Source(body: "[|throw new ArgumentOutOfRangeException(nameof(c.Hidden), c.Hidden, \"too small\");|]")));
        Assert.Equal("Specified argument was out of the range of valid values. (Parameter 'Hidden')", Message("ALB0016", Subject.Source(body: "[|throw new ArgumentOutOfRangeException(\"Hidden\");|]")));
        Assert.Equal("odd (Parameter 'Hidden')", Message("ALB0016", Subject.Source(body: "[|throw new ArgumentException(\"odd\", \"Hidden\");|]")));
        Assert.Equal("never", Message("ALB0016", Subject.Source(body: "[|throw new ArgumentException(\"never\");|]")));
        Message("ALB0016", Subject.Source(body: "var k = c.Kind switch { Kind.One => 1, _ => [|throw new ArgumentException($\"not {c.Kind}\")|] };" + Subject.Body));
    }

    [Theory]
    [InlineData("var k = [|1 / 0|];", "divides by zero")]
    [InlineData("var k = [|new[] { 1, 2 }[2]|];", "2 elements")]
    [InlineData("LinearLayer? k = null; var m = [|k.Weight|];", "null")]
    [InlineData("if ([|Rows(table, batch.Tokens)|]) { }", "tensor")]
    [InlineData("var k = [|table * 1e39|];", "not a finite 32-bit number")]
    [InlineData("var k = [|batch.Tokens + 1|];", "an index vector and an int")]
    [InlineData("var x0 = Rows(table, batch.Tokens); var k = [|x0.Rows|];", "RowCount")]
    [InlineData("var [|(k, m)|] = (1, 2, 3);", "2 parts")]
    [InlineData("var k = [|c.Kind switch { Kind.One => 1 }|];", "Kind.Two")]
    public void What_cannot_be_evaluated(string statement, string named) =>
        Assert.Contains(named, Message("ALB0017", Subject.Source(body: $"{statement}\n{Subject.Body}")));

    [Theory]
    [InlineData("Tensor F(Tensor x) => [|F(x)|];", "var y = F(table);")]
    [InlineData("", "var s = \"0123456789\"; for (int i = 0; i < 20; i++) s = [|s + s|];")]
    [InlineData("", "var k = [|new int[20_000]|];")]
    [InlineData("", "for (int i = 0; i < 9_000; i++) for (int j = 0; j < 9_000; j++) { }", false)]
    [InlineData("", "var y = table; for (int i = 0; i < 9_000; i++) y = Exp(Log(Exp(y)));", false)]
    public void Limits_end_every_trace(string members, string statement, bool marked = true)
    {
        string source = Subject.Source(members: members, body: $"{statement}\n{Subject.Body}");
        if (marked) Subject.Expect("ALB0018", source);
        else Assert.Equal("ALB0018", Assert.Single(Infrastructure.GeneratorHarness.Run(Infrastructure.GeneratorHarness.Compilation(source)).Diagnostics).Id);
    }

    [Fact]
    public void A_fault_of_a_definition_is_reported_once_for_all_its_models()
    {
        Subject.Expect("ALB0017", Subject.Source(body: "var k = [|1 / 0|];" + Subject.Body, model: Subject.Model + "[Net(Hidden = 24), Pretraining] partial class Other;"));
    }

    [Fact]
    public void Ids_are_unique_and_in_order()
    {
        Assert.Equal(Enumerable.Range(1, Descriptors.All.Length).Select(i => $"ALB{i:0000}"), Descriptors.All.Select(d => d.Id));
    }
}
