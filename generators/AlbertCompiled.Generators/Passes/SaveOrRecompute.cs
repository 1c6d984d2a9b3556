using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// Decides for every forward value that a backward block reads whether it is kept until then or computed again there.
/// A kept value of a loop becomes a stack with one entry an iteration; a recomputed one is cloned in front of its reader.
/// </summary>
internal static class SaveOrRecompute
{
    public static ModelGraph Run(ModelGraph graph, RecomputeMode mode)
    {
        var home = new Dictionary<int, int>();
        for (int b = 0; b < graph.Blocks.Length; b++)
            foreach (var n in graph.Blocks[b].Nodes) home[n.Id] = b;
        var nodes = graph.Nodes.ToDictionary(n => n.Id);
        var kept = new Kept(graph, mode);
        int next = graph.NextId;

        Block Rewrite(Block block, int index)
        {
            if (!block.Nodes.Any(n => n.Backward)) return block;
            var body = new List<Node>();
            var clones = new Dictionary<int, int>();
            int Local(int id)
            {
                var n = nodes[id];
                if (home[id] == index || n.Backward || kept.Contains(n)) return id;
                if (clones.TryGetValue(id, out int clone)) return clone;
                var inputs = n.Inputs.Select(Local).ToList();
                body.Add(n with { Id = next, Inputs = [.. inputs], Backward = true, Repeated = true });
                return clones[id] = next++;
            }

            foreach (var n in block.Nodes) body.Add(n.Backward ? n with { Inputs = [.. n.Inputs.Select(Local)] } : n);
            return block with { Nodes = [.. body] };
        }

        return Simplify.Run(graph with { Blocks = [.. graph.Blocks.Select(Rewrite)] });
    }
}
