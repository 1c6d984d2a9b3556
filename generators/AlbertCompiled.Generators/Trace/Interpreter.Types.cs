using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

// The types of expressions that are not evaluated: a number or record is of the common type of the alternatives that it stands among.
internal sealed partial class Interpreter
{
    /// <summary>A number as the common type of the expressions that it stands among.</summary>
    /// <param name="value">What <paramref name="chosen"/> evaluates to.</param>
    /// <param name="chosen">The one that is evaluated.</param>
    /// <param name="alternatives">All of them.</param>
    /// <param name="target">The type that the surroundings convert it to, or null.</param>
    /// <param name="frame">Where.</param>
    Value Among(Value value, ExpressionSyntax chosen, IEnumerable<ExpressionSyntax> alternatives, TypeSyntax? target, Frame frame)
    {
        if (!Types.IsNumber(value)) return value is Null || HasRelatives(value) ? AmongTypes(value, chosen, alternatives, target, frame) : value;
        TypeSyntax? common = null;
        foreach (var other in alternatives.Where(e => e != chosen && !IsUntyped(e)))
        {
            var type = TypeOf(other, frame);
            if (type is null && target is null && value is Constant { Item: int } or Varying { Items: [{ Item: int }, ..] })
                throw Unsupported(chosen, frame, $"it is of one type with '{Snippet.Of(other)}', of which the compiler cannot tell whether it is an int: cast that to what it is");
            if (type.Is("Tensor") || type.Is("double") && !common.Is("Tensor")) common = type;
        }

        return Convert(value, common, chosen, frame);
    }

    /// <summary>A record, an array of them, or null as the common type of the expressions that it stands among: that type's members are meant.</summary>
    Value AmongTypes(Value value, ExpressionSyntax chosen, IEnumerable<ExpressionSyntax> alternatives, TypeSyntax? target, Frame frame)
    {
        if (target is not null) return Convert(value, target, chosen, frame);
        var types = new List<TypeSyntax>();
        if (Types.Of(value) is { } own) types.Add(own);
        foreach (var other in alternatives.Where(e => e != chosen && !IsUntyped(e)))
        {
            if (TypeOf(other, frame) is { } type) types.Add(type);
            else if (value is not Null) throw Unsupported(chosen, frame, $"it is of one type with '{Snippet.Of(other)}', of which the compiler cannot tell which it is: cast that to what it is");
        }

        return types.FirstOrDefault(t => types.All(other => Converts(other, t))) is { } common ? Convert(value, common, chosen, frame) : value;
    }

    /// <summary>True for what takes its type from its surroundings.</summary>
    static bool IsUntyped(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax { Expression: var inner } => IsUntyped(inner),
        PostfixUnaryExpressionSyntax { Operand: var inner } => IsUntyped(inner),
        _ => expression is ThrowExpressionSyntax or ImplicitObjectCreationExpressionSyntax || expression.IsKind(SyntaxKind.NullLiteralExpression),
    };

    /// <summary>The type of an expression by its syntax and by the declarations that it names; null if they do not tell.</summary>
    TypeSyntax? TypeOf(ExpressionSyntax expression, Frame frame) => expression switch
    {
        LiteralExpressionSyntax literal => literal.Token.Value switch { int => Types.Int, double => Types.Double, bool => Types.Bool, string => Types.String, _ => null },
        InterpolatedStringExpressionSyntax => Types.String,
        IsPatternExpressionSyntax => Types.Bool,
        ParenthesizedExpressionSyntax { Expression: var inner } => TypeOf(inner, frame),
        ThisExpressionSyntax => frame.Owner.Named,
        PrefixUnaryExpressionSyntax { Operand: var inner } => TypeOf(inner, frame),
        PostfixUnaryExpressionSyntax { Operand: var inner } => TypeOf(inner, frame),
        BinaryExpressionSyntax binary => Arithmetic.IsArithmetic(binary.Kind()) ? Common([binary.Left, binary.Right], frame) : Types.Bool,
        ConditionalExpressionSyntax choice => Common([choice.WhenTrue, choice.WhenFalse], frame),
        SwitchExpressionSyntax choice => Common(choice.Arms.Select(arm => arm.Expression), frame),
        CastExpressionSyntax { Type: var type } => type,
        ObjectCreationExpressionSyntax { Type: var type } => type,
        ArrayCreationExpressionSyntax { Type: var type } => type,
        ImplicitArrayCreationExpressionSyntax { Initializer.Expressions: var items } => Common(items, frame) is { } element ? Types.ArrayOf(element) : null,
        ElementAccessExpressionSyntax { Expression: var array } => Types.ElementOf(TypeOf(array, frame)),
        SimpleNameSyntax { Identifier.ValueText: var name } when frame.Scope.Find(name) is { } variable => variable.Type,
        SimpleNameSyntax { Identifier.ValueText: var name } => Surrounding(frame).Select(t => MemberType(t, name, frame) ?? Captured(frame.This, t, name)?.Type).FirstOrDefault(t => t is not null),
        MemberAccessExpressionSyntax access => TypeOfMember(access.Expression, access.Name.Identifier.ValueText, frame),
        InvocationExpressionSyntax { Expression: SimpleNameSyntax { Identifier.ValueText: var method } } =>
            Returned([.. Own(method, frame).SelectMany(group => group).ToList() is { Count: > 0 } own ? own : Imported(method, expression, frame).FirstOrDefault(group => group.Any()) ?? []]),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call => TypeOfCall(access, call.ArgumentList.Arguments, frame),
        _ => null,
    };

