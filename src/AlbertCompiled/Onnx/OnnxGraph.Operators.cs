namespace AlbertCompiled.Onnx;

// One method a standard operator; [..] are the shapes of its operands and result.
public sealed partial class OnnxGraph
{
    /// <summary>a + b, broadcast.</summary>
    public OnnxValue Add(OnnxValue a, OnnxValue b) => Node("Add", [a, b]);

    /// <summary>a − b, broadcast.</summary>
    public OnnxValue Sub(OnnxValue a, OnnxValue b) => Node("Sub", [a, b]);

    /// <summary>a · b by element, broadcast.</summary>
    public OnnxValue Mul(OnnxValue a, OnnxValue b) => Node("Mul", [a, b]);

    /// <summary>a / b, broadcast.</summary>
    public OnnxValue Div(OnnxValue a, OnnxValue b) => Node("Div", [a, b]);

    /// <summary>The larger element, broadcast.</summary>
    public OnnxValue Max(OnnxValue a, OnnxValue b) => Node("Max", [a, b]);

    /// <summary>The smaller element, broadcast.</summary>
    public OnnxValue Min(OnnxValue a, OnnxValue b) => Node("Min", [a, b]);

    /// <summary>1 where a ≥ b, else 0; broadcast.</summary>
    public OnnxValue GreaterOrEqual(OnnxValue a, OnnxValue b) => Cast(Node("GreaterOrEqual", [a, b]), OnnxElement.Float);

    /// <summary>1 where a = b, else 0; broadcast.</summary>
    public OnnxValue Equal(OnnxValue a, OnnxValue b) => Cast(Node("Equal", [a, b]), OnnxElement.Float);

    /// <summary>−x.</summary>
    public OnnxValue Neg(OnnxValue x) => Node("Neg", [x]);

    /// <summary>eˣ.</summary>
    public OnnxValue Exp(OnnxValue x) => Node("Exp", [x]);

    /// <summary>ln x.</summary>
    public OnnxValue Log(OnnxValue x) => Node("Log", [x]);

    /// <summary>tanh x.</summary>
    public OnnxValue Tanh(OnnxValue x) => Node("Tanh", [x]);

    /// <summary>erf x.</summary>
    public OnnxValue Erf(OnnxValue x) => Node("Erf", [x]);

    /// <summary>√x.</summary>
    public OnnxValue Sqrt(OnnxValue x) => Node("Sqrt", [x]);

    /// <summary>1/x.</summary>
    public OnnxValue Reciprocal(OnnxValue x) => Node("Reciprocal", [x]);

    /// <summary>1/(1 + e⁻ˣ).</summary>
    public OnnxValue Sigmoid(OnnxValue x) => Node("Sigmoid", [x]);

    /// <summary>The larger of x and 0.</summary>
    public OnnxValue Relu(OnnxValue x) => Node("Relu", [x]);

    /// <summary>Each row's exponentials divided by their sum.</summary>
    public OnnxValue Softmax(OnnxValue x) => Node("Softmax", [x], ("axis", -1L));

    /// <summary>Each row shifted to mean 0 and scaled to variance 1, then by scale and shift [columns].</summary>
    public OnnxValue LayerNormalization(OnnxValue x, OnnxValue scale, OnnxValue shift, float epsilon) =>
        Node("LayerNormalization", [x, scale, shift], ("axis", -1L), ("epsilon", epsilon));

    /// <summary>[.., M, K] · [K, N].</summary>
    public OnnxValue MatMul(OnnxValue a, OnnxValue b) => Node("MatMul", [a, b]);

    /// <summary>The axes in another order.</summary>
    public OnnxValue Transpose(OnnxValue x, params ReadOnlySpan<long> axes) => Node("Transpose", [x], ("perm", axes.ToArray()));

    /// <summary>Another shape; a size of 0 stays, −1 is what is left.</summary>
    public OnnxValue Reshape(OnnxValue x, params ReadOnlySpan<long> shape) => Node("Reshape", [x, Integers(shape)]);

    /// <summary>Matrices or vectors end to end along an axis.</summary>
    public OnnxValue Concat(int axis, params OnnxValue[] parts) => Node("Concat", parts, ("axis", (long)axis));

    /// <summary>A part of the last axis.</summary>
    public OnnxValue Slice(OnnxValue x, int first, int end) => Node("Slice", [x, Integers(first), Integers(end), Integers(-1)]);

    /// <summary>Rows of a table [rows, columns] by indices [..]: [.., columns].</summary>
    public OnnxValue Gather(OnnxValue table, OnnxValue indices) => Node("Gather", [table, indices], ("axis", 0L));

    /// <summary>1 at the index, else 0: [..] → [.., columns].</summary>
    public OnnxValue OneHot(OnnxValue indices, int columns) => Node("OneHot", [indices, Integer(columns), Constant("off, on", () => new OnnxNumbers<float>("off, on", OnnxElement.Float, [2], [0, 1]))], ("axis", -1L));

    /// <summary>The sum of each row: [.., columns] → [.., 1].</summary>
    public OnnxValue RowSum(OnnxValue x) => ReduceSum(x, -1);

    /// <summary>The largest of each row: [.., columns] → [.., 1].</summary>
    public OnnxValue RowMax(OnnxValue x) => Node("ReduceMax", [x], ("axes", new long[] { -1 }), ("keepdims", 1L));

    OnnxValue ReduceSum(OnnxValue x, params ReadOnlySpan<long> axes) => Node("ReduceSum", [x, Integers(axes)], ("keepdims", 1L));

    OnnxValue Unsqueeze(OnnxValue x, long axis) => Node("Unsqueeze", [x, Integers(axis)]);

    OnnxValue Cast(OnnxValue x, OnnxElement type) => Node("Cast", [x], ("to", (long)type));
}
