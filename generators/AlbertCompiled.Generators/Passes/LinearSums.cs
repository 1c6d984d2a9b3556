using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// Takes the sum of a row apart where it would wait for another reduction of that row: Σ(a·x − y) = a·Σx − Σy for a that is the same along the
/// row, and Σ(x − mean x) = 0. The gradient of a normalisation then needs one pass over a row in front of the last one, not two.
/// </summary>
internal static class LinearSums
{
    public static ModelGraph Run(ModelGraph graph)
    {
        int next = graph.NextId;
        var nodes = graph.Nodes.ToDictionary(n => n.Id);
        graph = graph with { Blocks = [.. graph.Blocks.Select(b => b with { Nodes = [.. new Pass(b, nodes, () => next++).Run()] })] };
        return Simplify.Run(graph);     // sums that are there already, and what nobody reads any more
    }

    /// <summary>Plus or minus Σ <paramref name="Element"/>, times values per row.</summary>
    sealed record Term(bool Minus, List<Node> Factors, Node Element);

    sealed class Pass(Block block, Dictionary<int, Node> nodes, Func<int> nextId)
    {
        readonly HashSet<int> here = [.. block.Nodes.Select(n => n.Id)];
        readonly Dictionary<int, int> depths = [];

        public IEnumerable<Node> Run()
        {
            foreach (var n in block.Nodes)
            {
                if (n.Op != Op.RowSum || TermsOf(nodes[n.Inputs[0]]) is not { Count: > 0 } terms || terms.Max(DepthOf) >= DepthOf(n))
                {
                    yield return n;
                    continue;
                }

                var editor = new BlockEditor(nextId, id => nodes[id], added => nodes[added.Id] = added) { Origin = n.Origin, Backward = n.Backward };
                var sum = terms.Select(t => Print(editor, t)).Aggregate((a, b) => editor.Binary(Op.Add, a, b));
                foreach (var added in editor.Nodes) yield return added == sum ? nodes[n.Id] = sum with { Id = n.Id } : added;
            }
        }

        static Node Print(BlockEditor e, Term term)
        {
            var value = term.Factors.Aggregate(e.RowSum(term.Element), (sum, factor) => e.Binary(Op.Multiply, sum, factor));
            return term.Minus ? e.Unary(Op.Negate, value) : value;
        }

        /// <summary>The sum as terms; null if there is one whose elements are all the same, which nothing is gained by.</summary>
        List<Term>? TermsOf(Node x)
        {
            if (x.Shape.Columns == 1) return null;
            Node Input(int i) => nodes[x.Inputs[i]];
            switch (x.Op)
            {
                case Op.Subtract when IsMean(Input(1), Input(0)): return [];
                case Op.Negate: return Flip(TermsOf(Input(0)));
                case Op.Add: return Join(TermsOf(Input(0)), TermsOf(Input(1)));
                case Op.Subtract: return Join(TermsOf(Input(0)), Flip(TermsOf(Input(1))));
                case Op.Multiply when PerRow(Input(0)) is { } factor && Input(1).Shape == x.Shape: return Scale(TermsOf(Input(1)), factor);
                case Op.Multiply when PerRow(Input(1)) is { } factor && Input(0).Shape == x.Shape: return Scale(TermsOf(Input(0)), factor);
                default: return PerRow(x) is null ? [new(false, [], x)] : null;
            }
        }

        static List<Term>? Flip(List<Term>? terms) => terms?.ConvertAll(t => t with { Minus = !t.Minus });

        static List<Term>? Scale(List<Term>? terms, Node factor) => terms?.ConvertAll(t => t with { Factors = [.. t.Factors, factor] });

        static List<Term>? Join(List<Term>? a, List<Term>? b) => a is null || b is null ? null : [.. a, .. b];

        /// <summary>A value that is the same along the row, or null.</summary>
        Node? PerRow(Node x) => x.Shape.Columns == 1 ? x : x.Op == Op.Broadcast ? PerRow(nodes[x.Inputs[0]]) : null;

        bool IsMean(Node mean, Node of) =>
            mean is { Op: Op.Divide, Shape.Columns: 1 } && nodes[mean.Inputs[0]] is { Op: Op.RowSum } sum && sum.Inputs[0] == of.Id
            && nodes[mean.Inputs[1]] is { Op: Op.Constant } count && count.Value == of.Shape.Columns;

        int DepthOf(Term term) => Math.Max(DepthOf(term.Element) + 1, term.Factors.Select(DepthOf).DefaultIfEmpty(0).Max());

        /// <summary>Reductions along the row that have to follow each other until the value is there.</summary>
        int DepthOf(Node n)
        {
            if (!here.Contains(n.Id)) return 0;
            if (depths.TryGetValue(n.Id, out int known)) return known;
            int depth = n.Inputs.Select(i => DepthOf(nodes[i])).DefaultIfEmpty(0).Max();
            return depths[n.Id] = n.Is(OpClass.RowReduction) ? depth + 1 : depth;
        }
    }
}
