using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>In a definition an alias means what C# makes of it.</summary>
public class AliasTests
{
    [Theory]
    [InlineData("using T = AlbertCompiled.Tensor;", "static T Twice(T x) => x + x; static double Width(T x) => Twice(x).Columns;", "Width(table)")]
    [InlineData("using T = AlbertCompiled.Tensor;", "static double Half(double T) => T / 2;", "Half(3)")]
    [InlineData("using N = int; using R = double;", "static R Half(N n) => n / 2; static R Half(R x) => x / 2;", "Half(3) + 10 * Half(3.0) + N.MaxValue")]
    [InlineData("using V = AlbertCompiled.Tensor[];", "static int Count(V? all) => all!.Length;", "Count(new[] { table, table })")]
    [InlineData("using D = (int Count, double Size);", "static D Make() => (2, 3);", "Make().Size / Make().Count")]
    [InlineData("using P = NetGraph.Pair;", "public sealed record Pair(double A, int B = 2);", "new P(3).A / new P(3).B")]
    [InlineData("using B = Box;", "", "new B(3).Half")]
    [InlineData("using K = Kind;", "", "c.Kind == K.Two ? 3 : (int)K.One")]
    [InlineData("using M = System.Math; using S = System;", "", "M.Max(2.0, 3) + S.Math.Sqrt(4)")]
    [InlineData("using L = AlbertCompiled.Library; using A = AlbertCompiled;", "static double Width(A.Tensor x) => L.Relu(x).Columns;", "Width(table)")]
    [InlineData("using Top = AlbertCompiled.Library.LinearLayer;", "readonly Top Top = new(Weight(\"top\", 2, 3, Initial.Zero), Weight(\"bias\", 2, Initial.Zero));", "Top.Weight.Columns")]
    [InlineData("", "static double Width(Everywhere x) => x.Columns;", "Width(table) + c.Depth")]
    public void Means_what_it_is_in_CSharp(string usings, string members, string k) => MeaningTests.Compare(GeneratorHarness.Compilation(
        usings + Subject.Source(
            members: members, properties: "public Whole Depth { get; set; } = 4;",
            body: $"double k = {k}; return new Outputs((\"loss\", ColumnSum(RowSum(table))), (\"k\", k));") + "sealed record Box(int A) { public double Half => A / 2.0; }",
        "global using Everywhere = AlbertCompiled.Tensor; global using Whole = int;"));

    [Fact]
    public void What_follows_an_alias_is_reported_where_it_stands() => Subject.Expect("ALB0004", "using D = (AlbertCompiled.Tensor X, int N);" + Subject.Source(
        members: "static D Make(D pair) => pair;", body: "D pair = Make(([|missing|], 3));" + Subject.Body));
}
