using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

// Values and declared types.
internal sealed partial class Interpreter
{
    /// <summary>How well a value fits a type: 0 exactly, more for an implicit conversion, null not at all.</summary>
    int? Fits(Value value, TypeSyntax type)
    {
        if (value is Null { Type: { } of } && !of.Is("var")) return Converts(of, type) ? definitions.Find(of) is { } from && definitions.Find(type) is { } to ? Steps(from, to) : 0 : null;
        if (type is NullableTypeSyntax { ElementType: var element }) return value is Null ? 0 : Fits(value, element);
        if (Types.ElementOf(type) is { } inner)
        {
            if (value is Null) return 0;
            if (value is not ArrayValue array) return null;
            int total = 0;
            for (int i = 0; i < array.Items.Length; i++)
            {
                if (Fits(At(array, i), inner) is not { } cost) return null;
                total = Math.Max(total, cost);
            }

            return total;
        }

        if (type is TupleTypeSyntax { Elements: var elements })
        {
            if (value is not TupleValue { Items: var parts } || parts.Length != elements.Count) return null;
            var costs = parts.Select((p, i) => Fits(p.Value, Types.Origin(elements[i].Type))).ToArray();
            return costs.Any(c => c is null) ? null : costs.Sum();
        }

        object? constant = value switch { Constant c => c.Item, Varying v => v.Items[0].Item, _ => null };
        int? Exactly(bool fits) => fits ? 0 : null;
        return Definitions.SimpleName(type) switch
        {
            "int" => Exactly(constant is int),
            "double" => constant is int ? 1 : Exactly(constant is double),
            "bool" => Exactly(constant is bool),
            "string" => Exactly(constant is string || value is Null),
            "Tensor" => constant is int or double ? 2 : Exactly(value is TensorValue or WeightValue or Null),
            "Indices" => Exactly(value is IndicesValue),
            "Numbers" => Exactly(value is NumbersValue),
            "TokenBatch" => Exactly(value is BatchValue),
            "Initial" => Exactly(value is InitialValue),
            "Outputs" => Exactly(value is OutputsValue),
            "Func" when type is GenericNameSyntax { TypeArgumentList.Arguments: var arguments } => Exactly(value is LambdaValue lambda && lambda.Parameters.Length == arguments.Count - 1),
            _ when definitions.Find(type) is { } definition => value is ObjectValue instance ? Steps(instance.Declared, definition) : Exactly(value is Null or DeferredNew),
            _ when definitions.FindEnum(type) is { } enumeration => Exactly(constant is EnumMember member && member.Enum == enumeration),
            _ => null,
        };
    }

    /// <summary>How far a type derives from another; null if it does not.</summary>
    static int? Steps(DefinitionType from, DefinitionType to) => from.Chain.TakeWhile(t => t != to).Count() is var steps && from.Chain.Contains(to) ? steps : null;

    /// <summary>Whether C# takes what is declared as one type for another without changing it.</summary>
    bool Converts(TypeSyntax from, TypeSyntax to)
    {
        if (from is NullableTypeSyntax { ElementType: var some }) return Converts(some, to);
        if (to is NullableTypeSyntax { ElementType: var other }) return Converts(from, other);
        if (Types.ElementOf(from) is { } element) return Types.ElementOf(to) is { } target && Converts(element, target);
        if (from is TupleTypeSyntax { Elements: var parts })
            return to is TupleTypeSyntax { Elements: var targets } && parts.Count == targets.Count && parts.Zip(targets, (a, b) => Converts(Types.Origin(a.Type), Types.Origin(b.Type))).All(c => c);
        return definitions.Find(from) is { } type ? definitions.Find(to) is { } declared && type.Chain.Contains(declared) : from.Is(Definitions.SimpleName(to));
    }

    /// <summary>A value as an expression of this type sees it: of an object of a derived type the base's members are meant.</summary>
    Value As(Value value, TypeSyntax? type) => (type, value) switch
    {
        (null, _) => value,
        (_, ObjectValue instance) => definitions.Find(type) is { } declared ? instance.As(declared) : instance,
        (_, ArrayValue array) => Types.ElementOf(type) is { } element ? array.As(element) : array,
        (_, Null) => type.Is("var") ? value : new Null(type),
        _ => value,
    };

    /// <summary>An element as the array's type has it.</summary>
    Value At(ArrayValue array, int index) => As(array.Items[index], array.Element);

    /// <summary>True for records that a variable of another type may hold, and what is made of them.</summary>
    static bool HasRelatives(Value value) => value switch
    {
        ObjectValue { Type: var type } => type.IsBase || type.Base is not null,
        ArrayValue array => array.Items.Any(HasRelatives),
        TupleValue tuple => tuple.Items.Any(item => HasRelatives(item.Value)),
        _ => false,
    };

    /// <summary>Whether a cast to a type succeeds.</summary>
    bool IsOf(Value value, TypeSyntax type) => value switch
    {
        Null => true,
        ObjectValue { Type: var made } => definitions.Find(type) is { } declared && made.Chain.Contains(declared),
        ArrayValue array when Types.ElementOf(type) is { } element => array.Items.All(item => IsOf(item, element) || Fits(item, element) is not null),
        _ => Fits(value, type) is not null,
    };

