using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Emit.Onnx;

/// <summary>
/// Covers a graph with forms and primitives, from its results backwards and the largest first (maximal munch), then builds the
/// calls that they become.
/// </summary>
internal sealed class OnnxSelection
{
    readonly Dictionary<int, Node> nodes;
    readonly Dictionary<int, OnnxTile> tiles = [];
    readonly Dictionary<int, OnnxExpression> values = [];
    readonly HashSet<int> readAsIs = [];

    /// <param name="graph">An inference program: no dropout, nothing dead.</param>
    /// <param name="states">What the value of a loop is called in the generated code, by its carry's input.</param>
    /// <exception cref="OnnxRefusal">The graph has no padded form.</exception>
    public OnnxSelection(ModelGraph graph, Func<Carry, string> states)
    {
        Graph = graph;
        nodes = graph.Nodes.ToDictionary(n => n.Id);
        var needed = new HashSet<int>(graph.Outputs.Select(o => o.Node).Concat(graph.Blocks.SelectMany(b => b.Carries).SelectMany(c => new[] { c.Initial, c.Output })));
        foreach (var node in graph.Nodes.Reverse().Where(n => needed.Contains(n.Id) && !n.Is(OpClass.State)))
        {
            var tile = tiles[node.Id] = Select(node);
            foreach (var leaf in tile.Leaves)
            {
                CheckMask(leaf, node);
                needed.Add(leaf.Id);
            }
        }

        foreach (var tile in tiles.Values) readAsIs.UnionWith(ReadAsIs(tile));
        foreach (var carry in graph.Blocks.SelectMany(b => b.Carries)) values[carry.Input] = values[carry.Result] = new OnnxText(states(carry));
        foreach (var node in graph.Nodes.Where(n => tiles.ContainsKey(n.Id))) values[node.Id] = tiles[node.Id].Build();
        foreach (var (name, id) in graph.Outputs)
            if (IsMask(nodes[id])) throw new OnnxRefusal($"its output {name} is a dropout mask");
    }

    public ModelGraph Graph { get; }

    public Node Find(int id) => nodes[id];

    /// <summary>The expression of a node that is needed.</summary>
    public OnnxExpression ValueOf(Node node) => values[node.Id];

    /// <summary>False for nodes inside a form.</summary>
    public bool IsNeeded(Node node) => values.ContainsKey(node.Id);

    /// <summary>The call that a node of its own became; null if it is a part of another's, or nothing.</summary>
    public OnnxCall? CallOf(Node node) => values.TryGetValue(node.Id, out var value) && value is OnnxCall call && call.Node.Id == node.Id ? call : null;

    /// <summary>True if some of the weights serve otherwise than transposed in a product.</summary>
    public bool IsReadAsIs(Node weight) => weight.Parameter!.Choices.Any(c => c.Any(readAsIs.Contains));

    OnnxTile Select(Node node)
    {
        foreach (var form in OnnxForms.All)
        {
            if (form.Pattern.Match(node, Find) is not { } matched) continue;
            var tile = new OnnxTile(node, matched, form.Build, this);
            if (form.Fits(tile)) return tile;
        }

        return new(node, ImmutableDictionary<Pattern, Node>.Empty, OnnxOperators.Build, this);
    }

    IEnumerable<int> ReadAsIs(OnnxTile tile)
    {
        foreach (var leaf in tile.Leaves.Where(n => n.Op == Op.Parameter))
        {
            bool isTransposed = tile.Root is { Op: Op.MatMul, TransposeB: true } && leaf.Id != tile.Root.Inputs[0];
            foreach (int p in leaf.Parameter!.Choices.SelectMany(c => c))
                if (!isTransposed || Graph.Parameters[p].IsVector) yield return p;
        }
    }

    // a mask is written as the number that it is: arithmetic with a whole matrix stretches it
    void CheckMask(Node leaf, Node reader)
    {
        if (IsMask(leaf) && !reader.Inputs.Any(i => nodes[i].Shape == reader.Shape && !IsMask(nodes[i])))
            throw new OnnxRefusal("it reads a dropout mask other than by multiplying a value of its shape");
    }

    static bool IsMask(Node node) => node.Op == Op.Constant && !node.Shape.IsScalar;
}
