using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>An operation of the language: its C# signature, by which arguments are bound, and what it does to the graph.</summary>
internal sealed record Primitive(MethodDeclarationSyntax Syntax, Func<PrimitiveCall, Value> Handler)
{
    public string Name => Syntax.Identifier.ValueText;
}

/// <summary>The table of operations. The signatures are those of the eager implementation; a test holds the two together.</summary>
internal static class Primitives
{
    static readonly ImmutableDictionary<string, ImmutableArray<Primitive>> ByName = new (string Signature, Func<PrimitiveCall, Value> Handler)[]
    {
        // weights
        ("Tensor Weight(string name, int rows, int columns, Initial initial)", c => c.Interpreter.DeclareWeight(c, c.Int(1), c.Int(2), isVector: false)),
        ("Tensor Weight(string name, int size, Initial initial)", c => c.Interpreter.DeclareWeight(c, new Constant(1), c.Int(1), isVector: true)),
        ("T[] Each<T>(int count, Func<int, T> make)", c => c.Interpreter.Each(c)),
        ("Tensor Stack(params Tensor[] parts)", c => c.Interpreter.Stack(c)),

        // elementwise
        ("Tensor Exp(Tensor x)", c => c.Unary(Op.Exp)),
        ("Tensor Log(Tensor x)", c => c.Unary(Op.Log)),
        ("Tensor Sigmoid(Tensor x)", c => c.Unary(Op.Sigmoid)),
        ("Tensor Tanh(Tensor x)", c => c.Unary(Op.Tanh)),
        ("Tensor Erf(Tensor x)", c => c.Unary(Op.Erf)),
        ("Tensor Sqrt(Tensor x)", c => c.Unary(Op.Sqrt)),
        ("Tensor Rsqrt(Tensor x)", c => c.Unary(Op.Rsqrt)),
        ("Tensor Detach(Tensor x)", c => c.Unary(Op.Detach)),
        ("Tensor Max(Tensor a, Tensor b)", c => c.Binary(Op.Max)),
        ("Tensor Min(Tensor a, Tensor b)", c => c.Binary(Op.Min)),
        ("Tensor GreaterOrEqual(Tensor a, Tensor b)", c => c.Binary(Op.GreaterOrEqual)),
        ("Tensor Equal(Tensor a, Tensor b)", c => c.Binary(Op.Equal)),
        ("Tensor KeepMask(Tensor x, double p)", c =>
        {
            double probability = c.Probability(1);
            int x = c.Node(0);
            return c.Operate(g => g.KeepMask(x, probability));
        }),

        // rows
        ("Tensor Rows(Tensor table, Indices index)", c =>
        {
            int table = c.Node(0);
            return c.Operate(g => g.Rows(table, c.Indices(1).Name, c.Indices(1).Dimension));
        }),
        ("Tensor OneHot(Indices index, int columns)", c => c.Operate(g => g.OneHot(c.Indices(0).Name, c.Indices(0).Dimension, (int)c.Int(1).Item))),
        ("Tensor Column(Numbers numbers)", c => c.Operate(g => g.Column(c.Numbers(0).Name, c.Numbers(0).Dimension))),
        ("Tensor RowCount(Tensor x)", c =>
        {
            int x = c.Node(0);
            return c.Operate(g => g.RowCount(x));
        }),

        // reductions
        ("Tensor RowSum(Tensor x)", c =>
        {
            int x = c.Node(0);
            return c.Operate(g => g.RowSum(x));
        }),
        ("Tensor RowMax(Tensor x)", c =>
        {
            int x = c.Node(0);
            return c.Operate(g => g.RowMax(x));
        }),
        ("Tensor ColumnSum(Tensor x)", c =>
        {
            int x = c.Node(0);
            return c.Operate(g => g.ColumnSum(x));
        }),

        ("Tensor GroupLogSum(Tensor x, Indices group)", c => c.Interpreter.GroupLogSum(c)),

        // products
        ("Tensor MatMul(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)", c =>
        {
            int a = c.Node(0), b = c.Node(1);
            return c.Operate(g => g.MatMul(a, b, c.Bool(2), c.Bool(3)));
        }),
        ("Tensor Attention(Tensor qkv, int heads, TokenBatch batch, double dropout = 0)", c => c.Interpreter.Attention(c)),

        // loops
        ("Tensor Repeat(int count, Tensor x, Func<Tensor, int, Tensor> body)", c => c.Interpreter.Repeat(c)),
    }
        .Select(rule => new Primitive((MethodDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration(rule.Signature + ";")!, rule.Handler))
        .GroupBy(primitive => primitive.Name)
        .ToImmutableDictionary(group => group.Key, group => group.ToImmutableArray());

    /// <summary>The overloads of a name; empty if there is no such operation.</summary>
    public static ImmutableArray<Primitive> Named(string name) => ByName.TryGetValue(name, out var overloads) ? overloads : [];

    /// <summary>All operations.</summary>
    public static IEnumerable<Primitive> All => ByName.Values.SelectMany(overloads => overloads);
}
