using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Graph;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>A call of a primitive: its arguments by position, as what they must be.</summary>
internal sealed class PrimitiveCall(Interpreter interpreter, Primitive primitive, ImmutableArray<Value> arguments, InvocationExpressionSyntax syntax, Frame frame)
{
    public Interpreter Interpreter => interpreter;

    public InvocationExpressionSyntax Syntax => syntax;

    public Frame Frame => frame;

    public Value this[int index] => arguments[index];

    /// <summary>A tensor, a weight or a number as a node.</summary>
    public int Node(int index) => interpreter.Node(arguments[index], syntax, frame);

    public Constant Int(int index) => Constant<int>(index, "the same int in every iteration");

    public Constant Double(int index) => Constant<double>(index, "the same number in every iteration");

    public bool Bool(int index) => (bool)Constant<bool>(index, "the same bool in every iteration").Item;

    public IndicesValue Indices(int index) => (IndicesValue)arguments[index];

    public NumbersValue Numbers(int index) => (NumbersValue)arguments[index];

    public LambdaValue Lambda(int index) => (LambdaValue)arguments[index];

    public ArrayValue Array(int index) => (ArrayValue)arguments[index];

    /// <summary>Appends the operation.</summary>
    public Value Operate(Func<GraphBuilder, int> append) => interpreter.Operate(syntax, frame, append);

    public Value Unary(Op op)
    {
        int x = Node(0);
        return Operate(g => g.Unary(op, x));
    }

    public Value Binary(Op op)
    {
        int a = Node(0), b = Node(1);
        return Operate(g => g.Binary(op, a, b));
    }

    /// <summary>A constant in [0, 1).</summary>
    public double Probability(int index)
    {
        var constant = Double(index);
        double value = (double)constant.Item;
        return value is >= 0 and < 1 ? value : throw Fail(Descriptors.Probability, constant.Sources, constant.Text);
    }

    public TraceException Fail(Microsoft.CodeAnalysis.DiagnosticDescriptor descriptor, IEnumerable<string> sources, params string[] messages) =>
        interpreter.Fail(descriptor, sources, syntax, frame, messages);

    Constant Constant<T>(int index, string what) => arguments[index] switch
    {
        Constant { Item: T } constant => constant,
        Varying => throw Fail(Descriptors.Iteration, [], $"'{Name(index)}' of {primitive.Name} must be {what} of the Repeat"),
        var other => throw Fail(Descriptors.Evaluation, [], $"'{Name(index)}' of {primitive.Name} is {other.Kind}"),
    };

    string Name(int index) => primitive.Syntax.ParameterList.Parameters[index].Identifier.ValueText;
}