    /// <summary>What a binary operator or a choice makes of the types of its operands.</summary>
    TypeSyntax? Common(IEnumerable<ExpressionSyntax> expressions, Frame frame)
    {
        var types = expressions.Where(e => !IsUntyped(e)).Select(e => TypeOf(e, frame)).ToList();
        return types.Any(t => t is null) ? null : new[] { "string", "Tensor", "double" }.Select(name => types.FirstOrDefault(t => t.Is(name))).FirstOrDefault(t => t is not null) ?? types.FirstOrDefault(t => types.All(other => Converts(other!, t!))) ?? types.FirstOrDefault();
    }

    TypeSyntax? TypeOfMember(ExpressionSyntax left, string name, Frame frame)
    {
        if (Type(left, frame) is { Name: var type } && WellKnown.TryGetValue($"{type}.{name}", out var known)) return Types.Of(known);
        if (Type(left, frame)?.Enum?.Member(name) is { } member) return Types.Of(new Constant(member));
        if (DefinitionOf(left, frame) is { } owner) return owner.Chain.Select(t => MemberType(t, name, frame)).FirstOrDefault(t => t is not null);
        var of = TypeOf(left, frame) ?? (Object(left, frame) is { } value ? Types.Of(value) : null);
        if (of is TupleTypeSyntax { Elements: var elements }) return elements.Select((e, i) => (e, i)).FirstOrDefault(p => p.e.Identifier.ValueText == name || $"Item{p.i + 1}" == name).e is { Type: var part } ? Types.Origin(part) : null;
        return of.Is("Tensor") && name is "Rows" or "Columns" || Types.ElementOf(of) is not null && name is "Length" ? Types.Int : null;
    }

    TypeSyntax? TypeOfCall(MemberAccessExpressionSyntax access, SeparatedSyntaxList<ArgumentSyntax> arguments, Frame frame)
    {
        string method = access.Name.Identifier.ValueText;
        return Type(access.Expression, frame) switch
        {
            { Name: "Math" } => method is "Min" or "Max" or "Abs" ? Common(arguments.Select(a => a.Expression), frame) : Types.Double,
            { Name: "Primitives" } => Returned([.. Primitives.Named(method).Select(Candidate.Of)]),
            _ => DefinitionOf(access.Expression, frame) is { } owner ? Returned([.. Methods(method, owner, null, frame).SelectMany(group => group)]) : null,
        };
    }

    /// <summary>The type that all overloads return; null if they differ.</summary>
    static TypeSyntax? Returned(IReadOnlyList<Candidate> overloads) =>
        overloads.Select(m => m.Syntax.ReturnType.ToString()).Distinct().Count() == 1 ? overloads[0].Syntax.ReturnType : null;

    /// <summary>The types whose members a frame sees by their simple names, nearest first.</summary>
    IEnumerable<DefinitionType> Surrounding(Frame frame)
    {
        for (var outer = frame.Owner; outer is not null; outer = outer.Outer)
        {
            foreach (var type in outer.Chain) yield return type;
        }

        foreach (var type in frame.Owner.File.Imports.Concat(definitions.NotImported(frame.Owner.File))) yield return type;
    }

    /// <summary>The class or record that an expression is of, or that it names; null if it is of another type, or if that takes more than declarations to say.</summary>
    DefinitionType? DefinitionOf(ExpressionSyntax expression, Frame frame) => expression switch
    {
        _ when Object(expression, frame) is ObjectValue { Declared: var type } => type,
        _ when TypeOf(expression, frame) is { } type => definitions.Find(type),
        _ => Type(expression, frame)?.Definition,
    };

    /// <summary>The value of a variable or field, where reading it has no effect; null otherwise.</summary>
    Value? Object(ExpressionSyntax expression, Frame frame) => expression switch
    {
        ThisExpressionSyntax => frame.This?.As(frame.Owner),
        SimpleNameSyntax { Identifier.ValueText: var name } when frame.Scope.Find(name) is { } variable => variable.Value,
        SimpleNameSyntax { Identifier.ValueText: var name } when frame.This is { } self => Stored(self, frame.Owner, name) ?? Captured(self, frame.Owner, name)?.Value,
        MemberAccessExpressionSyntax { Expression: var left, Name.Identifier.ValueText: var name } => Object(left, frame) is ObjectValue self ? Stored(self, self.Declared, name) : null,
        _ => null,
    };

    static Value? Stored(ObjectValue self, DefinitionType type, string name) =>
        type.Chain.Select(t => self.Members.TryGetValue((t, name), out var value) ? value : null).FirstOrDefault(v => v is not null);

    /// <summary>The type of a member that a frame sees.</summary>
    static TypeSyntax? MemberType(DefinitionType type, string name, Frame frame) => type.Modifiers(name) is { } modifiers && !type.Shows(modifiers, frame.Owner) ? null :
        type.Stored.FirstOrDefault(m => m.Name == name)?.Type
        ?? (type.Computed.TryGetValue(name, out var property) ? property.Type : null)
        ?? (type.IsRecord ? type.Parameters?.Parameters.FirstOrDefault(p => p.Identifier.ValueText == name)?.Type : null);
}
