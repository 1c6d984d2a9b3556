using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Emit.Onnx;

/// <summary>A primitive, or a form of several, at its place in the graph.</summary>
/// <param name="root">The node that it computes.</param>
/// <param name="nodes">What a form's patterns stand for; empty for a primitive.</param>
/// <param name="build">What it becomes.</param>
/// <param name="selection">The graph around it.</param>
internal sealed class OnnxTile(Node root, ImmutableDictionary<Pattern, Node> nodes, Func<OnnxTile, OnnxExpression> build, OnnxSelection selection)
{
    public Node Root => root;

    /// <summary>What has to be computed before.</summary>
    public IEnumerable<Node> Leaves => nodes.IsEmpty ? root.Inputs.Select(selection.Find) : nodes.Where(n => n.Key.IsLeaf).Select(n => n.Value);

    public Node this[Pattern pattern] => nodes[pattern];

    public Node Input(int index) => selection.Find(root.Inputs[index]);

    public OnnxExpression Build() => build(this);

    public OnnxExpression Of(Pattern pattern) => Of(nodes[pattern]);

    public OnnxExpression Of(Node node) => selection.ValueOf(node);

    /// <summary>The node with two axes, if it is one row: weights and numbers of one row may have fewer.</summary>
    public OnnxExpression Matrix(Node node) => node.Shape.Rows.IsOne ? Call("Reshape", Of(node), OnnxText.Of(1), OnnxText.Of(node.Shape.Columns)) : Of(node);

    public OnnxCall Call(string method, params ImmutableArray<OnnxExpression> arguments) => new(root, method, arguments);

    public OnnxCall Transpose(OnnxExpression matrix) => Call("Transpose", matrix, OnnxText.Of(1), OnnxText.Of(0));

    public OnnxCall Attention(OnnxExpression query, OnnxExpression key, OnnxExpression value) =>
        Call("Attention", query, key, value, OnnxText.Of(root.Heads, "heads"), OnnxText.Of(root.Shape.Columns / root.Heads, "size"));

    /// <summary>A weight, or several that are stacked, end to end.</summary>
    public OnnxExpression Stacked(Node weight, bool transposed)
    {
        var parts = Enumerable.Range(0, weight.Parameter!.Choices[0].Length).Select(i => Weight(weight, i, transposed)).ToImmutableArray();
        return parts.Length == 1 ? parts[0] : Call("Concat", [OnnxText.Of(transposed ? 1 : 0), .. parts]);
    }

    public OnnxExpression Weight(Pattern weight, int part, bool transposed) => Weight(nodes[weight], part, transposed);

    /// <summary>True if the file holds the transposed weight because nothing reads it as it is.</summary>
    public bool IsStoredTransposed(Node node) => node.Op == Op.Parameter && !selection.IsReadAsIs(node);

    /// <summary>True if all weights that the layers take are one-dimensional, of this size.</summary>
    public bool IsVector(Pattern weight, int size) => this[weight].Shape.Columns == size && Parts(weight).All(p => p.IsVector);

    /// <summary>True if three weights of these rows, or vectors of this size, are stacked.</summary>
    public bool AreThree(Pattern weight, int rows) =>
        this[weight].Parameter!.Choices.All(c => c.Length == 3) && Parts(weight).All(p => (p.IsVector ? p.Shape.Columns : p.Shape.Rows.Size) == rows);

    IEnumerable<ParameterDeclaration> Parts(Pattern weight) => this[weight].Parameter!.Choices.SelectMany(c => c).Select(p => selection.Graph.Parameters[p]);

    OnnxExpression Weight(Node weight, int part, bool transposed)
    {
        string name = WeightNames.Of(weight.Parameter!, part, selection.Graph.Parameters);
        if (!transposed) return new OnnxText($"onnx.Weight({name})");
        return IsStoredTransposed(weight) ? new OnnxText($"onnx.Transposed({name})") : Transpose(new OnnxText($"onnx.Weight({name})"));
    }
}