    /// <summary>The implicit conversion to a declared type; null stands for var.</summary>
    Value Convert(Value value, TypeSyntax? type, SyntaxNode at, Frame frame)
    {
        switch (type, value)
        {
            case (null, DeferredNew):
                throw Unsupported(at, frame, "new(...) needs a declared type");
            case (null, _):
                return value;
            case (NullableTypeSyntax { ElementType: var element }, not Null):
                return Convert(value, element, at, frame);
            case (_, DeferredNew deferred):
                return New(type, deferred.Syntax, deferred.Frame);
            case (ArrayTypeSyntax, ArrayValue array):
                // only a fresh array can hold values of another type than its elements', but for records, which are seen as what is read says
                var inner = Types.ElementOf(type)!;
                for (int i = 0; i < array.Items.Length; i++) array.Items[i] = Convert(array.Items[i], inner, at, frame);
                return array.As(inner);
            case (TupleTypeSyntax { Elements: var elements }, TupleValue { Items: var items }) when items.Length == elements.Count:
                return new TupleValue([.. items.Select((item, i) => (elements[i].Identifier.Text is { Length: > 0 } name ? name : item.Name, Convert(item.Value, Types.Origin(elements[i].Type), at, frame)))]);
            case (_, Constant or Varying):
                return Scalar(value, type, at, frame);
            default:
                return As(value, type);
        }
    }

    /// <summary>A number, bool, string or member of an enum as a type of the language.</summary>
    Value Scalar(Value value, TypeSyntax type, SyntaxNode at, Frame frame) => Definitions.SimpleName(type) switch
    {
        "double" => ToDouble(value),
        "Tensor" when Types.IsNumber(value) => new TensorValue(Node(value, at, frame)),
        "int" or "bool" or "string" or "var" => value,
        _ when definitions.FindEnum(type) is { Zero: var zero } => value is Constant { Item: 0 } ? new Constant(zero) : value,
        _ => throw Unsupported(type, frame, "a definition computes with int, double, bool, string, enums and tensors"),
    };

    static Value ToDouble(Value value) => value switch
    {
        Constant { Item: int number } constant => new Constant((double)number, constant.Sources),
        Varying { Items: [{ Item: int }, ..] items } => new Varying([.. items.Select(i => new Constant(Arithmetic.ToDouble(i.Item), i.Sources))]),
        _ => value,
    };

    /// <summary>The node of a tensor, of a weight that is read here, or of a number.</summary>
    internal int Node(Value value, SyntaxNode at, Frame frame)
    {
        switch (value)
        {
            case TensorValue tensor:
                if (loops.Any(l => tensor.Node >= l.First && tensor.Node < l.End))
                    throw Fail(Descriptors.Repeat, at, frame, $"'{Snippet.Of(at)}' reads a value of a Repeat's body outside it; only what the body returns comes out");
                return tensor.Node;
            case WeightValue weight:
                var key = (region, weight.Reference);
                if (reads.TryGetValue(key, out int node)) return node;
                if (weight.Reference.Choices.Select(stacks.Conflict).FirstOrDefault(c => c is not null) is { } conflict)
                    throw Fail(Descriptors.Weight, at, frame, $"the weight '{graph.Parameters[conflict].Name}' is stacked twice, but has one place in memory");
                reads.Add(key, node = Operate(at, frame, g => g.Parameter(weight.Reference)).Node);
                return node;
            case Constant { Item: int or double } number:
                if (!(Math.Abs(Arithmetic.ToDouble(number.Item)) <= float.MaxValue))
                    throw Fail(Descriptors.Evaluation, number.Sources, at, frame, $"'{Snippet.Of(at)}' computes with {number.Text}, which is not a finite 32-bit number");
                return Append(at, frame, g => g.Constant(Arithmetic.ToDouble(number.Item))).Node;
            case Varying { Items: [{ Item: int or double }, ..] }:
                throw Fail(Descriptors.Iteration, at, frame, $"'{Snippet.Of(at)}' computes with a number that differs from iteration to iteration; it may only choose weights");
            case Null:
                throw Fail(Descriptors.Evaluation, at, frame, $"an operand of '{Snippet.Of(at)}' is null here");
            default:
                throw Fail(Descriptors.Evaluation, at, frame, $"an operand of '{Snippet.Of(at)}' is {value.Kind}, not a tensor");
        }
    }

    /// <summary>Parameter nodes of the open block, which one read serves.</summary>
    readonly Dictionary<(int Region, ParameterReference), int> reads = [];

    /// <summary>Node ids of the bodies of closed loops.</summary>
    readonly List<(int First, int End)> loops = [];

    int region;
    int operations;

    /// <summary>Appends an operation.</summary>
    internal TensorValue Operate(SyntaxNode at, Frame frame, Func<GraphBuilder, int> append)
    {
        if (constructing) throw Unsupported(at, frame, "field initialisers declare weights; operations on them belong in the programs");
        return Append(at, frame, append);
    }

    TensorValue Append(SyntaxNode at, Frame frame, Func<GraphBuilder, int> append)
    {
        Step(at, frame);
        if (++operations > Limits.Operations) throw Fail(Descriptors.Limit, at, frame, $"the program has more than {Limits.Operations:N0} operations; layers belong in a Repeat, whose body counts once");
        graph.Origin = new(frame.Path, statement, null) { Function = frame.Function };
        int id;
        try
        {
            id = append(graph);
        }
        catch (GraphException failure)
        {
            throw ShapeFailure(failure, at, frame);
        }
        catch (OverflowException)
        {
            throw Fail(Descriptors.Overflow, at, frame, $"the shape of '{Snippet.Of(at)}' overflows");
        }

        var shape = graph.ShapeOf(id);
        if (shape.Rows.IsConstant ? (long)shape.Rows.Size * shape.Columns > Limits.Values : shape.Columns > Limits.Columns)
            throw Fail(Descriptors.Overflow, provenance.Columns(id), at, frame, $"'{Snippet.Of(at)}' has the shape {shape}; activations take up to {Limits.Columns:N0} columns, constant matrices up to {Limits.Values:N0} values");
        return new(id);
    }
}
