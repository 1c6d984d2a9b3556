using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>The forward values that stay in memory until the backward pass has read them.</summary>
internal sealed class Kept
{
    readonly ModelGraph graph;
    readonly RecomputeMode mode;
    readonly Dictionary<int, int> home = [];
    readonly HashSet<int> stored = [];

    public Kept(ModelGraph graph, RecomputeMode mode)
    {
        (this.graph, this.mode) = (graph, mode);
        for (int b = 0; b < graph.Blocks.Length; b++)
            foreach (var n in graph.Blocks[b].Nodes) home[n.Id] = b;
        var readers = new Readers(graph);
        foreach (var n in graph.Nodes.Where(n => n.Is(OpClass.Map)))
            if (IsOperand(n, readers) || IsKeptOnPurpose(n, readers)) stored.Add(n.Id);
    }

    public bool Contains(Node n) => n.Op.Class() switch
    {
        OpClass.Free => false,
        OpClass.State or OpClass.ColumnReduction => true,
        OpClass.Heavy or OpClass.RowReduction => IsKeptOften(n),
        OpClass.Map when IsPerRow(n) => IsKeptOften(n),
        _ => mode == RecomputeMode.None && stored.Contains(n.Id),
    };

    bool IsKeptOften(Node n) => mode != RecomputeMode.Layer || !graph.Blocks[home[n.Id]].IsLoop;

    // a mean is as small as the sum that it would be computed from again
    static bool IsPerRow(Node n) => n.Shape.Columns == 1 && !n.Shape.Rows.IsConstant && n.Op != Op.Rows;

    // forward materialises operands of products and of row reductions anyway
    static bool IsOperand(Node n, Readers readers) => readers.Of(n.Id).Any(r => r.Is(OpClass.Heavy) || r.Is(OpClass.RowReduction));

    // the forward pass has no use for it
    static bool IsKeptOnPurpose(Node n, Readers readers) => !n.Backward && !readers.ReadBeyond(n.Id) && readers.Of(n.Id).All(r => r.Backward);
}
