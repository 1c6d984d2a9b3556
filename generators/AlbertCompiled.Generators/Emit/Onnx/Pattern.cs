using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Emit.Onnx;

/// <summary>
/// A piece of a graph, written as the library writes it: <c>0.5 * x * (1 + Pattern.Of(Op.Erf, x * 0.707))</c>. A pattern that stands in
/// two places is the same node in both. Sums and products match in either order.
/// </summary>
internal sealed class Pattern
{
    const double Tolerance = 1e-6;

    readonly Func<Node, bool> fits;
    readonly ImmutableArray<Pattern> inputs;

    Pattern(bool isLeaf, Func<Node, bool> fits, params ImmutableArray<Pattern> inputs) => (IsLeaf, this.fits, this.inputs) = (isLeaf, fits, inputs);

    /// <summary>The node is computed on its own.</summary>
    public bool IsLeaf { get; }

    /// <summary>Any node.</summary>
    public static Pattern Any() => new(true, _ => true);

    /// <summary>Any constant.</summary>
    public static Pattern Number() => new(false, n => n.Op == Op.Constant);

    /// <summary>A weight, or several that are stacked.</summary>
    public static Pattern Weight() => new(false, n => n.Op == Op.Parameter);

    /// <summary>The constant, a mask of that value included.</summary>
    public static implicit operator Pattern(double value) => new(false, n => n.Op == Op.Constant && Math.Abs(n.Value - value) <= Tolerance * Math.Abs(value));

    /// <summary>An operation.</summary>
    public static Pattern Of(Op op, params ImmutableArray<Pattern> inputs) => new(false, n => n.Op == op && n.Inputs.Length == inputs.Length, inputs);

    /// <summary>a · bᵀ.</summary>
    public static Pattern Product(Pattern a, Pattern b) => new(false, n => n is { Op: Op.MatMul, TransposeA: false, TransposeB: true }, a, b);

    public static Pattern operator +(Pattern a, Pattern b) => Of(Op.Add, a, b);

    public static Pattern operator -(Pattern a, Pattern b) => Of(Op.Subtract, a, b);

    public static Pattern operator *(Pattern a, Pattern b) => Of(Op.Multiply, a, b);

    public static Pattern operator /(Pattern a, Pattern b) => Of(Op.Divide, a, b);

    /// <summary>What stands for what if the node is of this form; else null.</summary>
    public ImmutableDictionary<Pattern, Node>? Match(Node node, Func<int, Node> find) => Match(node, find, ImmutableDictionary<Pattern, Node>.Empty);

    ImmutableDictionary<Pattern, Node>? Match(Node node, Func<int, Node> find, ImmutableDictionary<Pattern, Node> known)
    {
        if (known.TryGetValue(this, out var same)) return same.Id == node.Id ? known : null;
        if (!fits(node)) return null;
        known = known.Add(this, node);
        if (MatchInputs(node.Inputs, find, known) is { } matched) return matched;
        return node.Op is Op.Add or Op.Multiply && inputs.Length == 2 ? MatchInputs([node.Inputs[1], node.Inputs[0]], find, known) : null;
    }

    ImmutableDictionary<Pattern, Node>? MatchInputs(ImmutableArray<int> nodes, Func<int, Node> find, ImmutableDictionary<Pattern, Node>? known)
    {
        for (int i = 0; i < inputs.Length && known is not null; i++) known = inputs[i].Match(find(nodes[i]), find, known);
        return known;
    }
}
