using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>
/// A stretch of maps that is one function of one value, z = f(x) element by element, such as an activation written out: gradients enter it at z and leave it at x.
/// Swept backwards, the gradient would be multiplied into every term of f′ anew; as g · f′(x) it stands apart from a factor that the forward pass can compute.
/// </summary>
/// <param name="Argument">x.</param>
/// <param name="Nodes">From behind x up to z, in order.</param>
internal sealed record ElementFunction(Node Argument, ImmutableArray<Node> Nodes)
{
    /// <summary>f′(x), by the chain rule from x on.</summary>
    public Node Derivative(BlockEditor e)
    {
        var origin = e.Origin;
        var slopes = new Dictionary<int, Node> { [Argument.Id] = e.Constant(1) };
        foreach (var n in Nodes)
        {
            e.Origin = n.Origin;
            // a rule is linear in the gradient it is given: with an input's slope in its place it gives what that input adds to the slope of n
            var terms = Enumerable.Range(0, n.Inputs.Length).Where(i => slopes.ContainsKey(n.Inputs[i]))
                .Select(i => Derivatives.Table[n.Op](e, n, slopes[n.Inputs[i]])[i]);
            slopes[n.Id] = terms.Aggregate((a, b) => e.Binary(Op.Add, a, b));
        }

        e.Origin = origin;
        return slopes[Nodes[^1].Id];
    }
}

/// <summary>Finds the element functions of a block.</summary>
/// <param name="block">The block.</param>
/// <param name="readers">Of the whole graph.</param>
/// <param name="isActive">True for nodes that have a gradient.</param>
internal sealed class ElementFunctions(Block block, Readers readers, Func<int, bool> isActive)
{
    readonly Dictionary<int, int> positions = block.Nodes.Select((n, at) => (n.Id, at)).ToDictionary(p => p.Id, p => p.at);

    /// <summary>The shortest of at least two nodes that ends at <paramref name="z"/>; null where z's own rule says it all.</summary>
    public ElementFunction? EndingAt(Node z, Func<int, Node> find)
    {
        var inside = new HashSet<int> { z.Id };
        var open = new SortedSet<int>(Comparer<int>.Create((a, b) => Position(a) != Position(b) ? Position(a).CompareTo(Position(b)) : a.CompareTo(b)));
        open.UnionWith(z.Inputs.Where(isActive));
        while (open.Count > 1)
        {
            var latest = find(open.Max);
            if (!BelongsInside(latest, z, inside)) return null;
            inside.Add(latest.Id);
            open.Remove(latest.Id);
            open.UnionWith(latest.Inputs.Where(isActive));
        }

        bool isFunction = inside.Count > 1 && open.Count == 1 && IsElementwise(z) && find(open.Max).Shape == z.Shape;
        return isFunction ? new(find(open.Max), [.. block.Nodes.Where(n => inside.Contains(n.Id))]) : null;
    }

    bool BelongsInside(Node n, Node z, HashSet<int> inside) =>
        Position(n.Id) >= 0 && IsElementwise(n) && n.Shape == z.Shape && !readers.ReadBeyond(n.Id) && readers.Of(n.Id).All(r => inside.Contains(r.Id) || !isActive(r.Id));

    static bool IsElementwise(Node n) => n.Is(OpClass.Map) && n.Op != Op.Rows;

    // what another block computed comes first
    int Position(int id) => positions.TryGetValue(id, out int at) ? at : -1;
}
