using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// Writes the arithmetic of gradients as one would by hand: constants of a product gathered into one factor, at what is smallest, and like terms of a sum added up:
/// a + b·x² + x·(b·(x + x)) becomes a + 3b·x². What the definition computes stays as it was written.
/// </summary>
internal static class LikeTerms
{
    public static ModelGraph Run(ModelGraph graph)
    {
        var pass = new Pass(graph);
        return Simplify.Run(graph with { Blocks = [.. graph.Blocks.Select(pass.Run)] });
    }

    /// <summary>A constant times a value.</summary>
    readonly record struct Term(double Factor, Node Value);

    sealed class Pass
    {
        readonly Dictionary<int, Node> nodes;
        readonly Dictionary<string, int> classes = [];      // what is computed alike has one number
        readonly Dictionary<int, int> classOf = [];
        int next;

        public Pass(ModelGraph graph)
        {
            nodes = graph.Nodes.ToDictionary(n => n.Id);
            next = graph.NextId;
        }

        public Block Run(Block block)
        {
            var editor = new BlockEditor(() => next++, id => nodes[id], Register) { Backward = true };
            foreach (var n in block.Nodes)
            {
                int before = editor.Nodes.Count;
                editor.Origin = n.Origin;
                var written = n.Backward ? Written(editor, n) : null;
                if (written is null || written.Id == n.Id)
                {
                    editor.Nodes.Add(n);
                    Register(n);
                    continue;
                }

                // the last node that was added takes the place and the name of the one it is written for
                if (editor.Nodes.Count > before && editor.Nodes[^1].Id == written.Id) editor.Nodes.RemoveAt(editor.Nodes.Count - 1);
                else written = new(0, Op.Detach, n.Shape, [written.Id]);
                written = written with { Id = n.Id, Origin = n.Origin, GradientOf = n.GradientOf, Backward = true };
                editor.Nodes.Add(written);
                Register(written);
            }

            return block with { Nodes = [.. editor.Nodes] };
        }

        void Register(Node n)
        {
            nodes[n.Id] = n;
            string key = n.IsRowwise() || n.Is(OpClass.Free) ? Simplify.Key(n with { Inputs = [.. n.Inputs.Select(i => classOf[i])] }) : $"{n.Id}";
            classOf[n.Id] = classes.TryGetValue(key, out int known) ? known : classes[key] = n.Id;
        }

        Node? Written(BlockEditor e, Node n)
        {
            if (n.Inputs.Length != 2) return null;
            Node a = nodes[n.Inputs[0]], b = nodes[n.Inputs[1]];
            return n.Op switch
            {
                Op.Multiply => Product(e, n.Shape, TermOf(a), TermOf(b)),
                Op.Add or Op.Subtract => Sum(e, n, a, TermOf(b)),
                _ => null,
            };
        }

        Term TermOf(Node n)
        {
            if (n.Op == Op.Negate) return Negative(TermOf(nodes[n.Inputs[0]]));
            if (n.Op != Op.Multiply) return new(1, n);
            Node a = nodes[n.Inputs[0]], b = nodes[n.Inputs[1]];
            if (Scalar(a) is { } x && b.Shape == n.Shape) return new(x, b);
            if (Scalar(b) is { } y && a.Shape == n.Shape) return new(y, a);
            return new(1, n);
        }

        static double? Scalar(Node n) => n.Op == Op.Constant ? n.Value : null;

        Node? Product(BlockEditor e, Shape shape, Term a, Term b)
        {
            double factor = a.Factor * b.Factor;
            Node x = a.Value, y = b.Value;
            if (Scalar(x) is { } c && y.Shape == shape) return Times(e, new(c * factor, y));
            if (Scalar(y) is { } d && x.Shape == shape) return Times(e, new(d * factor, x));
            if (a.Factor == 1 && b.Factor == 1) return null;
            // of a value per row and a value per element the constant is the former's
            if (PerRow(x, y) is { } r) return e.Binary(Op.Multiply, Times(e, Scaled(TermOf(r), factor)), y);
            if (PerRow(y, x) is { } s) return e.Binary(Op.Multiply, x, Times(e, Scaled(TermOf(s), factor)));
            return x.Shape == shape || y.Shape == shape ? Times(e, new(factor, e.Binary(Op.Multiply, x, y))) : null;
        }

        Node Times(BlockEditor e, Term term)
        {
            var (factor, value) = (term.Factor, term.Value);
            if (factor == 1) return value;
            if (value.Op == Op.Divide && nodes[value.Inputs[1]] is var divisor && Scalar(divisor) is not null)
                return e.Binary(Op.Divide, Times(e, Scaled(TermOf(nodes[value.Inputs[0]]), factor)), divisor);
            if (value.Op == Op.Broadcast && PerRow(value, value) is { } same) return e.Broadcast(Times(e, Scaled(TermOf(same), factor)), value.Shape);
            if (factor == -1) return e.Unary(Op.Negate, value);
            if (value.Op == Op.Multiply)
            {
                Node x = nodes[value.Inputs[0]], y = nodes[value.Inputs[1]];
                if (PerRow(x, y) is { } r) return e.Binary(Op.Multiply, Times(e, Scaled(TermOf(r), factor)), y);
                if (PerRow(y, x) is { } s) return e.Binary(Op.Multiply, x, Times(e, Scaled(TermOf(s), factor)));
            }

            return e.Binary(Op.Multiply, e.Constant(factor), value);
        }

        // the value that is the same along each row of what it is multiplied with, or null
        Node? PerRow(Node n, Node beside) =>
            n.Op == Op.Broadcast ? PerRow(nodes[n.Inputs[0]], beside) : n.Shape.Columns == 1 && beside.Shape.Columns > 1 && n.Shape.Rows == beside.Shape.Rows ? n : null;

        static Term Scaled(Term term, double factor) => term with { Factor = factor * term.Factor };

        static Term Negative(Term term) => Scaled(term, -1);

        Node? Sum(BlockEditor e, Node sum, Node a, Term written)
        {
            var b = sum.Op == Op.Subtract ? Negative(written) : written;
            if (Added(e, sum.Shape, TermOf(a), b) is { } whole) return whole;
            if (a.Op == Op.Add && a.Shape == sum.Shape)
            {
                Node x = nodes[a.Inputs[0]], y = nodes[a.Inputs[1]];
                if (Added(e, sum.Shape, TermOf(y), b) is { } second) return e.Binary(Op.Add, x, second);
                if (Added(e, sum.Shape, TermOf(x), b) is { } first) return e.Binary(Op.Add, first, y);
            }

            // nothing is added that could be subtracted
            return written.Factor < 0 ? e.Binary(sum.Op == Op.Add ? Op.Subtract : Op.Add, a, Times(e, Negative(written))) : null;
        }

        Node? Added(BlockEditor e, Shape shape, Term a, Term b) =>
            a.Value.Shape == shape && Scalar(a.Value) is null && classOf[a.Value.Id] == classOf[b.Value.Id] ? Times(e, a with { Factor = a.Factor + b.Factor }) : null;
    }
}
