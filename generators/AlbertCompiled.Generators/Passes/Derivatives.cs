using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>The rules of differentiation, one row a primitive that gradients pass: given the node z and ∂loss/∂z, the gradient of each input in turn.</summary>
internal static class Derivatives
{
    /// <summary>Gradients by input position. Shapes may still be those of z: the caller sums them down.</summary>
    public delegate Node[] Rule(BlockEditor e, Node z, Node gradient);

    public static readonly IReadOnlyDictionary<Op, Rule> Table = new Dictionary<Op, Rule>
    {
        [Op.Add] = (e, z, g) => [g, g],
        [Op.Subtract] = (e, z, g) => [g, e.Unary(Op.Negate, g)],
        [Op.Multiply] = (e, z, g) => [e.Binary(Op.Multiply, g, Input(e, z, 1)), e.Binary(Op.Multiply, g, Input(e, z, 0))],
        [Op.Divide] = (e, z, g) =>
        {
            var first = e.Binary(Op.Divide, g, Input(e, z, 1));
            return [first, e.Unary(Op.Negate, e.Binary(Op.Multiply, first, z))];
        },
        [Op.Max] = (e, z, g) => Choose(e, g, Input(e, z, 0), Input(e, z, 1)),
        [Op.Min] = (e, z, g) => Choose(e, g, Input(e, z, 1), Input(e, z, 0)),
        [Op.Negate] = (e, z, g) => [e.Unary(Op.Negate, g)],
        [Op.Exp] = (e, z, g) => [e.Binary(Op.Multiply, g, z)],
        [Op.Log] = (e, z, g) => [e.Binary(Op.Divide, g, Input(e, z, 0))],
        [Op.Sigmoid] = (e, z, g) => [e.Binary(Op.Multiply, g, e.Binary(Op.Subtract, z, e.Binary(Op.Multiply, z, z)))],
        [Op.Tanh] = (e, z, g) => [e.Binary(Op.Multiply, g, e.Binary(Op.Subtract, e.Constant(1), e.Binary(Op.Multiply, z, z)))],
        [Op.Erf] = (e, z, g) =>
        {
            var x = Input(e, z, 0);
            var bell = e.Unary(Op.Exp, e.Unary(Op.Negate, e.Binary(Op.Multiply, x, x)));
            return [e.Binary(Op.Multiply, g, e.Binary(Op.Multiply, bell, 2 / Math.Sqrt(Math.PI)))];
        },
        [Op.Sqrt] = (e, z, g) => [e.Binary(Op.Divide, e.Binary(Op.Multiply, g, 0.5), z)],
        [Op.Rsqrt] = (e, z, g) => [e.Binary(Op.Multiply, e.Binary(Op.Multiply, g, -0.5), e.Binary(Op.Multiply, z, e.Binary(Op.Multiply, z, z)))],
        [Op.Broadcast] = (e, z, g) => [g],
        [Op.RowSum] = (e, z, g) => [e.Broadcast(g, Input(e, z, 0).Shape)],
        [Op.RowMax] = (e, z, g) => [e.Binary(Op.Multiply, g, e.Binary(Op.Equal, Input(e, z, 0), z))],
        [Op.ColumnSum] = (e, z, g) => [e.Broadcast(g, Input(e, z, 0).Shape)],
        [Op.Rows] = (e, z, g) => [e.Add(new(0, Op.ScatterAdd, Input(e, z, 0).Shape, [g.Id]) { Index = z.Index })],
        [Op.GroupLogSum] = (e, z, g) =>
        {
            // every row's share of its group's gradient: a softmax over the group
            var x = Input(e, z, 0);
            Node Of(Node groups) => e.Add(new(0, Op.Rows, x.Shape, [groups.Id]) { Index = z.Index });
            return [e.Binary(Op.Multiply, Of(g), e.Unary(Op.Exp, e.Binary(Op.Subtract, x, Of(z))))];
        },
        [Op.MatMul] = Product,
        [Op.Attention] = (e, z, g) =>
        [
            e.Add(new(0, Op.AttentionGradient, Input(e, z, 0).Shape, [z.Inputs[0], z.Id, GraphBuilder.LogSumOf(z), g.Id])
            {
                Heads = z.Heads, Probability = z.Probability, Site = z.Site,
            }),
        ],
    };

    static Node Input(BlockEditor e, Node z, int i) => e.Find(z.Inputs[i]);

    // the first operand was chosen where x ≥ y: ties go to it
    static Node[] Choose(BlockEditor e, Node g, Node x, Node y)
    {
        var first = e.Binary(Op.GreaterOrEqual, x, y);
        return [e.Binary(Op.Multiply, g, first), e.Binary(Op.Multiply, g, e.Binary(Op.Subtract, e.Constant(1), first))];
    }

    // z = op(a)·op(b); each gradient is again one product
    static Node[] Product(BlockEditor e, Node z, Node g)
    {
        Node a = Input(e, z, 0), b = Input(e, z, 1);
        return (z.TransposeA, z.TransposeB) switch
        {
            (false, false) => [e.MatMul(g, b, false, true), e.MatMul(a, g, true, false)],
            (false, true) => [e.MatMul(g, b, false, false), e.MatMul(g, a, true, false)],
            (true, false) => [e.MatMul(b, g, false, true), e.MatMul(a, g, false, false)],
            (true, true) => [e.MatMul(b, g, true, true), e.MatMul(g, a, true, true)],
        };
    }
}
