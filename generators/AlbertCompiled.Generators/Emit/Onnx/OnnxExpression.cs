using System.Collections.Immutable;
using System.Globalization;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Emit.Onnx;

/// <summary>A C# expression of the generated file.</summary>
internal abstract class OnnxExpression;

/// <summary>An expression that may be written anywhere, any number of times.</summary>
internal sealed class OnnxText(string text) : OnnxExpression
{
    public string Text => text;

    public static OnnxText Of(int value, string argument = "") => new((argument.Length > 0 ? $"{argument}: " : "") + value.ToString(CultureInfo.InvariantCulture));
}

/// <summary>A call that adds nodes to the ONNX graph: written once, and read through a local where it is read more than once.</summary>
/// <param name="node">The node that it computes, or is a part of.</param>
/// <param name="method">A method of the graph.</param>
/// <param name="arguments">Its arguments.</param>
internal sealed class OnnxCall(Node node, string method, params ImmutableArray<OnnxExpression> arguments) : OnnxExpression
{
    public Node Node => node;

    public string Method => method;

    public ImmutableArray<OnnxExpression> Arguments => arguments;

    /// <summary>Where it comes from: a part may come from another statement than the node.</summary>
    public Origin Origin { get; init; } = node.Origin;

    /// <summary>The name of its local, for a part that is to have one.</summary>
    public string? Local { get; init; }
}

/// <summary>The graph has no padded form; the message says why.</summary>
internal sealed class OnnxRefusal(string message) : Exception(message);
