using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>Algebraic identities, constant folding, common subexpressions (per block) and dead code.</summary>
internal static class Simplify
{
    public static ModelGraph Run(ModelGraph graph)
    {
        var replaced = new Dictionary<int, int>();
        var known = new Dictionary<int, Node>();
        int next = graph.NextId;
        int Resolve(int id) => replaced.TryGetValue(id, out int other) ? other : id;

        var blocks = new List<Block>();
        foreach (var block in graph.Blocks)
        {
            var seen = new Dictionary<string, int>();
            var nodes = new List<Node>();
            var carried = new HashSet<int>(block.Carries.Select(c => c.Output));
            // what a loop carries is computed in its body, even where it equals a value from outside
            bool Stays(int id, int alias) => carried.Contains(id) && nodes.All(n => n.Id != alias);
            foreach (var original in block.Nodes)
            {
                var node = original with { Inputs = [.. original.Inputs.Select(Resolve)] };
                var rewritten = Rewrite(node, id => known.TryGetValue(id, out var n) ? n : null);
                if (rewritten.Alias >= 0 && !Stays(original.Id, rewritten.Alias))
                {
                    replaced[original.Id] = rewritten.Alias;
                    continue;
                }

                node = rewritten.Node ?? node;
                if (!node.IsSink() && node.Op is not (Op.Carry or Op.LoopResult) && seen.TryGetValue(Key(node), out int same))
                {
                    replaced[original.Id] = same;
                    continue;
                }

                seen[Key(node)] = node.Id;
                known[node.Id] = node;
                nodes.Add(node);
            }

            blocks.Add(block with
            {
                Nodes = [.. nodes],
                Carries = [.. block.Carries.Select(c => c with { Initial = Resolve(c.Initial), Output = Resolve(c.Output) })],
            });
        }

        // an output must stay a node that can be stored
        var outputs = graph.Outputs.Select(o => (o.Name, Resolve(o.Node))).ToImmutableArray();
        return DeadNodes.Remove(graph with { Blocks = [.. blocks], Outputs = outputs });
    }

    static (Node? Node, int Alias) Rewrite(Node node, Func<int, Node?> find)
    {
        Node? Input(int i) => find(node.Inputs[i]);
        double? Value(int i) => Input(i) is { Op: Op.Constant } c ? c.Value : null;
        Node Folded(double value) => new(node.Id, Op.Constant, node.Shape, []) { Value = value, Origin = node.Origin, Backward = node.Backward };
        bool Same(int i) => Input(i)?.Shape == node.Shape;

        if (node.Inputs.Length == 2 && node.Op.Class() == OpClass.Map && node.Op != Op.Rows)
        {
            double? a = Value(0), b = Value(1);
            if (a is { } x && b is { } y && node.Shape.IsScalar && Fold(node.Op, x, y) is { } value) return (Folded(value), -1);
            switch (node.Op)
            {
                case Op.Add when a == 0 && Same(1): return (null, node.Inputs[1]);
                case Op.Add or Op.Subtract when b == 0 && Same(0): return (null, node.Inputs[0]);
                case Op.Multiply when a == 1 && Same(1): return (null, node.Inputs[1]);
                case Op.Multiply or Op.Divide when b == 1 && Same(0): return (null, node.Inputs[0]);
            }
        }

        if (node.Op == Op.Negate && Value(0) is { } n && node.Shape.IsScalar) return (Folded(-n), -1);
        if (node.Op == Op.Negate && Input(0) is { Op: Op.Negate } inner) return (null, inner.Inputs[0]);
        if (node.Op == Op.Broadcast && Same(0)) return (null, node.Inputs[0]);
        if (node.Op is Op.RowSum or Op.RowMax && Same(0)) return (null, node.Inputs[0]);
        if (node.Op == Op.ColumnSum && Same(0)) return (null, node.Inputs[0]);
        return (node, -1);
    }

    static double? Fold(Op op, double a, double b) => op switch
    {
        Op.Add => a + b,
        Op.Subtract => a - b,
        Op.Multiply => a * b,
        Op.Divide when b != 0 => a / b,
        Op.Max => Math.Max(a, b),
        Op.Min => Math.Min(a, b),
        _ => null,
    };

    /// <summary>The same for nodes that compute the same.</summary>
    public static string Key(Node n) => FormattableString.Invariant(
        $"{n.Op}|{n.Shape}|{string.Join(",", n.Op is Op.Add or Op.Multiply ? n.Inputs.Sort() : n.Inputs)}|{n.Value:R}|{n.Index}|{n.Counted}|{n.TransposeA}{n.TransposeB}|{n.Heads}|{n.Probability:R}|{n.Site}|{(n.Parameter is null ? "" : string.Join(";", n.Parameter.Choices.Select(c => string.Join("+", c))))}");
}
