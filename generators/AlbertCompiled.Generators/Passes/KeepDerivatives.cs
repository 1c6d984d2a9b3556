using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// Where all values are kept anyway, the slope of an activation is kept instead of its argument: it is as large, costs the forward pass little beside the
/// activation itself, and leaves the backward pass one factor to load. Only a derivative that takes a function such as a sigmoid, and that keeps no more
/// values than before, moves.
/// </summary>
internal static class KeepDerivatives
{
    public static ModelGraph Run(ModelGraph graph, RecomputeMode mode)
    {
        if (mode != RecomputeMode.None) return graph;
        for (int b = 0; b < graph.Blocks.Length; b++)
        {
            while (graph.Blocks[b].Mirrors >= 0 && new Pass(graph, b, mode).Moved() is { } moved) graph = moved;
        }

        return Simplify.Run(graph);
    }

    sealed class Pass
    {
        readonly ModelGraph graph;
        readonly Block backward;
        readonly int index;
        readonly Dictionary<int, Node> nodes;
        readonly HashSet<int> here;
        readonly Kept kept;

        /// <summary>Nodes of the backward block that no gradient enters: the forward block could compute them.</summary>
        readonly HashSet<int> early = [];

        public Pass(ModelGraph graph, int index, RecomputeMode mode)
        {
            (this.graph, this.index, backward) = (graph, index, graph.Blocks[index]);
            nodes = graph.Nodes.ToDictionary(n => n.Id);
            here = [.. backward.Nodes.Select(n => n.Id)];
            kept = new(graph, mode);
            var before = new HashSet<int>(graph.Blocks.Take(backward.Mirrors + 1).SelectMany(b => b.Nodes).Select(n => n.Id));
            foreach (var n in backward.Nodes)
                if (n.Is(OpClass.Map) && n.Inputs.All(i => before.Contains(i) || early.Contains(i) || here.Contains(i) && nodes[i].Is(OpClass.Free))) early.Add(n.Id);
        }

        public ModelGraph? Moved()
        {
            var late = backward.Nodes.Where(n => !early.Contains(n.Id) && !n.Is(OpClass.Free)).ToList();
            var factors = late.SelectMany(n => n.Inputs).Distinct().Where(early.Contains).Select(i => nodes[i]).Where(n => !n.Shape.Rows.IsConstant && n.Shape.Columns > 1);
            long before = KeptFor(late, without: null);
            var derivative = factors.FirstOrDefault(d => Reached([d.Id]).Where(IsComputedHere).Any(n => n.Op.IsFunction()) && KeptFor(late, without: d.Id) + d.Shape.Columns <= before);
            return derivative is null ? null : Moved(derivative);
        }

        /// <summary>Columns of what the forward pass keeps row by row for these nodes.</summary>
        long KeptFor(IEnumerable<Node> readers, int? without) =>
            Reached(readers.SelectMany(n => n.Inputs), without).Where(n => !here.Contains(n.Id) && kept.Contains(n) && !n.Shape.Rows.IsConstant).Sum(n => (long)n.Shape.Columns);

        /// <summary>Values with all that the backward pass computes them from, down to what is kept.</summary>
        IEnumerable<Node> Reached(IEnumerable<int> values, int? without = null)
        {
            var seen = new HashSet<int>();
            var open = new Stack<int>(values);
            while (open.Count > 0)
            {
                int id = open.Pop();
                if (id == without || !seen.Add(id) || !IsComputedHere(nodes[id])) continue;
                foreach (int i in nodes[id].Inputs) open.Push(i);
            }

            return seen.Select(i => nodes[i]);
        }

        // by the backward pass, if nothing moves
        bool IsComputedHere(Node n) => early.Contains(n.Id) || !here.Contains(n.Id) && !kept.Contains(n);

        static Origin Named(Origin origin) => origin with { Variable = (origin.Variable ?? origin.Path.Split('/')[^1]) + "Derivative" };

        // behind the last value that it reads; what else reads a part of it computes that part again
        ModelGraph Moved(Node derivative)
        {
            var moving = new HashSet<int>();
            void Take(int id)
            {
                if (!here.Contains(id) || !moving.Add(id)) return;
                foreach (int i in nodes[id].Inputs) Take(i);
            }

            Take(derivative.Id);
            var forward = graph.Blocks[backward.Mirrors];
            var read = new HashSet<int>(moving.SelectMany(i => nodes[i].Inputs));
            int behind = 1 + forward.Nodes.Select((n, at) => (n, at)).Where(p => read.Contains(p.n.Id)).Select(p => p.at).DefaultIfEmpty(-1).Max();
            var body = backward.Nodes.Where(n => moving.Contains(n.Id)).Select(n => n with { Backward = false, Origin = n.Id == derivative.Id ? Named(n.Origin) : n.Origin });
            return graph with
            {
                Blocks = graph.Blocks
                    .SetItem(backward.Mirrors, forward with { Nodes = forward.Nodes.InsertRange(behind, body) })
                    .SetItem(index, backward with { Nodes = backward.Nodes.RemoveAll(n => moving.Contains(n.Id)) }),
            };
        }
    }
}
