using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>Checks that a graph is well formed; tests run it after every pass.</summary>
internal static class Validate
{
    /// <summary>What is wrong, in words; empty for a good graph.</summary>
    public static IReadOnlyList<string> Run(ModelGraph graph)
    {
        var errors = new List<string>();
        var all = new Dictionary<int, (Node Node, int Block)>();
        for (int b = 0; b < graph.Blocks.Length; b++)
        {
            foreach (var n in graph.Blocks[b].Nodes)
            {
                if (all.ContainsKey(n.Id)) errors.Add($"node {n.Id} ({n.Op}) stands twice");
                all[n.Id] = (n, b);
            }
        }

        for (int b = 0; b < graph.Blocks.Length; b++)
        {
            var block = graph.Blocks[b];
            var seen = new HashSet<int>();
            foreach (var n in block.Nodes)
            {
                foreach (int i in n.Op == Op.LoopResult ? [] : n.Inputs)
                {
                    if (!all.TryGetValue(i, out var input)) errors.Add($"{n.Op} {n.Id} reads {i}, which is nowhere");
                    else if (input.Block == b && !seen.Contains(i)) errors.Add($"{n.Op} {n.Id} reads {i} before it is computed");
                    else if (input.Block > b) errors.Add($"{n.Op} {n.Id} reads {i} of a later block");
                    else if (input.Block != b && graph.Blocks[input.Block].IsLoop && block.Mirrors != input.Block)
                        errors.Add($"{n.Op} {n.Id} reads {i} out of a loop that it does not mirror");
                    if (all.TryGetValue(i, out var sink) && sink.Node.IsSink()) errors.Add($"{n.Op} {n.Id} reads the sink {i}");
                }

                if (n.Inputs.All(all.ContainsKey) && ShapeError(n, id => all[id].Node) is { } error) errors.Add(error);
                seen.Add(n.Id);
            }

            foreach (var c in block.Carries)
            {
                if (!seen.Contains(c.Input) || all[c.Input].Node.Op != Op.Carry) errors.Add($"{block.Name} carries {c.Input}, which is no Carry of its body");
                if (!seen.Contains(c.Output)) errors.Add($"{block.Name} hands on {c.Output}, which its body does not compute");
                if (!all.TryGetValue(c.Initial, out var initial) || initial.Block >= b) errors.Add($"{block.Name} starts from {c.Initial}, which is not computed before it");
                else if (all.TryGetValue(c.Input, out var input) && initial.Node.Shape != input.Node.Shape) errors.Add($"{block.Name} carries {input.Node.Shape} from {initial.Node.Shape}");
            }
        }

        foreach (var (name, node) in graph.Outputs)
            if (!all.ContainsKey(node)) errors.Add($"output {name} is node {node}, which is nowhere");
        return errors;
    }

    static string? ShapeError(Node n, Func<int, Node> find)
    {
        Shape In(int i) => find(n.Inputs[i]).Shape;
        bool Fits(Shape x) => (x.Rows == n.Shape.Rows || x.Rows.IsOne) && (x.Columns == n.Shape.Columns || x.Columns == 1);
        bool good = n.Op switch
        {
            Op.Add or Op.Subtract or Op.Multiply or Op.Divide or Op.Max or Op.Min or Op.GreaterOrEqual or Op.Equal => Fits(In(0)) && Fits(In(1)),
            Op.Negate or Op.Exp or Op.Log or Op.Sigmoid or Op.Tanh or Op.Erf or Op.Sqrt or Op.Rsqrt or Op.Detach or Op.LoopResult => In(0) == n.Shape,
            Op.Broadcast => Fits(In(0)),
            Op.Rows => In(0).Columns == n.Shape.Columns,
            Op.RowSum or Op.RowMax => In(0).Rows == n.Shape.Rows && n.Shape.Columns == 1,
            Op.GroupLogSum => In(0).Columns == n.Shape.Columns,
            Op.ColumnSum => In(0).Columns == n.Shape.Columns && n.Shape.Rows.IsOne,
            Op.AccumulateGradient => In(0) == n.Shape && n.Parameter is not null,
            Op.ScatterAdd => In(0).Columns == n.Shape.Columns,
            Op.MatMul => (n.TransposeA ? Dim.Of(In(0).Columns) : In(0).Rows) == n.Shape.Rows
                && (n.TransposeB ? In(1).Rows : Dim.Of(In(1).Columns)) == Dim.Of(n.Shape.Columns)
                && (n.TransposeA ? In(0).Rows : Dim.Of(In(0).Columns)) == (n.TransposeB ? Dim.Of(In(1).Columns) : In(1).Rows),
            Op.Attention => In(0).Columns == 3 * n.Shape.Columns && n.Shape.Columns % n.Heads == 0,
            Op.AttentionGradient => In(0) == n.Shape && In(3).Columns * 3 == n.Shape.Columns,
            _ => true,
        };
        return good ? null : $"{n.Op} {n.Id} {n.Shape} does not follow from {string.Join(" and ", n.Inputs.Select(i => find(i).Shape))}";
    }
}
