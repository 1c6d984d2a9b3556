using AlbertCompiled.Tests.Infrastructure;
using static AlbertCompiled.Tests.Compiler.Subject;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>The diagnostics of what surrounds a definition's text: bases, imports, configurations, programs, tasks.</summary>
public class DefinitionDiagnosticsTests
{
    [Fact]
    public void A_class_of_functions_is_imported() =>
        Assert.Contains("using static …Extra", Message("ALB0004", Source(body: "var k = [|Extra|].Half(3);" + Body) + " [Definition] public static class Extra { public static double Half(double x) => x / 2; }"));

    [Fact]
    public void A_class_of_constants_is_imported() =>
        Assert.Contains("using static …Extra", Message("ALB0004", Source(body: "var k = [|Extra|].Half;" + Body) + " [Definition] public static class Extra { public const double Half = 0.5; }"));

    const string Twice = "public static Tensor Relu(Tensor x) => x + x; public const double Scale = 3;";

    [Fact]
    public void A_base_needs_its_text()
    {
        string graph = Source(body: Body.Replace("Rows(table, batch.Tokens)", "Relu(Rows(table, batch.Tokens))"), model: "[[|Net|], Pretraining] partial class Model;").Replace(": ModelGraph", ": BaseGraph");
        string message = Message("ALB0006", graph + $"public abstract class BaseGraph : ModelGraph {{ {Twice} }}");
        Assert.Equal("the text of 'BaseGraph' was not found: it must be marked [Definition], and its assembly be built with the compiler", message);
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(Unmark(graph).Text + $"[Definition] public abstract class BaseGraph : ModelGraph {{ {Twice} }}")).Diagnostics);
        Assert.Contains("'BaseGraph'", Message("ALB0006", "public abstract class BaseGraph : ModelGraph { public Outputs Pretraining(TokenBatch batch) => null!; } [Definition] public class G(NetAttribute c) : BaseGraph; [Definition] public class NetAttribute : ArchitectureAttribute<G>; [[|Net|], Pretraining] partial class Model;"));
        Assert.Contains("'BaseAttribute'", Message("ALB0006", Source(model: "public abstract class BaseAttribute : ArchitectureAttribute<NetGraph> { public int H { get; set; } } [[|Net(H = 4)|], Pretraining] partial class Model;").Replace("NetAttribute : ArchitectureAttribute<NetGraph>", "NetAttribute : BaseAttribute")));
    }

    /// <summary>What is nearer than an import and has no text is never taken for the import.</summary>
    [Theory]
    [InlineData("static class Nets { static Tensor Relu(Tensor x) => x + x;", "'Nets.Relu'")]
    [InlineData("[Definition] public static class Nets { static Tensor Relu(Tensor x) => x + x;", "'Nets.Relu'")]
    [InlineData("class Root { protected static Tensor Relu(Tensor x) => x + x; } class Nets : Root {", "'Root.Relu'")]
    [InlineData("namespace A { using static B.Mine;", "'B.Mine.Relu'")]
    public void What_surrounds_a_definition_has_no_text(string surroundings, string named)
    {
        string source = Source(body: Body.Replace("Rows(table, batch.Tokens)", "[|Relu(Rows(table, batch.Tokens))|]"), model: "")
            .Replace("public enum Kind", surroundings + " public enum Kind") + "} namespace B { public static class Mine { public static Tensor Relu(Tensor x) => x + x; } }";
        string attribute = surroundings.StartsWith("namespace", StringComparison.Ordinal) ? "A.Net" : "Nets.Net";
        Assert.Contains($"'Relu' may mean {named}", Message("ALB0004", source + $"[{attribute}, Pretraining] partial class Model;"));
        // written out, it is clear
        string clear = Unmark(source.Replace("Relu(Rows", "AlbertCompiled.Library.Relu(Rows")).Text + $"[{attribute}, Pretraining] partial class Model;";
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(clear)).Diagnostics);
    }

    [Fact]
    public void A_constant_that_surrounds_a_definition_has_no_text() => Assert.Contains("'Nets.Scale'", Message("ALB0004",
        "using static Mine;\n" + Source(body: "var k = [|Scale|] * 2.0;" + Body, model: "").Replace("public enum Kind", "static class Nets { const double Scale = 3; public enum Kind")
        + "} [Definition] public static class Mine { public const double Scale = 0.5; } [Nets.Net, Pretraining] partial class Model;"));

    [Fact]
    public void What_a_definition_has_itself_comes_before_what_surrounds_it() => Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(
        Source(body: "var k = Scale * 2.0;" + Body.Replace("Rows(table, batch.Tokens)", "Relu(Rows(table, batch.Tokens))"), members: Twice, model: "").Replace("public enum Kind", $"static class Nets {{ {Twice} public enum Kind")
        + "} [Nets.Net, Pretraining] partial class Model;")).Diagnostics);

    [Fact]
    public void A_record_needs_the_text_of_its_base()
    {
        const string record = "sealed record Ln(Tensor S) : LnBase { public Tensor Apply(Tensor x) => Relu(x * S); }";
        string source = Source(members: record, body: Body.Replace("Rows(table, batch.Tokens)", "[|new Ln(table)|].Apply(Rows(table, batch.Tokens))"));
        const string root = "public abstract record LnBase { protected static Tensor Relu(Tensor x) => x + x; }";
        var (text, marks) = Unmark(source);
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
        Source(fields: Fields.Replace("c.Vocabulary", "10").Replace("c.Hidden", "12")).Replace("NetGraph(NetAttribute c)", declared)));

    [Fact]
    public void A_definition_can_be_created()
    {
        Assert.Contains("must not be abstract", Message("ALB0006", Source().Replace("sealed class NetGraph(NetAttribute c)", "abstract class NetGraph[|(NetAttribute c)|]")));
        Assert.Contains("a method of the instance", Message("ALB0006", Source(body: "throw new ArgumentException(\"never\");").Replace("public Outputs Pretraining", "public static [|Outputs|] Pretraining")));
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(
            Source(fields: Fields.Replace("c.Vocabulary", "10").Replace("c.Hidden", "12")).Replace("NetGraph(NetAttribute c)", "NetGraph(ArchitectureAttribute<NetGraph> c)"))).Diagnostics);
    }

    [Fact]
    public void An_argument_of_a_constructor_is_reported_by_its_name() => Assert.Contains("write H = 5", Message("ALB0003", Source(
        properties: "public NetAttribute(int h, int layers = 2) { } public int H { get; set; }", model: "[Net(layers: 3, [|h: 5|]), Pretraining] partial class Model;")));

    [Fact]
    public void Classes_of_one_name_are_told_apart() => Assert.Contains("'A.Own.Half(int x)' and 'B.Own.Half(int x)'", Message("ALB0004", "using static A.Own; using static B.Own;\n" + Source(body: "var k = [|Half(1)|];" + Body)
        + "namespace A { [Definition] public static class Own { public static int Half(int x) => 1; } } namespace B { [Definition] public static class Own { public static int Half(int x) => 2; } }"));

    [Fact]
    public void Names_that_mean_two_things()
    {
        const string own = "namespace A { [Definition] public static class Own { public const double E = 1; } } namespace B { [Definition] public static class Own { public const double E = 2; } }";
        Assert.Contains("A.Own or of B.Own", Message("ALB0004", "using static A.Own; using static B.Own;\n" + Source(body: "var k = [|E|];" + Body) + own));
    }

    const string Kinds = "namespace A { public enum Mode { P = 1 } } namespace B { public enum Mode { P = 2 } }";

    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    public void Enums_of_two_namespaces_are_not_told_apart(string space) => Assert.Contains("'Mode' means several types", Message("ALB0004",
        $"using {space};\n" + Source(body: "var k = (int)[|Mode|].P;" + Body) + Kinds));

    [Fact]
    public void An_enum_of_another_file_is_not_one_of_an_unrelated_namespace() => Assert.Contains("'Mode' means several types", Assert.Single(GeneratorHarness.Run(GeneratorHarness.Compilation("""
        using A;
        using static AlbertCompiled.Primitives;

        namespace C
        {
            [Definition] public sealed class NetAttribute : ArchitectureAttribute<NetGraph> { public Mode Mode { get; set; } = Mode.P; }
            [Definition] public sealed class NetGraph(NetAttribute c) : ModelGraph
            {
                readonly Tensor table = Weight("table", 4, 4, Initial.One);
                public Outputs Pretraining(TokenBatch batch) => new(("loss", ColumnSum(RowSum(table * (3 * (int)c.Mode)))));
            }
            [Net, Pretraining] public sealed partial class Model;
        }

        namespace B { public enum Mode { P = 2 } }
        """, "namespace A { public enum Mode { P = 1 } }")).Diagnostics).GetMessage());

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
        "The definition 'Functions' must be visible outside its file: its text is found by its name", Message("ALB0024", Source(model: Model + definition)));

    [Fact]
    public void What_a_definition_imports_is_visible_outside_its_file() => Expect("ALB0024",
        "using static My.Functions;\n" + Source(body: Body.Replace("Rows(table, batch.Tokens)", "Twice(Rows(table, batch.Tokens))"), model: Model + "[Net(Hidden = 24), Pretraining] partial class Other;")
        + "namespace My { [Definition] file static class [|Functions|] { public static Tensor Twice(Tensor x) => x + x; } }");

    [Fact]
    public void A_configuration_that_its_file_alone_sees_leaves_other_models_as_they_are()
    {
        string source = "[Albert, Encoding] partial class Encoder;" + Source().Replace("public sealed class NetAttribute", "file sealed class [|NetAttribute|]");
        Expect("ALB0024", source);
        var generated = GeneratorHarness.Run(GeneratorHarness.Compilation(Unmark(source).Text)).GeneratedSources.Select(s => s.HintName).ToList();
        Assert.Contains("Encoder.Description.g.cs", generated);
        Assert.DoesNotContain("Model.Description.g.cs", generated);
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
        Assert.Contains($"'Outputs {method}(TokenBatch)', which [{method}] compiles", Message("ALB0006", Source(model: $"[[|Net|], {program}] partial class Model;").Replace("Outputs Pretraining(", "Outputs Other(")));
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
        Assert.Contains("'Pretraining' must be public", Message("ALB0006", Source().Replace("public Outputs Pretraining", "[|Outputs|] Pretraining")));

    [Fact]
    public void A_task_has_a_loss_and_logits_of_its_shape()
    {
        const string model = "[Net, Classification(3)] partial class Model;";
        const string program = "public Outputs Classification(TokenBatch batch) => [|new Outputs((\"logits\", Linear(Rows(Rows(table, batch.Tokens), batch.First), head)))|];";
        const string logits = "Linear(Rows(Rows(table, batch.Tokens), batch.First), head)";
        Assert.Equal("the output 'logits' has the shape [sequences, 2]; [Classification] asks for [sequences, 3], the configuration's Labels", Message("ALB0015", Source(members: program, model: model)));
        Assert.Contains("no output named 'logits'", Message("ALB0015", Source(members: program.Replace("logits", "classes"), model: model)));
        Assert.Contains("no output named 'loss', which is what training minimises", Message("ALB0015", Source(members: program, model: model.Replace("3", "2"))));
        Assert.Contains("'loss' has the shape [sequences, 2]", Message("ALB0015", Source(members: program.Replace("(\"logits\"", $"(\"loss\", {logits}), (\"logits\""), model: model.Replace("3", "2"))));
        Assert.Contains("[SpanAnswer] asks for [tokens, 2]", Message("ALB0015", Source(members: program.Replace("Classification", "SpanAnswer"), model: "[Net, SpanAnswer] partial class Model;")));
        Assert.Contains("[Regression] asks for [sequences, 1]", Message("ALB0015", Source(members: program.Replace("Classification", "Regression"), model: "[Net, Regression] partial class Model;")));
        Assert.Contains("Encoding has no outputs", Message("ALB0015", Source(members: "public Outputs Encoding(TokenBatch batch) => [|new Outputs()|];", model: "[Net, Encoding] partial class Model;")));
    }

    [Fact]
    public void Rows_of_a_group_lie_together() =>
        Assert.Contains("not by batch.Segments", Message("ALB0001", Source(body: "var x = [|GroupLogSum(Rows(table, batch.Tokens), batch.Segments)|];\n" + Body.Replace("var x", "var y").Replace("Rows(x", "Rows(y"))));

    [Theory]
    [InlineData("[Albert, Classification(3, [|Dropout = 1|])]", "not at 1.0")]
    [InlineData("[Albert, MultipleChoice([|Dropout = -0.1|])]", "not at -0.1")]
    [InlineData("[Albert, TokenTags(3, [|Dropout = double.NaN|], Training = false)]", "not at double.NaN")]
    public void A_classifiers_dropout_is_a_probability(string attributes, string why) =>
        Assert.Contains(why, Message("ALB0011", $"{attributes} public sealed partial class Model;"));

    [Fact]
    public void Programs_and_their_outputs()
    {
        Message("ALB0015", Source(body: "return [|new Outputs((\"mlm\", ColumnSum(RowSum(table))))|];"));
        Assert.Contains("[tokens, 12]", Message("ALB0015", Source(body: "return [|new Outputs((\"loss\", Rows(table, batch.Tokens)))|];")));
        Message("ALB0015", Source(body: "var x = ColumnSum(RowSum(table)); return [|new Outputs((\"loss\", x), (\"\", x))|];"));
        Message("ALB0015", Source(body: "var x = ColumnSum(RowSum(table)); return [|new Outputs((\"loss\", x), (\"loss\", x))|];"));
        Message("ALB0015", Source(body: "var x = ColumnSum(RowSum(table)); return [|new Outputs((\"loss\", x), (\"\", x))|];"));
    }

    [Fact]
    public void A_definition_rejects_a_configuration()
    {
        const string check = "if (c.Hidden % 2 != 0) throw new ArgumentException(\"Hidden must be even\");";
        Assert.Equal("Hidden must be even", Message("ALB0016", Source(body: check + Body, model: "[Net([|Hidden = 13|]), Pretraining] public partial class Model;")));
        Assert.Equal("too small (Parameter 'Hidden')", Message("ALB0016", Source(body: "[|throw new ArgumentOutOfRangeException(nameof(c.Hidden), c.Hidden, \"too small\");|]")));
        Assert.Equal("Specified argument was out of the range of valid values. (Parameter 'Hidden')", Message("ALB0016", Source(body: "[|throw new ArgumentOutOfRangeException(\"Hidden\");|]")));
        Assert.Equal("odd (Parameter 'Hidden')", Message("ALB0016", Source(body: "[|throw new ArgumentException(\"odd\", \"Hidden\");|]")));
        Assert.Equal("never", Message("ALB0016", Source(body: "[|throw new ArgumentException(\"never\");|]")));
        Message("ALB0016", Source(body: "var k = c.Kind switch { Kind.One => 1, _ => [|throw new ArgumentException($\"not {c.Kind}\")|] };" + Body));
    }

    [Fact]
    public void A_fault_of_a_definition_is_reported_once_for_all_its_models()
    {
        Expect("ALB0017", Source(body: "var k = [|1 / 0|];" + Body, model: Model + "[Net(Hidden = 24), Pretraining] partial class Other;"));
    }
}
