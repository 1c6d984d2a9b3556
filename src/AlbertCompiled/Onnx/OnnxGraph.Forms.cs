namespace AlbertCompiled.Onnx;

// What takes several operators: in the forms that runtimes recognise and fuse.
public sealed partial class OnnxGraph
{
    // added to the scores of padding, as in the original BERT; runtimes recognise a mask by it
    const float Masked = -10_000;

    OnnxValue? positions, additiveMask, mask;

    /// <summary>[batch, sequence], the input <c>input_ids</c>.</summary>
    public OnnxValue Tokens { get; }

    /// <summary>[batch, sequence], the input <c>token_type_ids</c>.</summary>
    public OnnxValue Segments { get; }

    /// <summary>[batch, sequence], the input <c>attention_mask</c>: 1 for a token, 0 for padding.</summary>
    public OnnxValue AttentionMask { get; }

    /// <summary>[batch, sequence]: 0, 1, 2, … in every sequence, counted so that the shape is known to be that of the tokens before any are.</summary>
    public OnnxValue Positions => positions ??= Within("positions", () =>
    {
        var ones = Cast(Node("Equal", [Tokens, Tokens]), OnnxElement.Int64);
        return Node("CumSum", [ones, Integer(1)], ("exclusive", 1L));
    });

    /// <summary>The first token of each sequence: [batch, sequence, columns] → [batch, columns].</summary>
    public OnnxValue First(OnnxValue x) => Node("Gather", [x, Integer(0)], ("axis", 1L));

    /// <summary>x · Φ(x), exactly.</summary>
    public OnnxValue GeluErf(OnnxValue x) =>
        Mul(Mul(x, Add(Erf(Div(x, Scalar(float.Sqrt(2)))), Scalar(1))), Scalar(0.5f));

    /// <summary>x · Φ(x) by the tanh approximation.</summary>
    public OnnxValue GeluTanh(OnnxValue x)
    {
        var cubic = Add(x, Mul(Node("Pow", [x, Scalar(3)]), Scalar(0.044715f)));
        return Mul(Mul(x, Scalar(0.5f)), Add(Tanh(Mul(cubic, Scalar(float.Sqrt(2 / float.Pi)))), Scalar(1)));
    }

    /// <summary>softmax(q·kᵀ/√size + mask)·v of each head; all are [batch, sequence, heads · size].</summary>
    public OnnxValue Attention(OnnxValue query, OnnxValue key, OnnxValue value, int heads, int size)
    {
        var q = Transpose(Reshape(query, 0, 0, heads, size), 0, 2, 1, 3);
        var k = Transpose(Reshape(key, 0, 0, heads, size), 0, 2, 3, 1);
        var v = Transpose(Reshape(value, 0, 0, heads, size), 0, 2, 1, 3);
        var scores = Div(MatMul(q, k), Scalar(float.Sqrt(size)));
        var context = MatMul(Node("Softmax", [Add(scores, AdditiveMask)], ("axis", 3L)), v);
        return Reshape(Transpose(context, 0, 2, 1, 3), 0, 0, heads * size);
    }

    /// <summary>The sum of the rows of all tokens, padding left out: [batch, sequence, columns] → [1, columns].</summary>
    public OnnxValue SumOfTokens(OnnxValue x, int columns) => SumOfRows(Reshape(Mul(x, Unsqueeze(Mask, -1)), -1, columns));

    /// <summary>The sum of the rows of a matrix: [rows, columns] → [1, columns].</summary>
    public OnnxValue SumOfRows(OnnxValue x) => ReduceSum(x, 0);

    /// <summary>The number of tokens, padding left out: [1, 1].</summary>
    public OnnxValue TokenCount() => ReduceSum(Mask, 0, 1);

    /// <summary>The number of sequences.</summary>
    public OnnxValue SequenceCount() => Cast(Node("Gather", [Node("Shape", [Tokens]), Integer(0)], ("axis", 0L)), OnnxElement.Float);

    // [batch, 1, 1, sequence]: 0 for a token, very negative for padding
    OnnxValue AdditiveMask => additiveMask ??= Within("mask", () =>
        Mul(Sub(Scalar(1), Cast(Unsqueeze(Unsqueeze(AttentionMask, 1), 2), OnnxElement.Float)), Scalar(Masked)));

    // [batch, sequence]
    OnnxValue Mask => mask ??= Within("mask", () => Cast(AttentionMask, OnnxElement.Float));

    OnnxValue Within(string scope, Func<OnnxValue> build)
    {
        string outer = Scope;
        Scope = $"/{scope}";
        var value = build();
        Scope = outer;
        return value;
    }
}
