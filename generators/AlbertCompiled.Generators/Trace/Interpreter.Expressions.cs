using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

// Expressions but for names, calls and conditions.
internal sealed partial class Interpreter
{
    static readonly Dictionary<SyntaxKind, Op> TensorOperators = new()
    {
        [SyntaxKind.AddExpression] = Op.Add,
        [SyntaxKind.SubtractExpression] = Op.Subtract,
        [SyntaxKind.MultiplyExpression] = Op.Multiply,
        [SyntaxKind.DivideExpression] = Op.Divide,
    };

    /// <param name="expression">What to evaluate.</param>
    /// <param name="frame">Where.</param>
    /// <param name="target">The type that a <c>new(...)</c> takes from its surroundings.</param>
    Value Evaluate(ExpressionSyntax expression, Frame frame, TypeSyntax? target = null)
    {
        Step(expression, frame);
        return expression switch
        {
            LiteralExpressionSyntax literal => Literal(literal, frame),
            InterpolatedStringExpressionSyntax text => Interpolate(text, frame),
            ParenthesizedExpressionSyntax { Expression: var inner } => Evaluate(inner, frame, target),
            PostfixUnaryExpressionSyntax { Operand: var inner } suppress when suppress.IsKind(SyntaxKind.SuppressNullableWarningExpression) => Evaluate(inner, frame, target),
            SimpleNameSyntax name => Name(name, frame),
            ThisExpressionSyntax when frame.This is { } self => self.As(frame.Owner),
            MemberAccessExpressionSyntax access => Member(access, access.Expression, access.Name, frame),
            QualifiedNameSyntax name => Member(name, name.Left, name.Right, frame),
            InvocationExpressionSyntax call => Invoke(call, frame),
            ElementAccessExpressionSyntax access => Element(access, frame),
            BinaryExpressionSyntax binary => Binary(binary, frame),
            PrefixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax { Token.Value: 2147483648u } } least when least.IsKind(SyntaxKind.UnaryMinusExpression) => new Constant(int.MinValue),
            PrefixUnaryExpressionSyntax unary when !unary.IsKind(SyntaxKind.PreIncrementExpression) && !unary.IsKind(SyntaxKind.PreDecrementExpression) =>
                Unary(unary.Kind(), Evaluate(unary.Operand, frame), unary, frame),
            ConditionalExpressionSyntax choice => Conditional(choice, frame, target),
            SwitchExpressionSyntax choice => Switch(choice, frame, target),
            IsPatternExpressionSyntax test => Match(test.Pattern, Evaluate(test.Expression, frame), frame),
            CastExpressionSyntax cast => Cast(cast, frame),
            LambdaExpressionSyntax => throw Unsupported(expression, frame, "lambdas are arguments of Each and Repeat, and nothing else"),
            TupleExpressionSyntax tuple => Tuple(tuple, frame, target),
            CollectionExpressionSyntax collection => Collection(collection, frame, target),
            ArrayCreationExpressionSyntax creation => NewArray(creation, frame),
            ImplicitArrayCreationExpressionSyntax creation => Items(creation.Initializer, null, frame),
            InitializerExpressionSyntax initializer => Items(initializer, Types.ElementOf(target), frame),
            ObjectCreationExpressionSyntax creation => New(creation.Type, creation, frame),
            ImplicitObjectCreationExpressionSyntax creation => target is null ? new DeferredNew(creation, frame) : New(target, creation, frame),
            ThrowExpressionSyntax { Expression: var exception } => throw Thrown(exception, frame),
            _ => throw Unsupported(expression, frame, $"the language has no {Subset.Describe(expression)} here"),
        };
    }

    Value Literal(LiteralExpressionSyntax literal, Frame frame) => literal.Token.Value switch
    {
        null when literal.IsKind(SyntaxKind.NullLiteralExpression) => Null.Instance,
        int or double or bool or string => new Constant(literal.Token.Value),
        _ => throw Unsupported(literal, frame, "numbers are int or double"),
    };

    Value Interpolate(InterpolatedStringExpressionSyntax text, Frame frame)
    {
        bool isRaw = !text.StringStartToken.IsKind(SyntaxKind.InterpolatedStringStartToken) && !text.StringStartToken.IsKind(SyntaxKind.InterpolatedVerbatimStringStartToken);
        Value result = new Constant("");
        foreach (var part in text.Contents)
        {
            Value piece = part switch
            {
                InterpolatedStringTextSyntax literal => new Constant(isRaw ? literal.TextToken.ValueText : literal.TextToken.ValueText.Replace("{{", "{").Replace("}}", "}")),
                InterpolationSyntax { AlignmentClause: null, FormatClause: null } hole => Evaluate(hole.Expression, frame) is var value and not Null ? value : new Constant(""),
                _ => throw Unsupported(part, frame, "interpolation takes neither alignment nor format"),
            };
            result = Binary(SyntaxKind.AddExpression, result, piece, part, frame);
        }

        return result;
    }

    Value Binary(BinaryExpressionSyntax binary, Frame frame)
    {
        if (binary.IsKind(SyntaxKind.IsExpression)) return Matches(Evaluate(binary.Left, frame), binary.Right, frame);

        // long sums and products lean left: walked, not recursed into
        var pending = new Stack<BinaryExpressionSyntax>();
        ExpressionSyntax first = binary;
        while (first is BinaryExpressionSyntax inner && !inner.IsKind(SyntaxKind.IsExpression))
        {
            pending.Push(inner);
            first = inner.Left;
        }

        var value = Evaluate(first, frame);
        while (pending.Count > 0)
        {
            var node = pending.Pop();
            bool decided = value is Constant { Item: bool known } && (node.IsKind(SyntaxKind.LogicalAndExpression) && !known || node.IsKind(SyntaxKind.LogicalOrExpression) && known);
            if (!decided) value = Binary(node.Kind(), value, Evaluate(node.Right, frame), node, frame);
        }

        return value;
    }

    Value Binary(SyntaxKind kind, Value a, Value b, SyntaxNode at, Frame frame)
    {
        if (a is Constant or Varying && b is Constant or Varying) return Lift(operands => Arithmetic.Binary(kind, operands[0], operands[1]), [a, b], at, frame);
        if (a is TensorValue or WeightValue || b is TensorValue or WeightValue)
        {
            if (TensorOperators.TryGetValue(kind, out var op))
            {
                int x = Node(a, at, frame), y = Node(b, at, frame);
                return Operate(at, frame, g => g.Binary(op, x, y));
            }
        }
        // null is nothing beside a string
        if (kind is SyntaxKind.AddExpression && (a is Null) != (b is Null) && Types.Of(a is Null ? b : a).Is("string")) return a is Null ? b : a;
        if (kind is SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression && (a is Null || b is Null))
            return new Constant((a is Null && b is Null) == kind is SyntaxKind.EqualsExpression);
        throw Fail(Descriptors.Evaluation, at, frame, $"'{Snippet.Of(at)}' is not an operation on {a.Kind} and {b.Kind}");
    }

    Value Unary(SyntaxKind kind, Value a, SyntaxNode at, Frame frame)
    {
        if (a is Constant or Varying) return Lift(operands => Arithmetic.Unary(kind, operands[0]), [a], at, frame);
        if (a is not (TensorValue or WeightValue) || kind is not (SyntaxKind.UnaryMinusExpression or SyntaxKind.UnaryPlusExpression))
            throw Fail(Descriptors.Evaluation, at, frame, $"'{Snippet.Of(at)}' is not an operation on {a.Kind}");
        if (kind is SyntaxKind.UnaryPlusExpression) return a;
        int x = Node(a, at, frame);
        return Operate(at, frame, g => g.Unary(Op.Negate, x));
    }

    Value Cast(CastExpressionSyntax cast, Frame frame)
    {
        var value = Evaluate(cast.Expression, frame, cast.Type);
        return value is not (Constant or Varying) && !IsOf(value, cast.Type)
            ? throw Unsupported(cast, frame, $"{value.Kind} cannot be cast to {cast.Type}")
            : Cast(value, cast.Type, cast, frame);
    }

    /// <summary>The explicit conversion to a type; null stands for var.</summary>
    Value Cast(Value value, TypeSyntax? type, SyntaxNode at, Frame frame)
    {
        if (type is not null && value is Constant or Varying)
        {
            if (type is PredefinedTypeSyntax { Keyword.ValueText: "int" or "double" } number) return Lift(operands => Arithmetic.Cast(number.Keyword.ValueText, operands[0]), [value], at, frame);
            if (definitions.FindEnum(type) is { } enumeration) return Lift(operands => Arithmetic.Cast(enumeration, operands[0]), [value], at, frame);
        }

        return Convert(value, type, at, frame);
    }

    /// <summary>Applies a rule to constants, or per iteration if one of them varies.</summary>
    Value Lift(Func<object[], object?> rule, ImmutableArray<Value> operands, SyntaxNode at, Frame frame)
    {
        int count = operands.OfType<Varying>().Select(v => v.Items.Length).DefaultIfEmpty(1).Max();
        if (operands.OfType<Varying>().Any(v => v.Items.Length != count))
            throw Fail(Descriptors.Iteration, at, frame, $"'{Snippet.Of(at)}' mixes the iterations of two loops");
        Step(at, frame, count);
        return Selection.Uniform(PerIteration(count, i =>
        {
            var items = operands.Select(o => o is Varying varying ? varying.Items[i] : (Constant)o).ToArray();
            ImmutableArray<string> sources = [.. items.SelectMany(item => item.Sources).Distinct()];
            return new Constant(Apply(rule, [.. items.Select(item => item.Item)], sources, at, frame), sources);
        }));
    }

    object Apply(Func<object[], object?> rule, object[] items, ImmutableArray<string> sources, SyntaxNode at, Frame frame)
    {
        string Values() => string.Join(", ", items.Select(i => new Constant(i).Text));
        object? result;
        try
        {
            result = rule(items);
        }
        catch (OverflowException)
        {
            throw Fail(Descriptors.Overflow, sources, at, frame, $"'{Snippet.Of(at)}' overflows an int for {Values()}");
        }
        catch (DivideByZeroException)
        {
            throw Fail(Descriptors.Evaluation, sources, at, frame, $"'{Snippet.Of(at)}' divides by zero");
        }

        if (result is string { Length: > Limits.Characters }) throw Fail(Descriptors.Limit, at, frame, $"'{Snippet.Of(at)}' is a string of more than {Limits.Characters:N0} characters");
        return result ?? throw Fail(Descriptors.Evaluation, at, frame, $"'{Snippet.Of(at)}' is not an operation on {string.Join(" and ", items.Select(i => new Constant(i).Kind))}");
    }

    Value Tuple(TupleExpressionSyntax tuple, Frame frame, TypeSyntax? target)
    {
        var types = (target as TupleTypeSyntax)?.Elements;
        return new TupleValue([.. tuple.Arguments.Select((a, i) => (a.NameColon?.Name.Identifier.ValueText ?? InferredName(a.Expression),
            Evaluate(a.Expression, frame, types is { } t && i < t.Count ? t[i].Type : null)))]);
    }

    static string? InferredName(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Name: IdentifierNameSyntax name } => name.Identifier.ValueText,
        _ => null,
    };

    Value Collection(CollectionExpressionSyntax collection, Frame frame, TypeSyntax? target)
    {
        var items = new List<Value>();
        foreach (var element in collection.Elements)
        {
            if (element is ExpressionElementSyntax { Expression: var item }) items.Add(Evaluate(item, frame, Types.ElementOf(target)));
            else if (element is SpreadElementSyntax { Expression: var spread } && Evaluate(spread, frame) is ArrayValue array) items.AddRange(array.Items.Select((_, i) => At(array, i)));
            else throw Unsupported(element, frame, "a collection holds values and '..array'");
            CheckLength(items.Count, [], collection, frame);
        }

        return new ArrayValue([.. items], Types.ElementOf(target));
    }

    Value NewArray(ArrayCreationExpressionSyntax creation, Frame frame)
    {
        if (creation.Type.RankSpecifiers is not [{ Sizes: [var size] }]) throw Unsupported(creation, frame, "arrays have one dimension");
        if (creation.Initializer is { } initializer) return Items(initializer, creation.Type.ElementType, frame);
        if (Evaluate(size, frame) is not Constant { Item: int length } constant) throw Fail(Descriptors.Evaluation, size, frame, "the length of an array is a constant int");
        CheckLength(length, constant.Sources, creation, frame);
        return new ArrayValue([.. Enumerable.Repeat(Zero(creation.Type.ElementType), length)], creation.Type.ElementType);
    }

    Value Items(InitializerExpressionSyntax initializer, TypeSyntax? element, Frame frame)
    {
        Value[] items = [.. initializer.Expressions.Select(e => element is null ? Among(Evaluate(e, frame), e, initializer.Expressions, null, frame) : Convert(Evaluate(e, frame, element), element, e, frame))];
        return new ArrayValue(items, element ?? items.Select(Types.Of).FirstOrDefault(t => t is not null));
    }

    void CheckLength(int length, ImmutableArray<string> sources, SyntaxNode at, Frame frame)
    {
        if (length is < 0 or > Limits.Iterations) throw Fail(Descriptors.Limit, sources, at, frame, $"'{Snippet.Of(at)}' is an array of {length} values; the compiler takes 0 to {Limits.Iterations:N0}");
    }

    Value Element(ElementAccessExpressionSyntax access, Frame frame)
    {
        var target = Evaluate(access.Expression, frame);
        if (target is not ArrayValue array || access.ArgumentList.Arguments is not [{ Expression: var index }])
            throw Fail(Descriptors.Evaluation, access, frame, $"'{Snippet.Of(access.Expression)}' is {target.Kind}, which has no elements");
        var value = Evaluate(index, frame);
        if (value is not Varying varying) return At(array, Index(value, array, access, frame));
        Step(access, frame, varying.Items.Length);
        return Combine(PerIteration(varying.Items.Length, i => At(array, Index(varying.Items[i], array, access, frame))), access, frame);
    }

    int Index(Value index, ArrayValue array, SyntaxNode at, Frame frame) => index switch
    {
        Constant { Item: int i } when i >= 0 && i < array.Items.Length => i,
        Constant { Item: int i } constant => throw Fail(Descriptors.Evaluation, constant.Sources, at, frame, $"the index {i} of '{Snippet.Of(at)}' is outside the array's {array.Items.Length} elements"),
        _ => throw Fail(Descriptors.Evaluation, at, frame, $"an index is a constant int, not {index.Kind}"),
    };
}
