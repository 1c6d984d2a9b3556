namespace AlbertCompiled.Generators.Graph;

/// <summary>Dead code.</summary>
internal static class DeadNodes
{
    /// <summary>Drops nodes that no output, sink or carried value needs.</summary>
    public static ModelGraph Remove(ModelGraph graph)
    {
        var byId = graph.Nodes.ToDictionary(n => n.Id);
        var live = new HashSet<int>();
        var stack = new Stack<int>(graph.Outputs.Select(o => o.Node).Concat(graph.Nodes.Where(n => n.IsSink()).Select(n => n.Id)));
        var carries = graph.Blocks.SelectMany(b => b.Carries).ToDictionary(c => c.Result);
        var inputs = graph.Blocks.SelectMany(b => b.Carries).ToDictionary(c => c.Input);
        while (stack.Count > 0)
        {
            int id = stack.Pop();
            if (!live.Add(id)) continue;
            foreach (int input in byId[id].Inputs) stack.Push(input);
            var carry = carries.TryGetValue(id, out var c) || inputs.TryGetValue(id, out c) ? c : null;
            if (carry is null) continue;
            stack.Push(carry.Initial);
            stack.Push(carry.Output);
            stack.Push(carry.Input);
            stack.Push(carry.Result);
        }

        // the second result of an attention costs nothing, and Differentiate expects it behind the first
        live.UnionWith(graph.Nodes.Where(n => n.Op == Op.AttentionLogSum && live.Contains(n.Inputs[0])).Select(n => n.Id));
        return graph with
        {
            Blocks = [.. graph.Blocks.Select(b => b with
            {
                Nodes = [.. b.Nodes.Where(n => live.Contains(n.Id))],
                Carries = [.. b.Carries.Where(c => live.Contains(c.Result))],
            })],
        };
    }
}
