using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// Splits a map that kernels at several points want but nobody stores into one copy a point: each reader computes it in
/// registers instead of loading it. Chains unravel from their ends.
/// </summary>
internal static class Rematerialize
{
    public static ModelGraph Run(ModelGraph graph)
    {
        int next = graph.NextId;
        for (int b = 0; b < graph.Blocks.Length; b++)
        {
            while (Split(graph, b, ref next) is { } changed) graph = changed;
        }

        return graph;
    }

    static ModelGraph? Split(ModelGraph graph, int index, ref int next)
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
            if (bounds.Count < 2) continue;
            foreach (int bound in bounds.OrderBy(b => b).Skip(1))
            {
                var copy = n with { Id = next++ };
                (copies.TryGetValue(n.Id, out var list) ? list : copies[n.Id] = []).Add(copy);
                foreach (var r in readers.Of(n.Id).Where(r => levels.Of(r) == bound)) replaced[(r.Id, n.Id)] = copy.Id;
            }

            break; // the copy gives its inputs new readers: look again
        }

        if (copies.Count == 0) return null;
        var body = block.Nodes
            .Select(n => n with { Inputs = [.. n.Inputs.Select(i => replaced.TryGetValue((n.Id, i), out int to) ? to : i)] })
            .SelectMany(n => copies.TryGetValue(n.Id, out var list) ? list.Select(c => c with { Inputs = n.Inputs }).Prepend(n) : [n]);
        return graph with { Blocks = graph.Blocks.SetItem(index, block with { Nodes = [.. body] }) };
    }
}
