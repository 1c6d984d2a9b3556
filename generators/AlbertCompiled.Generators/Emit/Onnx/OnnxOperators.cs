using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Emit.Onnx;

/// <summary>
/// The primitives in ONNX, padded. Rows of tokens and of predictions, there every token's, become [batch, sequence, columns], rows of
/// sequences [batch, columns]. A vector or a number may have fewer axes than its shape: arithmetic stretches it either way.
/// </summary>
internal static class OnnxOperators
{
    // every primitive that an inference program may have
    static readonly ImmutableDictionary<Op, Func<OnnxTile, OnnxExpression>> table = new Dictionary<Op, Func<OnnxTile, OnnxExpression>>
    {
        [Op.Parameter] = t => t.Stacked(t.Root, transposed: false),
        [Op.Constant] = t => new OnnxText($"onnx.Scalar({CSharpWriter.Float(t.Root.Value)})"),
        [Op.RowCount] = t => t.Root.Counted.Kind switch
        {
            DimensionKind.Tokens => t.Call("TokenCount"),
            DimensionKind.Sequences => t.Call("SequenceCount"),
            _ => throw new OnnxRefusal("it counts the predictions of a batch, of which ONNX knows none"),
        },
        [Op.Add] = Add,
        [Op.Subtract] = Function("Sub"),
        [Op.Multiply] = Function("Mul"),
        [Op.Divide] = Function("Div"),
        [Op.Max] = Function("Max"),
        [Op.Min] = Function("Min"),
        [Op.GreaterOrEqual] = Function("GreaterOrEqual"),
        [Op.Equal] = Function("Equal"),
        [Op.Negate] = Function("Neg"),
        [Op.Exp] = Function("Exp"),
        [Op.Log] = Function("Log"),
        [Op.Sigmoid] = Function("Sigmoid"),
        [Op.Tanh] = Function("Tanh"),
        [Op.Erf] = Function("Erf"),
        [Op.Sqrt] = Function("Sqrt"),
        [Op.Rsqrt] = t => t.Call("Reciprocal", t.Call("Sqrt", t.Of(t.Input(0)))),
        [Op.Detach] = t => t.Of(t.Input(0)),
        [Op.RowSum] = Function("RowSum"),
        [Op.RowMax] = Function("RowMax"),
        [Op.ColumnSum] = t => t.Input(0).Shape.Rows.Kind switch
        {
            DimensionKind.Tokens => t.Call("SumOfTokens", t.Of(t.Input(0)), OnnxText.Of(t.Root.Shape.Columns)),
            DimensionKind.Predictions => throw new OnnxRefusal("it sums over the predictions of a batch, of which ONNX knows none"),
            _ => t.Call("SumOfRows", t.Of(t.Input(0))),
        },
        [Op.OneHot] = t => IsInput(t.Root.Index) ? t.Call("OneHot", Index(t.Root), OnnxText.Of(t.Root.Shape.Columns)) : throw Unknown(t.Root),
        [Op.Column] = t => throw Unknown(t.Root),
        [Op.GroupLogSum] = t => throw Unknown(t.Root),
        [Op.Rows] = Rows,
        [Op.MatMul] = MatMul,
        [Op.Attention] = t => t.Attention(Third(t, 0), Third(t, 1), Third(t, 2)),
    }.ToImmutableDictionary();

    public static OnnxExpression Build(OnnxTile tile) =>
        table.TryGetValue(tile.Root.Op, out var build) ? build(tile) : throw new InvalidOperationException(tile.Root.Op.ToString());

    static Func<OnnxTile, OnnxExpression> Function(string method) => t => t.Call(method, [.. t.Root.Inputs.Select((_, i) => t.Of(t.Input(i)))]);

    // x + f(x) is written f(x) + x, as runtimes expect it before a normalisation and after attention
    static OnnxExpression Add(OnnxTile t)
    {
        OnnxExpression a = t.Of(t.Input(0)), b = t.Of(t.Input(1));
        return IsLinear(b) && !IsLinear(a) ? t.Call("Add", b, a) : t.Call("Add", a, b);
    }

    static bool IsLinear(OnnxExpression e) => e is OnnxCall { Method: "Add", Arguments: [OnnxCall { Method: "MatMul" }, ..] };

    static OnnxExpression Rows(OnnxTile t)
    {
        var table = t.Input(0);
        return (table.Shape.Rows.Kind, t.Root.Index) switch
        {
            (DimensionKind.Constant, var index) when IsInput(index) => t.Call("Gather", t.Matrix(table), Index(t.Root)),
            (DimensionKind.Tokens, "First") => t.Call("First", t.Of(table)),
            (DimensionKind.Tokens, "Predicted") => t.Of(table),
            _ => throw Unknown(t.Root),
        };
    }

    static OnnxExpression MatMul(OnnxTile t)
    {
        Node a = t.Input(0), b = t.Input(1);
        if (t.Root.TransposeA && !a.Shape.Rows.IsConstant || !b.Shape.Rows.IsConstant) throw new OnnxRefusal($"it multiplies over all {a.Shape.Rows} of a batch");
        var left = t.Root.TransposeA ? t.Transpose(t.Matrix(a)) : t.Matrix(a);
        bool isStored = t.Root.TransposeB && t.IsStoredTransposed(b);
        return t.Call("MatMul", left, isStored ? t.Stacked(b, transposed: true) : t.Root.TransposeB ? t.Transpose(t.Matrix(b)) : t.Matrix(b));
    }

    // queries, keys or values of what stands side by side
    static OnnxExpression Third(OnnxTile t, int part)
    {
        int hidden = t.Root.Shape.Columns;
        return t.Call("Slice", t.Of(t.Input(0)), OnnxText.Of(part * hidden), OnnxText.Of((part + 1) * hidden));
    }

    static bool IsInput(string index) => index is "Tokens" or "Segments" or "Positions";

    static OnnxText Index(Node n) => new($"onnx.{n.Index}");

    static OnnxRefusal Unknown(Node n) => new($"it reads batch.{n.Index}, which ONNX does not get, or gets in another layout");
}
