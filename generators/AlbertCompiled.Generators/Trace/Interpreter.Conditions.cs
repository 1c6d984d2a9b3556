using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

// What decides where the trace goes: conditions, patterns, exceptions.
internal sealed partial class Interpreter
{
    /// <summary>A bool that is the same in every iteration.</summary>
    Constant Condition(ExpressionSyntax expression, Frame frame) => Evaluate(expression, frame) switch
    {
        Constant { Item: bool } constant => constant,
        Varying => throw Fail(Descriptors.Iteration, expression, frame, $"'{Snippet.Of(expression)}' is not the same in every iteration of the Repeat, so it cannot decide what its one body does"),
        TensorValue or WeightValue => throw Fail(Descriptors.Evaluation, expression, frame, $"'{Snippet.Of(expression)}' depends on a tensor, whose values are not known when the model is compiled"),
        var other => throw Fail(Descriptors.Evaluation, expression, frame, $"'{Snippet.Of(expression)}' is {other.Kind}, not a bool"),
    };

    T Guarded<T>(Constant condition, Func<T> branch)
    {
        guards.Add(condition.Sources);
        var result = branch();
        guards.RemoveAt(guards.Count - 1);
        return result;
    }

    Value Conditional(ConditionalExpressionSyntax choice, Frame frame, TypeSyntax? target)
    {
        var condition = Evaluate(choice.Condition, frame);
        ExpressionSyntax[] sides = [choice.WhenTrue, choice.WhenFalse];
        if (condition is Varying { Items: [{ Item: bool }, ..] items })
        {
            // both sides, each in the iterations that take it
            ImmutableArray<bool> choose = [.. items.Select(item => (bool)item.Item)];
            var yes = During(choose, () => Side(0));
            var no = During([.. choose.Select(c => !c)], () => Side(1));
            return yes is null || no is null ? (yes ?? no)! : Combine([.. choose.Select((c, i) => Selection.At(c ? yes : no, i, choose.Length))], choice, frame);
        }

        var constant = condition is Constant { Item: bool } known ? known : Condition(choice.Condition, frame);
        return Guarded(constant, () => Side((bool)constant.Item ? 0 : 1));

        Value Side(int side) => Among(Evaluate(sides[side], frame, target), sides[side], sides, target, frame);
    }

    Value Switch(SwitchExpressionSyntax choice, Frame frame, TypeSyntax? target)
    {
        var value = Evaluate(choice.GoverningExpression, frame);
        foreach (var arm in choice.Arms)
        {
            if (arm.WhenClause is { } when) throw Unsupported(when, frame, "the arms of a switch are constants");
            var matches = Match(arm.Pattern, value, frame);
            if (matches is not Constant { Item: bool match } constant)
                throw Fail(Descriptors.Iteration, choice.GoverningExpression, frame, $"'{Snippet.Of(choice.GoverningExpression)}' is not the same in every iteration of the Repeat, so it cannot choose an arm");
            if (match) return Guarded(constant, () => Among(Evaluate(arm.Expression, frame, target), arm.Expression, choice.Arms.Select(a => a.Expression), target, frame));
        }

        throw Fail(Descriptors.Evaluation, (value as Constant)?.Sources ?? [], choice, frame, $"no arm of '{Snippet.Of(choice)}' takes {(value as Constant)?.Text ?? value.Kind}");
    }

