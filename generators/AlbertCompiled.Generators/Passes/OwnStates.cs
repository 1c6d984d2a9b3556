using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// Gives every carried value, every output and every operand that a kernel reads from memory a node of its own to live in. A loop's initial value is written straight into
/// the state, which later iterations overwrite; where that would clash with another use, a copy goes between.
/// </summary>
internal static class OwnStates
{
    public static ModelGraph Run(ModelGraph graph)
    {
        graph = Operands(graph);
        var nodes = graph.Nodes.ToDictionary(n => n.Id);
        var home = new Dictionary<int, int>();
        for (int b = 0; b < graph.Blocks.Length; b++)
            foreach (var n in graph.Blocks[b].Nodes) home[n.Id] = b;
        var blocks = graph.Blocks.ToArray();
        int next = graph.NextId;
        var claimed = new HashSet<int>();

        int Copy(int id, int block)
        {
            var copy = new Node(next++, Op.Detach, nodes[id].Shape, [id]) { Origin = nodes[id].Origin, Backward = nodes[id].Backward, Repeated = nodes[id].Repeated };
            blocks[block] = blocks[block] with { Nodes = blocks[block].Nodes.Add(copy) };
            return copy.Id;
        }

        // a sum over rows or groups is float32 however states are kept
        bool Unfit(int id) => nodes[id].Op is Op.ColumnSum or Op.GroupLogSum || nodes[id].Is(OpClass.Free) || nodes[id].Is(OpClass.State) || !claimed.Add(id);
        bool ReadFrom(int id, int block) =>
            graph.Blocks.Skip(block).SelectMany(b => b.Nodes).Any(n => n.Op != Op.LoopResult && n.Inputs.Contains(id))
            || graph.Blocks.Skip(block + 1).SelectMany(b => b.Carries).Any(c => c.Initial == id) || graph.Outputs.Any(o => o.Node == id);

        for (int b = 0; b < blocks.Length; b++)
        {
            var carries = blocks[b].Carries;
            for (int i = 0; i < carries.Length; i++)
            {
                var c = carries[i];
                if (Unfit(c.Initial) || ReadFrom(c.Initial, b) || home[c.Initial] != b - 1) c = c with { Initial = Copy(c.Initial, b - 1) };
                if (Unfit(c.Output)) c = c with { Output = Copy(c.Output, b) };
                carries = carries.SetItem(i, c);
            }

            blocks[b] = blocks[b] with { Carries = carries };
        }

        int last = blocks.Length - 1;
        var outputs = graph.Outputs.Select(o =>
        {
            bool elsewhere = nodes[o.Node].Is(OpClass.Free) || nodes[o.Node].Op == Op.Carry;
            return (o.Name, elsewhere ? Copy(o.Node, last) : o.Node);
        });
        var results = outputs.ToList();
        return graph with { Blocks = [.. blocks], Outputs = [.. results] };
    }

    // products, attention and look-ups read matrices; a mask or a constant is none until something stores it, a sum over groups none of elements
    static ModelGraph Operands(ModelGraph graph)
    {
        var nodes = graph.Nodes.ToDictionary(n => n.Id);
        int next = graph.NextId;
        Block Store(Block block)
        {
            var body = new List<Node>();
            foreach (var n in block.Nodes)
            {
                bool reads = n.Is(OpClass.Heavy) && n.Op != Op.AttentionLogSum || n.Op == Op.Rows;
                var inputs = n.Inputs;
                for (int i = 0; reads && i < inputs.Length; i++)
                {
                    var input = nodes[inputs[i]];
                    bool isMatrix = input.Op == Op.GroupLogSum ? n.Op == Op.Rows : !input.Is(OpClass.Free) || input.Op == Op.Parameter;
                    if (isMatrix) continue;
                    body.Add(new(next, Op.Detach, input.Shape, [input.Id]) { Origin = n.Origin, Backward = n.Backward, Repeated = n.Repeated });
                    inputs = inputs.SetItem(i, next++);
                }

                body.Add(n with { Inputs = inputs });
            }

            return block with { Nodes = [.. body] };
        }

        return graph with { Blocks = [.. graph.Blocks.Select(Store)] };
    }
}
