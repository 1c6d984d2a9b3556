using System.Reflection;
using AlbertCompiled.Generators.Trace;
using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>What a name, an override or a conversion means in a definition is what it means in C#: definitions of several texts, traced and run.</summary>
public class MeaningTests
{
    const string Base = "[Definition] public abstract class Basis(NetAttribute c) : ModelGraph { protected int N => c.Hidden; BODY }";

    const string Shapes = "record Shape(int N) { public virtual int Times(int by = 2) => N * by; public int Own() => Times(); public Shape Me() => this; } sealed record Special(int N) : Shape(N) { public override int Times(int by = 7) => N * by; }";

    // what the definition computes as k, its members, further types of its file, another file
    static readonly (string K, string Members, string Types, string Other)[] Cases =
    [
        // overrides
        ("F()", "protected override double Factor => 3;", Base.Replace("BODY", "protected virtual double Factor => 1; protected double F() => Factor;"), ""),
        ("F()", "protected override double Factor { get; } = 3;", Base.Replace("BODY", "protected virtual double Factor { get; } = 1; protected double F() => this.Factor;"), ""),
        ("F()", "protected override double Factor => 3;", Base.Replace("BODY", "protected abstract double Factor { get; } protected double F() => Factor;"), ""),
        ("Factor", "protected override double Factor => 3 + base.Factor;", Base.Replace("BODY", "protected virtual double Factor => 1;"), ""),
        ("F()", "protected override double G(double x) => 3;", Base.Replace("BODY", "protected virtual double G(double x) => 1; protected virtual double G(int x) => 2; protected double F() => G(1) + 10 * G(1.0);"), ""),
        ("F(1)", "double F(double x) => 3;", Base.Replace("BODY", "protected double F(int x) => 2;"), ""),
        ("F() + 10 * G() + 100 * p", "readonly double p = 5; new double G() => 7;", Base.Replace("BODY", "readonly double p = 2; protected double F() => p; protected double G() => 3;"), ""),
        ("F(1) + 10 * F(1, 2)", "static double F(int a, int b = 0) => 3; static double F(int a) => 4;", "", ""),
        ("F(1) + 10 * F(1, 2)", "static double F(params int[] a) => 3; static double F(int a) => 4;", "", ""),

        // a member comes before the primary constructor's parameter of the same name, but not in initialisers
        ("new Q(3).Get()", "sealed record Q(double A) { public double A { get; } = A * 2; public double Get() => A; }", "", ""),
        ("new Q(3).A", "sealed record Q(double A) { public double A => 7; }", "", ""),

        // imports
        ("F(2)", "", "", "[Definition] public static class Own { static double F(double x) => 3 * x; } namespace My { [Definition] public static class Other { public static double F(double x) => 5 * x; } }"),
        ("Eps", "", "", "[Definition] public static class Own { const double Eps = 3; } namespace My { [Definition] public static class Other { public const double Eps = 5; } }"),
        ("Relu(1)", "static double Relu(double x) => 4;", "", ""),
        ("Size(1)", "", "", "using static Unused; [Definition] public static class Own { public static double Size(double x) => 3; } [Definition] public static class Unused { public static double Size(int x) => 5; }"),
        ("My.Library.F(2) + Get()", "", "", "namespace My { [Definition] public static class Library { public static double F(double x) => 3 * x; public static double Get() => 1; } }"),

        // types of the same name
        ("new Heads.P(2).V + new P(2).V * 10", "sealed record P(double A) { public double V => A; }", "", "[Definition] public static class Heads { public sealed record P(double A) { public double V => A * 3; } }"),
        ("new Pack(2).A * Get()", "", "sealed record Pack(double A);", "namespace My { sealed record Pack(int X, double Y); [Definition] public static class Heads { public static double Get() => new Pack(1, 5).Y; } }"),
        ("Mode.P == 0 ? 2 * Get() : 1", "", "public enum Mode { P, Q }", "namespace My { enum Mode { X, Y } [Definition] public static class Heads { public static double Get() => Pick(Mode.Y); static double Pick(Mode m) => m == Mode.Y ? 4 : 6; } }"),
        ("F()", "", "namespace My { [Definition] public abstract class NetGraph(NetAttribute c) : ModelGraph { protected double F() => 2; protected int N => c.Hidden; } }", ""),

        // enums are numbers
        ("new Box().Mode == Mode.B ? 2 : 5", "sealed record Box { public Mode Mode { get; } }", "public enum Mode { A = 1, B }", ""),
        ("Start == Mode.B ? 2 : 5", "const Mode Start = Mode.C;", "public enum Mode { A, B, C = B, D = (A | C) + 2 }", ""),
        ("(Start == 0 ? 2 : 5) + (int)Mode.D + (Mode.B < Mode.D ? 10 : 20)", "static readonly Mode Start;", "public enum Mode { A, B, C = B, D = (A | C) + 2 }", ""),
        ("Start switch { (double)Mode.A => 2, _ => 5 }", "const Mode Start = Mode.A;", "public enum Mode { A, B }", ""),
        ("Start is Mode.A ? 2 : 5", "const Mode Start = 0;", "public enum Mode { A, B }", ""),
        ("((Mode)1 == Mode.B ? 2 : 5) + ((Mode)1 is Mode.B ? 10 : 20) + F((Mode)2) + (double)Mode.C", "static double F(Mode m) => m == Mode.C ? 100 : 200;", "public enum Mode { A, B, C }", ""),
        ("$\"a{(Mode)1}{(Mode)7}\" == \"aB7\" && (Mode)(-1) != Mode.A ? (int)(Mode)7 : 5", "", "public enum Mode { A, B, C }", ""),

        ("(int)Mode.A + 10.0 * (int)Mode.B + 100.0 * (int)Mode.C + 1000.0 * (int)Mode.D + 10_000.0 * (int)Mode.E", "", "public enum Mode { A = -1, B = A - 1, C = 2 * 3, D = 1 << 3, E = Mode.B }", ""),
        ("(int)Mode.A + 10.0 * (int)Mode.B + 100.0 * (int)Mode.C + 1000.0 * (int)Mode.D", "", "public enum Mode { A = +2, B = (A), C = A + 3 | 8, D }", ""),
        ("((Mode)(-2) == Mode.B ? 2 : 5) + (Mode.A < 0 ? 10 : 20)", "", "public enum Mode { A = -1, B = A - 1 }", ""),

        // a base's members, by the type that something is declared with
        ("F(new Sq(3)) + G(new Sq(5)) * 10_000", "record Shape(int A) { public double K => 2; public virtual double V => 3; public double W() => V + A; } sealed record Sq(int A) : Shape(A + 1) { public new double K => 7; public override double V => 5; } static double F(Shape s) => s.K + 10 * s.W() + 100 * s.A; static double G(Sq s) => s.K + 10 * s.A;", "", ""),
        ("F(new Square(3)) + F(new Line())", "abstract record Form { public abstract double Area(); protected double Unit => 2; } sealed record Square(double A) : Form { public override double Area() => A * A * Unit; } sealed record Line : Form { public override double Area() => 1; } static double F(Form f) => f.Area();", "", ""),
        ("F(new B()) + 10 * new B().G() + 100 * new B().Own()", "record A { public double G() => 2; } sealed record B : A { public new double G() => 3; public double Own() => this.G() + base.G(); } static double F(A a) => a.G();", "", ""),

        // a record by the type that it is declared with: what it falls into, defaults, overloads, what alternatives have in common
        ("F()", "record Size(int W, int H); sealed record Square(int Side, int Border) : Size(Side + 2 * Border, Side + 2 * Border); static double F() { Size s = new Square(10, 1); var (w, h) = s; var (a, b) = new Square(10, 1); return w + 100.0 * h + 10_000.0 * a + 1_000_000.0 * b; }", "", ""),
        ("F()", "record Size(int W, int H); sealed record Box(int A, int B, int C) : Size(A + B, C * 2); sealed record Named(string Name) : Size(4, 5); static double F() { var (w, h) = new Box(1, 2, 3); var (a, b, c) = new Box(1, 2, 3); var (x, y) = new Named(\"n\"); return w + 10.0 * h + 100.0 * a + 1000.0 * b + 10_000.0 * c + 100_000.0 * (x + y); }", "", ""),
        ("F()", Shapes + " static double F() { Shape s = new Special(10); var t = new Special(10); return s.Times() + 1000.0 * t.Times() + 1_000_000.0 * t.Own() + s.Me().Times() / 1000.0; }", "", ""),
        ("F(new Special(10)) + 1000.0 * ((Special)F()).Times()", Shapes + " static double F(Shape s) => s.Times(); static Shape F() => new Special(10);", "", ""),
        ("F()", Shapes + " static double F() { var s = (Shape)new Special(10); s = new Special(5); var all = new[] { new Shape(1), new Special(3) }; all[0] = new Special(4); return s.Times() + 100.0 * all[0].Times() + 10_000.0 * all[1].Times(); }", "", ""),
        ("F()", Shapes + " static double F() { Special[] own = [new(10)]; Shape[] all = own; double sum = all[0].Times() + 1000.0 * own[0].Times(); foreach (var s in all) sum += 1e6 * s.Times(); Shape[] copy = [.. own]; return sum + 1e9 * copy[0].Times(); }", "", ""),
        ("F()", Shapes + " static double F() { (Shape A, int B) t = (new Special(10), 1); var u = (new Special(10), 1); return t.A.Times() + 1000.0 * u.Item1.Times(); }", "", ""),
        ("(c.Layers > 2 ? new Special(10) : new Shape(1)).Times() + 1000.0 * (c.Layers > 2 ? new Special(10) : new Special(1)).Times()", Shapes, "", ""),
        ("(c.Layers switch { 3 => new Special(10), _ => Other() }).Times() + 1000.0 * Each(2, i => i == 0 ? new Special(10) : Other())[0].Times()", Shapes + " static Shape Other() => new(1);", "", ""),
        ("F()", Shapes + " static double G(Shape s) => 2; static double G(Special s) => 3; static double F() { Shape s = new Special(1); return G(s) + 10 * G(new Special(1)) + 100 * G((Shape)new Special(1)) + 1000 * G(s.Me()) + 10_000 * G((Special)s); }", "", ""),
        ("F()", Shapes + " static double G(Shape? s) => 2; static double G(Special? s) => 3; static double F() { Shape? s = null; Special? t = null; Special[] none = new Special[1]; return G(s) + 10 * G(t) + 100 * G(none[0]) + 1000 * G(Own ? s : t); } const bool Own = false;", "", ""),
        ("F()", "double Scale(Special s) => 3; double F() { Shape s = new Special(1); return Scale(s) + 10 * Scale(new Special(1)); }", Base.Replace("BODY", "protected record Shape(int N); protected sealed record Special(int N) : Shape(N); protected double Scale(Shape s) => 2;"), ""),
        ("F() + 100 * Plus()", "protected override double Plus(double by = 5) => by;", Base.Replace("BODY", "protected virtual double Plus(double by = 2) => by; protected double F() => Plus();"), ""),
        ("F()", "record A { public virtual int T(int by = 1) => by; } record B : A { public override int T(int factor = 2) => factor; } record C : B { public override int T(int by = 3) => 10 * by; } static double F() { A a = new C(); B b = new C(); return a.T() + 100.0 * b.T() + 10_000.0 * new C().T() + 1e6 * a.T(by: 5) + 1e8 * b.T(factor: 6); }", "", ""),
        ("new C().F()", "record A { public virtual int F() => 1; public virtual int P => 4; } record B : A { public override int F() => 2; public override int P => 5; } sealed record C : B { public override int F() => base.F() + 10 * base.P; }", "", ""),
        ("F()", "record A { public virtual int F() => 1; public virtual int P => 4; } record B : A { public new virtual int F() => 2; public new virtual int P => 5; } sealed record C : B { public override int F() => 3; public override int P => 6; } static double F() { A a = new C(); B b = new C(); return a.F() + 10 * b.F() + 100 * a.P + 1000 * b.P; }", "", ""),
        ("F()", "record Shape { public virtual Shape Self() => this; public virtual Shape Mine => this; public virtual int T(int by = 2) => by; } sealed record Special : Shape { public override Special Self() => this; public override Special Mine => this; public override int T(int by = 7) => by; } static double F() { Shape s = new Special(); return s.Self().T() + 10 * new Special().Self().T() + 100 * s.Mine.T() + 1000 * new Special().Mine.T(); }", "", ""),
        ("F()", "record Shape { public double K => 2; } sealed record Sq : Shape { public new double K => 7; } static double F() { var s = new Sq(); return s.K + 10 * new Sq().K + 100 * ((Shape)s).K; }", "", ""),

        // the nearest enum of a name
        ("2 * (int)Kind.One + 100 * (int)new P().Get()", "enum Kind { One = 5 } sealed record P { public Kind Get() => Kind.One; }", "", ""),
        ("(int)P.Mode.A + 10 * (int)Q.Mode.A + 100 * new P().M() + 1000 * new Q().M()", "sealed record P { public enum Mode { A = 1 } public int M() => (int)Mode.A; } sealed record Q { public enum Mode { A = 2 } public int M() => (int)Mode.A; }", "", ""),
        ("F() + 1000.0 * (int)Each<Kind>(2, i => Kind.Two)[1]", "enum Kind { Two = 8, One = 5 } static double F() { Kind[] a = [Kind.One, 0]; var b = a; b = [Kind.Two]; var t = (a, 1); return (int)b[0] + 10 * (int)t.Item1[0] + 100 * (int)G(Kind.Two); } static double G(Kind kind) => (int)kind;", "", ""),
        ("Get(Level.L) + 10 * (int)Heads.Level.L + 100 * (int)Level.L", "", "", "[Definition] public static class Heads { public enum Level { L = 4 } public static double Get(Level l) => (int)l; }"),
        ("(int)Mode.P", "", "public enum Mode { P = 3 } public sealed record Unused { public enum Mode { P = 4 } }", ""),

        // functions of numbers, names, strings
        ("Math.Pow(2, 3) + Math.Abs(-2) / 4 + Math.Abs(-2.0) + Math.Floor(2.5) + Math.Ceiling(2.5) + Math.Tanh(0)", "", "", ""),
        ("nameof(c.Hidden) == \"Hidden\" && nameof(F) == \"F\" ? F() : 2", "double F() => 5;", "", ""),
        ("$\"{S}b\" == \"b\" && \"a\" + S + null == \"a\" ? 1 : 2", "const string? S = null;", "", ""),
        ("-2147483648 + 1.0", "", "", ""),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Cases.Length)];

    [Theory, MemberData(nameof(Numbers))]
    public void Is_what_it_is_in_CSharp(int number)
    {
        var (k, members, types, other) = Cases[number];
        var classes = CSharpSyntaxTree.ParseText(other).GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
            .Select(c => c.Parent is NamespaceDeclarationSyntax space ? $"{space.Name}.{c.Identifier}" : $"{c.Identifier}").Where(name => name != "Unused");
        string source = Subject.Source(members: members, body: $"double k = {k}; return new Outputs((\"loss\", ColumnSum(RowSum(table))), (\"k\", k));")
            .Replace("public sealed class NetGraph(NetAttribute c) : ModelGraph", $"public sealed class NetGraph(NetAttribute c) : {(types.Contains("Basis") ? "Basis(c)" : types.Contains("My") ? "My.NetGraph(c)" : "ModelGraph")}") + types;
        Compare(GeneratorHarness.Compilation(string.Concat(classes.Select(name => $"using static {name};\n")) + source, other));
    }

    /// <summary>Traces and runs a <see cref="Subject"/> with an output k, which must be the same number both times.</summary>
    internal static void Compare(CSharpCompilation compilation)
    {
        var result = GeneratorHarness.Run(compilation);
        Assert.Empty(result.Diagnostics);
        var graph = ((TracedModel)Assert.Single(result.TrackedSteps["Trace"]).Outputs.Single().Value).Program("Pretraining")!;
        int node = graph.Outputs.Single(o => o.Name == "k").Node;

        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        var assembly = Assembly.Load(image.ToArray());
        var running = (ModelGraph)Activator.CreateInstance(assembly.GetType("NetGraph")!, Activator.CreateInstance(assembly.GetType("NetAttribute")!))!;
        var batch = new TokenBatch(new Capacity(8, 1));
        batch.Add([2, 3], [0, 0], [0], [1], 0);
        double expected = EagerRun.Evaluate(running, _ => running.Program("Pretraining")!(batch))["k"].Scalar;
        Assert.Equal(expected, graph.Nodes.Single(n => n.Id == node).Value);
    }
}
