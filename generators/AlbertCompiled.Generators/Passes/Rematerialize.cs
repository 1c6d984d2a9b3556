using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// Splits a map that kernels at several points want but nobody stores into one copy a point: each reader computes it in
/// registers instead of loading it. Chains unravel from their ends. What takes many loads or a transcendental function is
/// stored by its first reader instead.
/// </summary>
internal static class Rematerialize
{
    public static ModelGraph Run(ModelGraph graph)
    {
        int next = graph.NextId;
        for (int b = 0; b < graph.Blocks.Length; b++) graph = Split(graph, b, ref next);
        return graph;
    }

    // readers come before what they read, so that a map is looked at when all of its readers have their copies
    static ModelGraph Split(ModelGraph graph, int index, ref int next)
    {
        var block = graph.Blocks[index];
        var nodes = graph.Nodes.ToDictionary(n => n.Id);
        var here = new HashSet<int>(block.Nodes.Select(n => n.Id));
        var readers = new Readers(graph);
        var levels = new Levels(block, nodes, readers, here.Contains);
        var replaced = new Dictionary<(int Reader, int Input), int>();
        var copies = new Dictionary<int, List<Node>>();
        foreach (var n in block.Nodes.Reverse())
        {
            var bounds = levels.Bounds(n);
            if (bounds.Count < 2 || !IsCheap(n, nodes, here)) continue;
            foreach (int bound in bounds.OrderBy(b => b).Skip(1))
            {
                var copy = n with { Id = next++ };
                (copies.TryGetValue(n.Id, out var list) ? list : copies[n.Id] = []).Add(copy);
                foreach (var r in readers.Of(n.Id).Where(r => levels.Of(r) == bound)) replaced[(r.Id, n.Id)] = copy.Id;
                here.Add(copy.Id);
                readers.Add(copy);
                levels.Add(copy, bound);
            }
        }

        if (copies.Count == 0) return graph;
        var body = block.Nodes
            .SelectMany(n => copies.TryGetValue(n.Id, out var list) ? list.Prepend(n) : [n])
            .Select(n => n with { Inputs = [.. n.Inputs.Select(i => replaced.TryGetValue((n.Id, i), out int to) ? to : i)] });
        return graph with { Blocks = graph.Blocks.SetItem(index, block with { Nodes = [.. body] }) };
    }

    // at most two rows to load, and arithmetic only; a value per row takes no more room than what it is computed from
    static bool IsCheap(Node n, Dictionary<int, Node> nodes, HashSet<int> here)
    {
        if (n.Shape.Columns == 1 && !n.Shape.Rows.IsConstant) return false;
        var loads = new HashSet<int>();
        bool Arithmetic(Node m)
        {
            if (m.Op.IsFunction()) return false;
            foreach (int i in m.Inputs)
            {
                var input = nodes[i];
                if (input.Is(OpClass.Map) && input.Op != Op.Rows && here.Contains(i))
                {
                    if (!Arithmetic(input)) return false;
                }
                else if (!input.Is(OpClass.Free) && input.Shape.Columns > 1)
                {
                    loads.Add(i);
                }
            }

            return true;
        }

        return Arithmetic(n) && loads.Count <= 2;
    }
}
