using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Emit.Onnx;

/// <summary>A piece of a graph that is one form in ONNX.</summary>
/// <param name="Pattern">What it looks like.</param>
/// <param name="Fits">What the pattern leaves open.</param>
/// <param name="Build">What it becomes.</param>
internal sealed record OnnxForm(Pattern Pattern, Func<OnnxTile, bool> Fits, Func<OnnxTile, OnnxExpression> Build);

/// <summary>
/// What ONNX has for functions of the library. The traced graph holds primitives only, and a form is found by its shape; so it is
/// found wherever a definition computes the same, whatever the function is called.
/// </summary>
internal static class OnnxForms
{
    static readonly Pattern x = Pattern.Any(), scale = Pattern.Weight(), shift = Pattern.Weight(), epsilon = Pattern.Number(), count = Pattern.Number();

    static readonly Pattern centred = x - Pattern.Of(Op.RowSum, x) / count;

    static readonly Pattern exponential = Pattern.Of(Op.Exp, x - Pattern.Of(Op.Detach, Pattern.Of(Op.RowMax, x)));

    static readonly Pattern weights = Pattern.Weight(), biases = Pattern.Weight(), linear = Pattern.Product(x, weights) + biases;

    /// <summary>The first that fits counts: what contains another form stands before it.</summary>
    public static readonly ImmutableArray<OnnxForm> All =
    [
        // LayerNorm
        new(centred * Pattern.Of(Op.Rsqrt, Pattern.Of(Op.RowSum, centred * centred) / count + epsilon) * scale + shift,
            t => t[count].Value == t[x].Shape.Columns && t.IsVector(scale, t[x].Shape.Columns) && t.IsVector(shift, t[x].Shape.Columns),
            t => t.Call("LayerNormalization", t.Of(x), t.Stacked(t[scale], transposed: false), t.Stacked(t[shift], transposed: false), new OnnxText(CSharpWriter.Float(t[epsilon].Value)))),

        Function("GeluTanh", x * Pattern.Of(Op.Sigmoid, x * (Math.Sqrt(8 / Math.PI) + 0.044715 * Math.Sqrt(8 / Math.PI) * (x * x)))),
        Function("GeluTanh", 0.5 * x * (1 + Pattern.Of(Op.Tanh, Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))),
        Function("GeluErf", 0.5 * x * (1 + Pattern.Of(Op.Erf, x * Math.Sqrt(0.5)))),
        Function("Softmax", exponential / Pattern.Of(Op.RowSum, exponential)),
        Function("Relu", Pattern.Of(Op.Max, x, 0)),

        // a dropout mask, which is 1
        new(x * 1, t => t[x].Shape == t.Root.Shape, t => t.Of(x)),

        // attention over linear layers that are stacked: a product for each
        new(Pattern.Of(Op.Attention, linear),
            t => t.AreThree(weights, t.Root.Shape.Columns) && t.AreThree(biases, t.Root.Shape.Columns),
            t => t.Attention(Projection(t, 0, "query"), Projection(t, 1, "key"), Projection(t, 2, "value"))),
    ];

    static OnnxForm Function(string method, Pattern pattern) => new(pattern, _ => true, t => t.Call(method, t.Of(x)));

    static OnnxCall Projection(OnnxTile t, int part, string name)
    {
        var product = new OnnxCall(t.Root, "MatMul", t.Of(x), t.Weight(weights, part, transposed: true)) { Origin = t[linear].Origin };
        return new OnnxCall(t.Root, "Add", product, t.Weight(biases, part, transposed: false)) { Origin = t[linear].Origin, Local = name };
    }
}
