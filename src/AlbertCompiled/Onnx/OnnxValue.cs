namespace AlbertCompiled.Onnx;

/// <summary>A value of an <see cref="OnnxGraph"/>: an input, a constant, or what a node computes.</summary>
public sealed class OnnxValue
{
    internal OnnxValue(string name, bool isComputed) => (Name, IsComputed) = (name, isComputed);

    /// <summary>Its name in the file; an output of the graph takes the output's.</summary>
    internal string Name { get; set; }

    /// <summary>True for the result of a node.</summary>
    internal bool IsComputed { get; }
}

/// <summary>An operation of the graph.</summary>
/// <param name="Operator">Its name in the standard.</param>
/// <param name="Name">Its name in the file.</param>
/// <param name="Inputs">What it reads.</param>
/// <param name="Output">What it computes.</param>
/// <param name="Attributes">Its attributes: a <see cref="long"/>, a <see cref="float"/> or an array of <see cref="long"/>.</param>
sealed record OnnxNode(string Operator, string Name, IReadOnlyList<OnnxValue> Inputs, OnnxValue Output, IReadOnlyList<(string Name, object Value)> Attributes);

/// <summary>What is fed to the graph or read from it.</summary>
/// <param name="Value">The value.</param>
/// <param name="Type">Its elements.</param>
/// <param name="Shape">Its sizes: numbers, or names of those that a call brings.</param>
sealed record OnnxPort(OnnxValue Value, OnnxElement Type, IReadOnlyList<object> Shape);

/// <summary>Element types, by their number in the standard.</summary>
enum OnnxElement
{
    Float = 1,
    Int64 = 7,
}
