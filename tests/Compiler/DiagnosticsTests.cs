using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Tests.Infrastructure;
using static AlbertCompiled.Tests.Compiler.Subject;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>The diagnostics of what a definition says: id, place and what they name. Those of the back end are tested with it.</summary>
public class DiagnosticsTests
{
    [Fact]
    public void Shapes_that_do_not_fit_are_named_with_their_origins()
    {
        string message = Message("ALB0001", Source(
            fields: Fields + "readonly Tensor narrow = Weight(\"narrow\", 5, 7, Initial.One);",
            body: "var x = Rows(table, batch.Tokens); var y = [|MatMul(x, narrow)|]; return new Outputs((\"loss\", y));"));
        Assert.Equal("MatMul cannot multiply [tokens, 12] and [5, 7] in 'var y = MatMul(x, narrow);': " +
            "[tokens, 12] is 'x' from 'var x = Rows(table, batch.Tokens);'; [5, 7] is the weight 'narrow'", message);
    }

    [Fact]
    public void Shapes_inside_the_library_belong_to_the_line_that_calls_it()
    {
        string message = Message("ALB0001", Source(body: "var x = Rows(table, batch.Tokens); x = x + [|Linear(OneHot(batch.Tokens, 4), head)|]; return new Outputs((\"loss\", x));"));
        Assert.Contains("[tokens, 4]", message);
        Assert.Contains("'head.weight'", message);
    }

    [Fact]
    public void Operators_on_shapes_that_do_not_broadcast()
    {
        Assert.Contains("[tokens, 12] and [sequences, 12]", Message("ALB0001", Source(
            body: "var x = [|Rows(table, batch.Tokens) + Rows(table, batch.First)|]; return new Outputs((\"loss\", x));")));
    }

    [Fact]
    public void Weights_that_cannot_be_stacked()
    {
        Assert.Contains("'a' [2, 3] and 'b' [2, 4]", Message("ALB0001", Source(
            fields: "readonly Tensor both = [|Primitives.Stack(Weight(\"a\", 2, 3, Initial.Zero), Weight(\"b\", 2, 4, Initial.Zero))|];",
            body: "return new Outputs((\"loss\", both));")));
    }

    const string Attends = "var q = Concat(Rows(table, batch.Tokens)); return new Outputs((\"loss\", ColumnSum(RowSum([|Attention(q, c.Heads, batch)|]))));";
    const string Concat = "readonly Tensor qkv = Weight(\"qkv\", 3 * c.Hidden, c.Hidden, Initial.One); Tensor Concat(Tensor x) => MatMul(x, qkv, transposeB: true);";

    [Fact]
    public void Heads_are_reported_at_the_argument()
    {
        Assert.Equal("Heads = 5 does not divide Hidden = 12", Message("ALB0002", Source(
            body: Attends.Replace("[|", "").Replace("|]", ""), members: Concat, model: "[Net([|Heads = 5|]), Pretraining] public partial class Model;")));
    }

    [Fact]
    public void Heads_by_default_leave_the_hidden_size_to_blame()
    {
        Assert.Equal("Heads = 2 does not divide Hidden = 7", Message("ALB0002", Source(
            body: Attends.Replace("[|", "").Replace("|]", ""), members: Concat, model: "[Net([|Hidden = 7|]), Pretraining] public partial class Model;")));
    }

