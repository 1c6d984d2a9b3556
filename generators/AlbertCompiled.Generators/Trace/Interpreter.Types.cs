using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

// The one case in which a value depends on the type of something that is not evaluated: alternatives of int and double are double.
internal sealed partial class Interpreter
{
    /// <summary>The value as the common type of the expressions that it stands among.</summary>
    Value Among(Value value, IEnumerable<ExpressionSyntax> alternatives, Frame frame) =>
        value is Constant { Item: int } or Varying { Items: [{ Item: int }, ..] } && alternatives.Any(e => IsDouble(e, frame)) ? ToDouble(value) : value;

    static Value ToDouble(Value value) => value switch
    {
        Constant { Item: int number } constant => new Constant((double)number, constant.Sources),
        Varying { Items: [{ Item: int }, ..] items } => new Varying([.. items.Select(i => new Constant(Arithmetic.ToDouble(i.Item), i.Sources))]),
        _ => value,
    };

    /// <summary>Whether an expression is a double by its syntax and by the declarations that it names.</summary>
    bool IsDouble(ExpressionSyntax expression, Frame frame) => expression switch
    {
        LiteralExpressionSyntax literal => literal.Token.Value is double,
        ParenthesizedExpressionSyntax { Expression: var inner } => IsDouble(inner, frame),
        PrefixUnaryExpressionSyntax { Operand: var inner } => IsDouble(inner, frame),
        BinaryExpressionSyntax binary when Arithmetic.IsArithmetic(binary.Kind()) => IsDouble(binary.Left, frame) || IsDouble(binary.Right, frame),
        ConditionalExpressionSyntax choice => IsDouble(choice.WhenTrue, frame) || IsDouble(choice.WhenFalse, frame),
        SwitchExpressionSyntax choice => choice.Arms.Any(arm => IsDouble(arm.Expression, frame)),
        CastExpressionSyntax { Type: var type } => IsDouble(type),
        ElementAccessExpressionSyntax { Expression: SimpleNameSyntax array } => Object(array, frame) is ArrayValue { Items: [Constant { Item: double }, ..] },
        SimpleNameSyntax name when frame.Scope.Find(name.Identifier.ValueText) is { } variable => variable.Type is { } type ? IsDouble(type) : variable.Value is Constant { Item: double },
        SimpleNameSyntax name => Surrounding(frame).Any(t => MemberType(t, name.Identifier.ValueText) is { } type && IsDouble(type)),
        MemberAccessExpressionSyntax { Expression: PredefinedTypeSyntax or IdentifierNameSyntax { Identifier.ValueText: "Math" } } access => access.Expression.ToString() is "Math" or "double",
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Expression: var left } =>
            TypeOf(left, frame) is { } owner && owner.Chain.Any(t => MemberType(t, name) is { } type && IsDouble(type)),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Math" }, Name.Identifier.ValueText: var function } } call =>
            function is not ("Min" or "Max") || call.ArgumentList.Arguments.Any(a => IsDouble(a.Expression, frame)),
        InvocationExpressionSyntax { Expression: SimpleNameSyntax { Identifier.ValueText: var method } } => Surrounding(frame).SelectMany(t => Declared(method, t, null)).Take(1).Any(m => IsDouble(m.Syntax.ReturnType)),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var left, Name.Identifier.ValueText: var method } } =>
            TypeOf(left, frame) is { } owner && Methods(method, owner, null).Take(1).Any(m => IsDouble(m.Syntax.ReturnType)),
        _ => false,
    };

    static bool IsDouble(TypeSyntax type) => type is PredefinedTypeSyntax { Keyword.ValueText: "double" };

    /// <summary>The types whose members a frame sees by their simple names, nearest first.</summary>
    IEnumerable<DefinitionType> Surrounding(Frame frame)
    {
        for (var outer = frame.Owner; outer is not null; outer = outer.Outer)
        {
            foreach (var type in outer.Chain) yield return type;
        }

        foreach (var type in definitions.Imports) yield return type;
    }

    /// <summary>The class or record that an expression is of; null if it is of another type, or if that takes more than declarations to say.</summary>
    DefinitionType? TypeOf(ExpressionSyntax expression, Frame frame) => expression switch
    {
        _ when Object(expression, frame) is ObjectValue { Type: var type } => type,
        ObjectCreationExpressionSyntax { Type: var type } => definitions.Find(Definitions.SimpleName(type), frame.Owner),
        MemberAccessExpressionSyntax { Expression: var left, Name.Identifier.ValueText: var name } when TypeOf(left, frame) is { } owner =>
            owner.Chain.Select(t => MemberType(t, name)).FirstOrDefault(t => t is not null) is { } type ? definitions.Find(Definitions.SimpleName(type), owner) : null,
        InvocationExpressionSyntax { Expression: SimpleNameSyntax { Identifier.ValueText: var method } } =>
            Surrounding(frame).SelectMany(t => Declared(method, t, null)).FirstOrDefault() is { } candidate ? definitions.Find(Definitions.SimpleName(candidate.Syntax.ReturnType), frame.Owner) : null,
        _ => Type(expression, frame)?.Definition,
    };

    /// <summary>The value of a variable or field, where reading it has no effect; null otherwise.</summary>
    Value? Object(ExpressionSyntax expression, Frame frame) => expression switch
    {
        ThisExpressionSyntax => frame.This,
        SimpleNameSyntax { Identifier.ValueText: var name } when frame.Scope.Find(name) is { } variable => variable.Value,
        SimpleNameSyntax { Identifier.ValueText: var name } when frame.This is { } self => Stored(self, frame.Owner, name),
        MemberAccessExpressionSyntax { Expression: var left, Name.Identifier.ValueText: var name } => Object(left, frame) is ObjectValue self ? Stored(self, self.Type, name) : null,
        _ => null,
    };

    static Value? Stored(ObjectValue self, DefinitionType type, string name) =>
        type.Chain.Select(t => self.Members.TryGetValue((t, name), out var value) ? value : null).FirstOrDefault(v => v is not null);

    static TypeSyntax? MemberType(DefinitionType type, string name) =>
        type.Stored.FirstOrDefault(m => m.Name == name)?.Type
        ?? (type.Computed.TryGetValue(name, out var property) ? property.Type : null)
        ?? (type.IsRecord ? type.Parameters?.Parameters.FirstOrDefault(p => p.Identifier.ValueText == name)?.Type : null);
}