    /// <summary>Whether a value matches: a bool, or one per iteration.</summary>
    Value Match(PatternSyntax pattern, Value value, Frame frame)
    {
        Step(pattern, frame);
        switch (pattern)
        {
            case DiscardPatternSyntax:
                return new Constant(true);
            case ParenthesizedPatternSyntax { Pattern: var inner }:
                return Match(inner, value, frame);
            case UnaryPatternSyntax { Pattern: var inner }:
                return Unary(SyntaxKind.LogicalNotExpression, Match(inner, value, frame), pattern, frame);
            case BinaryPatternSyntax both:
                return Binary(both.IsKind(SyntaxKind.AndPattern) ? SyntaxKind.LogicalAndExpression : SyntaxKind.LogicalOrExpression,
                    Match(both.Left, value, frame), Match(both.Right, value, frame), pattern, frame);
            case ConstantPatternSyntax { Expression: var expression }:
                return Matches(value, expression, frame);
            case TypePatternSyntax { Type: var type }:
                return Matches(value, type, frame);
            case RelationalPatternSyntax relational when Relations.TryGetValue(relational.OperatorToken.Kind(), out var kind):
                return Binary(kind, value, Evaluate(relational.Expression, frame), pattern, frame);
            default:
                throw Unsupported(pattern, frame, "a pattern is made of constants, null, not, and, or");
        }
    }

    static readonly Dictionary<SyntaxKind, SyntaxKind> Relations = new()
    {
        [SyntaxKind.LessThanToken] = SyntaxKind.LessThanExpression,
        [SyntaxKind.LessThanEqualsToken] = SyntaxKind.LessThanOrEqualExpression,
        [SyntaxKind.GreaterThanToken] = SyntaxKind.GreaterThanExpression,
        [SyntaxKind.GreaterThanEqualsToken] = SyntaxKind.GreaterThanOrEqualExpression,
    };

    /// <summary><c>value is constant</c>.</summary>
    Value Matches(Value value, ExpressionSyntax expression, Frame frame)
    {
        var constant = Evaluate(expression, frame);
        if (constant is Null) return new Constant(value is Null);
        if (value is Null) return new Constant(false);
        if (constant is not Constant) throw Unsupported(expression, frame, $"a pattern compares with constants, and this is {constant.Kind}");
        return Binary(SyntaxKind.EqualsExpression, value, constant, expression, frame);
    }

    /// <summary>Exceptions whose constructors take the parameter's name first, with what they say where that is all.</summary>
    static readonly ImmutableDictionary<string, string> NamedFirst = new Dictionary<string, string>
    {
        ["ArgumentOutOfRangeException"] = "Specified argument was out of the range of valid values.",
        ["ArgumentNullException"] = "Value cannot be null.",
    }.ToImmutableDictionary();

    /// <summary>A throw that the trace reaches: the definition rejects the configuration.</summary>
    TraceException Thrown(ExpressionSyntax expression, Frame frame)
    {
        if (expression is not ObjectCreationExpressionSyntax { Type: var type, ArgumentList.Arguments: [_, ..] arguments })
            return Unsupported(expression, frame, "a definition throws new exceptions with a message");
        var properties = guards.AsEnumerable().Reverse().FirstOrDefault(g => declaration.AtAttribute(g).Argument is not null);
        return Fail(Descriptors.Thrown, properties.IsDefault ? ImmutableArray<string>.Empty : properties, expression.Parent ?? expression, frame, MessageOf(Definitions.SimpleName(type), arguments, frame));
    }

    /// <summary>What a new exception says: message and name of the parameter stand as its constructors have them.</summary>
    string MessageOf(string exception, SeparatedSyntaxList<ArgumentSyntax> arguments, Frame frame)
    {
        string? fallback = NamedFirst.TryGetValue(exception, out string? known) ? known : null;
        string Text(ArgumentSyntax argument) => Evaluate(argument.Expression, frame) is Constant { Item: string text } ? text : Snippet.Of(argument.Expression);
        ArgumentSyntax? Of(string name, int position) =>
            arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == name) ?? arguments.Where((a, i) => i == position && a.NameColon is null).FirstOrDefault();
        var (message, parameter) = fallback is not null ? (Of("message", Math.Max(1, arguments.Count - 1)), Of("paramName", 0))
            : (Of("message", 0), exception == "ArgumentException" && Of("paramName", 1) is { Expression: not BaseObjectCreationExpressionSyntax } second ? second : null);
        return (message is null ? fallback ?? Snippet.Of(arguments[0]) : Text(message)) + (parameter is null ? "" : $" (Parameter '{Text(parameter)}')");
    }
}