    [Fact]
    public void Heads_of_the_definition_are_reported_there()
    {
        Assert.Equal("The number of heads 5 does not divide Hidden = 12", Message("ALB0002", Source(body: Attends.Replace("c.Heads", "5"), members: Concat)));
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
    [InlineData("int k = 1; int m = [|++k|];")]
    [InlineData("var k = [|Math.Cbrt(8.0)|];")]
    [InlineData("var k = Each(3, [|Pretraining|]);")]
    public void Unsupported_syntax_is_reported_where_it_stands(string statement) =>
        Expect("ALB0003", Source(body: $"{statement}\n{Body}"));

    [Theory]
    [InlineData("static double F([|float|] x) => x / 2;", "var k = F(1);")]
    [InlineData("static [|float|] F() => 1;", "var k = F();")]
    [InlineData("static double F(Func<double, double> f) => f(1);", "var k = F([|v => v / 2|]);")]
    [InlineData("static T F<T>(T a) => a;", "var k = [|F<double>(1)|] / 2;")]
    [InlineData("readonly [|float|] rate = 1;", "")]
    [InlineData("sealed record P(int X) { [|public static implicit operator P(int x) => new(x);|] }", "var p = new P(1);")]
    [InlineData("sealed record P(int X) { [|public P() : this(1) { }|] }", "var p = new P(1);")]
    [InlineData("[|static NetGraph() { }|]", "")]
    [InlineData("static Tensor? F(int x) => null; static LinearLayer? F(string x) => null;", "var t = c.Hidden < 0 ? F(1) : null; [|t|] = 1;")]
    public void Unsupported_types_are_reported_where_they_are_declared(string member, string statement) =>
        Expect("ALB0003", Source(members: member, body: $"{statement}\n{Body}"));

    [Theory]
    [InlineData("[|public NetAttribute() { Layers = 7; }|]", "")]
    [InlineData("[|public int Depth { get => Layers; set => Layers = value; }|]", "(Depth = 4)")]
    public void A_setting_stores_what_it_is_given(string member, string arguments) =>
        Expect("ALB0003", Source(properties: member, model: $"[Net{arguments}, Pretraining] public partial class Model;"));

    [Fact]
    public void A_hidden_member_is_meant_by_a_declared_type()
    {
        const string shapes = "record Shape { public double K => 2; } sealed record Sq : Shape { public new double K => 7; } static Shape Pick(Shape a) => a;";
        Assert.Contains("cast that to what it is", Message("ALB0003", Source(members: shapes + "static Shape Other(int x) => new(); static Sq Other(double x) => new();", body: "var k = (c.Layers > 2 ? [|new Sq()|] : Other(1)).K;" + Body)));
        Assert.Contains("returns once", Message("ALB0003", Source(members: shapes, body: "var k = Each(2, [|l => { if (l == 0) return new Sq(); return new Shape(); }|]);" + Body)));
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(Source(members: shapes, body: "Shape s = new Sq(); var k = s.K + Pick(s).K;" + Body))).Diagnostics);
    }

    [Theory]
    [InlineData("readonly int[] n = [1, 2];", "[|n[0]|] += 1;")]
    [InlineData("static readonly int[] n = [1, 2];", "[|n[0]|] = 3;")]
    [InlineData("static readonly int[] n = [1, 2];", "var m = n; [|m[0]|]++;")]
    [InlineData("sealed record Box(int[] Items); readonly Box box = new([1, 2]);", "[|box.Items[0]|] = 3;")]
    [InlineData("readonly (int[] Items, int K) pair = (new[] { 1, 2 }, 3);", "[|pair.Items[0]|] = 3;")]
    [InlineData("readonly int[][] rows = [[1, 2]];", "foreach (var row in rows) [|row[0]|] = 3;")]
    [InlineData("static int[] Numbers { get; } = [1, 2];", "[|Numbers[0]|] = 3;")]
    public void An_array_of_a_field_keeps_its_elements(string member, string statement) =>
        Assert.Contains("a field holds the array", Message("ALB0003", Source(members: member, body: statement + Body)));

    [Fact]
    public void A_copy_of_an_array_may_change() => Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(
        Source(members: "static readonly int[] n = [1, 2]; static int[] Fresh => [1, 2];", body: "int[] m = [.. n]; m[0] += 1; var k = Fresh; k[0] = 3;" + Body))).Diagnostics);

    [Fact]
    public void A_record_says_itself_what_it_falls_into_or_the_language_does() => Assert.Contains("Deconstruct", Message("ALB0003",
        Source(members: "sealed record Q(int A, int B) { public void Deconstruct(out int a, out int b) { a = 5; b = 6; } }", body: "var [|(a, b)|] = new Q(1, 2);" + Body)));

    [Fact]
    public void Static_fields_are_initialised_in_their_order()
    {
        Assert.Contains("declare 'Q' first", Message("ALB0017", Source(members: "static readonly int P = [|Q|] + 1; static readonly int Q = 5;", body: "var k = P;" + Body)));
        Assert.Empty(GeneratorHarness.Run(GeneratorHarness.Compilation(Source(members: "static readonly int Q = 5; static readonly int P = Q + R; const int R = 2;", body: "var k = P;" + Body))).Diagnostics);
    }

    [Fact]
    public void A_setting_is_of_a_type_that_the_language_has() => Expect("ALB0003", Source(properties: "public [|float|] Rate { get; set; } = 1;"));

    [Fact]
    public void All_unsupported_syntax_of_a_method_is_reported_at_once()
    {
        var all = Expect("ALB0003", Source(members: "Tensor F(Tensor x) { if (c.Hidden < 0) { [|while (true) { }|] } [|do { } while (false);|] return x; }", body: "var y = F(Rows(table, batch.Tokens)); return new Outputs((\"loss\", y));"));
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
    public void Unknown_names(string statement, string named) => Assert.Contains(named, Message("ALB0004", Source(body: $"{statement}\n{Body}")));

    [Fact]
    public void Unbounded_loops()
    {
        Expect("ALB0005", Source(body: "[|for (;;) { }|]" + Body));
        Expect("ALB0005", Source(body: "for (int i = 0; [|i >= 0|]; i += 0) { }" + Body));
        Expect("ALB0005", Source(body: "foreach (var i in [|3|]) { }" + Body));
        Assert.Contains("Layers = 0", Message("ALB0005", Source(body: "var h = Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => x + x);" + Body, model: "[Net([|Layers = 0|]), Pretraining] public partial class Model;")));
        Expect("ALB0005", Source(body: "for (int i = 0; i < c.Layers; i++) { }" + Body, model: "[Net([|Layers = 2_000_000_000|]), Pretraining] public partial class Model;"));
    }

    [Theory]
    [InlineData("[|Weight(\"table\", 2, 3, Initial.Zero)|]", "declared twice")]
    [InlineData("[|Weight(\"\", 2, 3, Initial.Zero)|]", "name")]
    [InlineData("[|Weight(null!, 2, 3, Initial.Zero)|]", "name")]
    [InlineData("[|Weight(\"w\", 0, 3, Initial.Zero)|]", "[0, 3]")]
    [InlineData("[|Weight(\"w\", -4, Initial.Zero)|]", "[1, -4]")]
    [InlineData("Weight(\"w\", 3, [|Initial.Normal(-1)|])", "-1")]
    public void Malformed_weights(string weight, string named) => Assert.Contains(named, Message("ALB0010", Source(fields: Fields + $"readonly Tensor w = {weight};")));

    [Theory]
    [InlineData("var y = [|x + Primitives.Stack(a, a)|];")]
    [InlineData("var y = x + Primitives.Stack(a, b); y = [|y + Primitives.Stack(b, a)|];")]
    public void A_weight_has_one_place(string statement) => Assert.Contains("is stacked twice", Message("ALB0010", Source(
        fields: Fields + "readonly Tensor a = Weight(\"a\", 6, Initial.Zero); readonly Tensor b = Weight(\"b\", 6, Initial.Zero);",
        body: "var x = Rows(table, batch.Tokens); " + statement + " return new Outputs((\"loss\", ColumnSum(RowSum(y))));")));

    [Fact]
    public void Sizes_of_weights_are_reported_at_the_argument()
    {
        Assert.Contains("Hidden = 0", Message("ALB0010", Source(model: "[Net(Vocabulary = 5, [|Hidden = 0|]), Pretraining] public partial class Model;")));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("-0.1")]
    [InlineData("double.NaN")]
    public void Dropout_probabilities(string value)
    {
        string body = "var x = Dropout(Rows(table, batch.Tokens), c.Dropout);" + Body.Replace("var x", "var y");
        Message("ALB0011", Source(body: body, model: $"[Net([|Dropout = {value}|]), Pretraining] public partial class Model;"));
    }

    [Fact]
    public void Dropout_probabilities_of_the_definition()
    {
        Message("ALB0011", Source(body: "var x = [|KeepMask(table, 2)|];" + Body.Replace("var x", "var y")));
        Message("ALB0011", Source(body: Attends.Replace("batch)|]", "batch, 1.5)|]"), members: Concat));
    }

    [Fact]
    public void Sizes_that_are_too_large()
    {
        Assert.Contains("overflows an int", Message("ALB0012", Source(body: "int k = c.Hidden * 1_000_000;" + Body, model: "[Net([|Hidden = 10_000|]), Pretraining] public partial class Model;")));
        Message("ALB0012", Source(body: "int k = [|2_000_000_000 + 2_000_000_000|];" + Body));
        Assert.Contains("'table'", Message("ALB0012", Source(model: "[Net([|Vocabulary = int.MaxValue|]), Pretraining] public partial class Model;")));
        Message("ALB0012", Source(fields: Fields + "readonly Tensor[] many = Each(3, i => [|Weight($\"many{i}\", 1_000_000, 1_000, Initial.Zero)|]);"));
        Message("ALB0012", Source(body: "var k = [|OneHot(batch.Tokens, 20_000_000)|];" + Body));
    }

    static string Looping(string expression) => Source(body: $"var h = Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => {expression});" + Body);

    [Theory]
    [InlineData("[|l > 0 ? x + x : x|]")]
    [InlineData("[|x * l|]")]
    [InlineData("x * ([|l|] switch { 0 => 1, _ => 2 })")]
    [InlineData("Linear([|Dropout(x, 0.1 * l)|], head)")]
    [InlineData("x + [|new[] { x, Exp(x), Exp(x) }[l]|]")]
    [InlineData("x + [|new[] { table, null!, table }[l]|]")]
    public void What_depends_on_the_iteration(string expression) => Expect("ALB0013", Looping(expression));

    [Fact]
    public void Branches_on_the_iteration() => Assert.Contains("'l > 1'", Message("ALB0013", Looping("{ if ([|l > 1|]) return x + x; return x * x; }")));

    [Fact]
    public void Repeats()
    {
        Message("ALB0014", Looping("[|Repeat(2, x, (y, m) => y + y)|]"));
        Assert.Contains("[tokens, 12]", Message("ALB0014", Source(body: "var h = [|Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => RowSum(x))|];" + Body)));
        Message("ALB0014", Source(body: "var h = [|Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => x)|];" + Body));
        Message("ALB0014", Source(body: "var last = 0; var h = Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => { [|last|] = l; return x + x; });" + Body));
        Message("ALB0014", Source(body: "var a = new Tensor[1]; var h = Repeat(c.Layers, Rows(table, batch.Tokens), (x, l) => { [|a[0]|] = x; return x + x; });" + Body));
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
        Assert.Contains(named, Message("ALB0017", Source(body: $"{statement}\n{Body}")));

    [Theory]
    [InlineData("Tensor F(Tensor x) => [|F(x)|];", "var y = F(table);")]
    [InlineData("", "var s = \"0123456789\"; for (int i = 0; i < 20; i++) s = [|s + s|];")]
    [InlineData("", "var k = [|new int[20_000]|];")]
    [InlineData("", "for (int i = 0; i < 9_000; i++) for (int j = 0; j < 9_000; j++) { }", false)]
    [InlineData("", "var y = table; for (int i = 0; i < 9_000; i++) y = Exp(Log(Exp(y)));", false)]
    public void Limits_end_every_trace(string members, string statement, bool marked = true)
    {
        string source = Source(members: members, body: $"{statement}\n{Body}");
        if (marked) Expect("ALB0018", source);
        else Assert.Equal("ALB0018", Assert.Single(GeneratorHarness.Run(GeneratorHarness.Compilation(source)).Diagnostics).Id);
    }

    [Fact]
    public void Ids_are_unique_and_in_order()
    {
        Assert.Equal(Enumerable.Range(1, Descriptors.All.Length).Select(i => $"ALB{i:0000}"), Descriptors.All.Select(d => d.Id));
    }
}
