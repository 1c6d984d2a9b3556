using System.Collections.Immutable;

namespace AlbertCompiled.Generators.Graph;

/// <summary>Appends nodes to one block during a pass; ids continue over the whole graph.</summary>
internal sealed class BlockEditor(Func<int> nextId, Func<int, Node> find, Action<Node> register)
{
    public List<Node> Nodes { get; } = [];

    /// <summary>Copied to every node that is added.</summary>
    public Origin Origin { get; set; } = Origin.None;

    public bool Backward { get; init; }

    public Node Add(Node node)
    {
        node = node with { Id = nextId(), Origin = Origin, Backward = Backward };
        register(node);
        Nodes.Add(node);
        return node;
    }

    /// <summary>Names what a node is the gradient of, unless it is one of something else already.</summary>
    public Node Called(Origin value, Node node) => value.Name is null || node.GradientOf is not null ? node : Replace(node, node with { GradientOf = value });

    /// <summary>Takes the name from a node that proves to be a part of a sum.</summary>
    public Node NotCalled(Origin value, Node node) => value.Name is null || node.GradientOf != value ? node : Replace(node, node with { GradientOf = null });

    // what another block holds stays as it is
    Node Replace(Node node, Node by)
    {
        int at = Nodes.FindLastIndex(n => n.Id == node.Id);
        if (at < 0) return node;
        register(Nodes[at] = by);
        return by;
    }

    public Node Constant(double value) => Constant(value, Shape.Scalar);

    public Node Constant(double value, Shape shape) => Add(new(0, Op.Constant, shape, []) { Value = value });

    public Node Unary(Op op, Node x) => Add(new(0, op, x.Shape, [x.Id]));

    public Node Binary(Op op, Node a, Node b) =>
        Add(new(0, op, new(a.Shape.Rows.IsOne ? b.Shape.Rows : a.Shape.Rows, a.Shape.Columns == 1 ? b.Shape.Columns : a.Shape.Columns), [a.Id, b.Id]));

    public Node Binary(Op op, Node a, double b) => Binary(op, a, Constant(b));

    public Node Broadcast(Node x, Shape shape) => x.Shape == shape ? x : Add(new(0, Op.Broadcast, shape, [x.Id]));

    public Node RowSum(Node x) => x.Shape.Columns == 1 ? x : Add(new(0, Op.RowSum, new(x.Shape.Rows, 1), [x.Id]));

    public Node ColumnSum(Node x) => x.Shape.Rows.IsOne ? x : Add(new(0, Op.ColumnSum, new(Dim.One, x.Shape.Columns), [x.Id]));

    /// <summary>Sums a gradient over the axes along which its value was broadcast.</summary>
    public Node SumTo(Node x, Shape shape)
    {
        if (shape.Columns == 1 && x.Shape.Columns != 1) x = RowSum(x);
        if (shape.Rows.IsOne && !x.Shape.Rows.IsOne) x = ColumnSum(x);
        return x;
    }

    public Node MatMul(Node a, Node b, bool transposeA, bool transposeB)
    {
        Dim rows = transposeA ? Dim.Of(a.Shape.Columns) : a.Shape.Rows;
        int columns = transposeB ? b.Shape.Rows.Size : b.Shape.Columns;
        return Add(new(0, Op.MatMul, new(rows, columns), [a.Id, b.Id]) { TransposeA = transposeA, TransposeB = transposeB });
    }

    public Node Find(int id) => find(id);
}
