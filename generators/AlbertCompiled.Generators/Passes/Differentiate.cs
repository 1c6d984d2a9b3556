using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// Appends the backward pass of an output. The rules are <see cref="Derivatives"/>; a loop differentiates into a reversed
/// loop whose body reads the forward body's values of the same iteration; a parameter's gradient is accumulated where it arises.
/// Where maps make up one function of one value, the gradient passes it as one factor.
/// </summary>
internal static class Differentiate
{
    public static ModelGraph Run(ModelGraph graph, string output) => new Pass(graph).Run(graph.Outputs.First(o => o.Name == output).Node);

    sealed class Pass
    {
        readonly ModelGraph graph;
        readonly Dictionary<int, Node> nodes;
        readonly Readers readers;
        readonly HashSet<int> active = [];
        readonly List<Block> result;
        int next;

        public Pass(ModelGraph graph)
        {
            this.graph = graph;
            nodes = graph.Nodes.ToDictionary(n => n.Id);
            readers = new(graph);
            next = graph.NextId;
            result = [.. graph.Blocks];
            foreach (var n in graph.Nodes)
                if (DependsOnParameters(n)) active.Add(n.Id);
        }

        public ModelGraph Run(int loss)
        {
            var gradients = new Dictionary<int, Node>();
            BlockEditor editor = NewEditor();
            editor.Origin = nodes[loss].Origin;
            Give(editor, gradients, nodes[loss], editor.Constant(1));
            for (int i = graph.Blocks.Length - 1; i >= 0; i--)
            {
                var block = graph.Blocks[i];
                if (block.IsLoop)
                {
                    Finish(editor);
                    editor = Loop(block, i, gradients);
                    continue;
                }

                Sweep(editor, block, gradients);
            }

            Finish(editor);
            return graph with { Blocks = [.. result] };
        }

        // the loss's own block continues with its backward nodes; later straight parts become blocks of their own
        void Finish(BlockEditor editor)
        {
            if (result.Count == graph.Blocks.Length && !result[^1].IsLoop && !finishedFirst)
                result[^1] = result[^1] with { Nodes = [.. result[^1].Nodes, .. editor.Nodes] };
            else
                result.Add(new("", 1, false, [.. editor.Nodes], []));
            finishedFirst = true;
        }

        bool finishedFirst;

        BlockEditor Loop(Block block, int index, Dictionary<int, Node> gradients)
        {
            var body = NewEditor();
            var local = new Dictionary<int, Node>();
            var pending = new List<(int Initial, Node Input, int Of)>();
            foreach (var carry in block.Carries)
            {
                if (!gradients.TryGetValue(carry.Result, out var arriving)) continue;
                body.Origin = nodes[carry.Output].Origin;
                var input = body.Add(new(0, Op.Carry, arriving.Shape, []));
                local[carry.Output] = input;
                pending.Add((arriving.Id, input, carry.Input));
            }

            if (pending.Count == 0) return NewEditor();
            var inside = new HashSet<int>(block.Nodes.Select(n => n.Id));
            Sweep(body, block, local);

            var after = NewEditor();
            var carries = ImmutableArray.CreateBuilder<Carry>();
            void Close(int initial, Node input, Node output, int of)
            {
                output = body.Called(nodes[of].Origin, output);
                after.Origin = body.Origin;
                var back = after.Add(new(0, Op.LoopResult, input.Shape, [output.Id]));
                carries.Add(new(initial, input.Id, output.Id, back.Id));
                Give(after, gradients, nodes[of], back);
            }

            foreach (var (initial, input, of) in pending)
            {
                var output = local.TryGetValue(of, out var g) ? g : body.Constant(0, input.Shape);
                Close(initial, input, output, block.Carries.First(c => c.Input == of).Initial);
            }

            // values from before the loop that every iteration reads: their gradients ride along as carried sums
            foreach (int outside in local.Keys.Where(k => !inside.Contains(k) && active.Contains(k) && !nodes[k].Is(OpClass.Free)).OrderBy(k => k).ToList())
            {
                var zero = ZeroBefore(nodes[outside].Shape);
                var input = body.Add(new(0, Op.Carry, nodes[outside].Shape, []));
                Close(zero, input, body.Binary(Op.Add, input, local[outside]), outside);
            }

            result.Add(new(block.Name, block.Iterations, true, [.. body.Nodes], carries.ToImmutable()) { Mirrors = index });
            return after;
        }

        int ZeroBefore(Shape shape)
        {
            var editor = NewEditor();
            var zero = editor.Constant(0, shape);
            result[^1] = result[^1] with { Nodes = result[^1].Nodes.Add(zero) };
            return zero.Id;
        }

        void Sweep(BlockEditor e, Block block, Dictionary<int, Node> gradients)
        {
            var functions = new ElementFunctions(block, readers, active.Contains);
            foreach (var z in block.Nodes.Reverse())
            {
                if (z.Op is Op.Carry or Op.LoopResult || !active.Contains(z.Id) || !gradients.TryGetValue(z.Id, out var g)) continue;
                e.Origin = z.Origin;
                if (functions.EndingAt(z, id => nodes[id]) is { } f)
                {
                    Give(e, gradients, f.Argument, e.Binary(Op.Multiply, e.Broadcast(g, z.Shape), f.Derivative(e)));
                    continue;
                }

                var partial = Derivatives.Table[z.Op](e, z, g);
                for (int i = 0; i < partial.Length; i++)
                {
                    var x = nodes[z.Inputs[i]];
                    if (!active.Contains(x.Id)) continue;
                    var d = partial[i];
                    if (z.Op.Class() is OpClass.Map && z.Op != Op.Rows) d = e.SumTo(d, x.Shape);
                    if (d.Shape != x.Shape) d = e.Broadcast(d, x.Shape);
                    Give(e, gradients, x, d);
                }
            }
        }

        static void Accumulate(BlockEditor e, Node parameter, Node d)
        {
            if (d.Op == Op.ScatterAdd && d.Parameter is null && e.Nodes[^1].Id == d.Id)
            {
                e.Nodes[^1] = d with { Parameter = parameter.Parameter };
                return;
            }

            e.Add(new(0, Op.AccumulateGradient, parameter.Shape, [d.Id]) { Parameter = parameter.Parameter });
        }

        // a parameter's gradient is added where it arises, all others are summed up until their node's turn comes
        static void Give(BlockEditor e, Dictionary<int, Node> gradients, Node x, Node d)
        {
            if (x.Op == Op.Parameter) Accumulate(e, x, d);
            else if (!gradients.TryGetValue(x.Id, out var sum)) gradients[x.Id] = e.Called(x.Origin, d);
            else gradients[x.Id] = e.Called(x.Origin, e.Binary(Op.Add, e.NotCalled(x.Origin, sum), d));
        }

        bool DependsOnParameters(Node n) => n.Op switch
        {
            Op.Parameter => true,
            Op.Carry => true,
            Op.Detach or Op.GreaterOrEqual or Op.Equal => false,
            _ => n.Inputs.Any(active.Contains),
        };

        BlockEditor NewEditor() => new(() => next++, id => nodes[id], n => nodes[n.Id] = n) { Backward = true };
    }
}
