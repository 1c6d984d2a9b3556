using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>Who reads a node: nodes anywhere, loop states, outputs.</summary>
internal sealed class Readers
{
    readonly Dictionary<int, List<Node>> byNode = [];
    readonly HashSet<int> beyond = [];

    public Readers(ModelGraph graph)
    {
        foreach (var n in graph.Nodes)
        {
            if (n.Op != Op.LoopResult) Add(n);
        }

        foreach (var c in graph.Blocks.SelectMany(b => b.Carries)) beyond.UnionWith([c.Initial, c.Output]);
        beyond.UnionWith(graph.Outputs.Select(o => o.Node));
    }

    /// <summary>A node that the graph has besides.</summary>
    public void Add(Node n)
    {
        foreach (int i in n.Inputs.Distinct()) (byNode.TryGetValue(i, out var list) ? list : byNode[i] = []).Add(n);
    }

    public IReadOnlyList<Node> Of(int id) => byNode.TryGetValue(id, out var list) ? list : [];

    /// <summary>Read as a loop state or as an output.</summary>
    public bool ReadBeyond(int id) => beyond.Contains(id);
}
