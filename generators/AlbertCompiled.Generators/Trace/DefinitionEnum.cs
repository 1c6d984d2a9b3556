using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>An enum: its members with their numbers.</summary>
/// <param name="Name">Its simple name.</param>
/// <param name="Members">In order.</param>
internal sealed record DefinitionEnum(string Name, EquatableArray<(string Name, long Number)> Members)
{
    /// <summary>A member whose number takes more than arithmetic to find; null in an enum that can be used.</summary>
    public EnumMemberDeclarationSyntax? Unknown { get; init; }

    /// <summary>What a field holds that says nothing else.</summary>
    public EnumMember Zero => Numbered(0);

    /// <summary>The member of this number, or the number itself if none has it.</summary>
    public EnumMember Numbered(long number) => Members.FirstOrDefault(m => m.Number == number) is { Name: { } name } ? Member(name)! : new(this, number.ToString(System.Globalization.CultureInfo.InvariantCulture), number);

    /// <summary>The member of this name, or null.</summary>
    public EnumMember? Member(string name)
    {
        if (!Members.Any(m => m.Name == name)) return null;
        long number = Members.First(m => m.Name == name).Number;
        return new(this, name, number) { HasTwin = Members.Count(m => m.Number == number) > 1 };
    }

    public static DefinitionEnum Of(EnumDeclarationSyntax syntax)
    {
        string name = syntax.Identifier.ValueText;
        var members = new List<(string Name, long Number)>();
        EnumMemberDeclarationSyntax? unknown = null;
        foreach (var member in syntax.Members)
        {
            long? number = member.EqualsValue is { Value: var value } ? Number(value) : members.Count == 0 ? 0 : members[members.Count - 1].Number + 1;
            if (number is null) unknown ??= member;
            members.Add((member.Identifier.ValueText, number ?? 0));
        }

        return new(name, new([.. members])) { Unknown = unknown };

        long? Number(ExpressionSyntax expression) => expression switch
        {
            LiteralExpressionSyntax { Token.Value: int or uint or long } literal => System.Convert.ToInt64(literal.Token.Value),
            ParenthesizedExpressionSyntax { Expression: var inner } => Number(inner),
            IdentifierNameSyntax { Identifier.ValueText: var other } => Of(other),
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var other, Expression: IdentifierNameSyntax { Identifier.ValueText: var type } } when type == name => Of(other),
            PrefixUnaryExpressionSyntax unary => (unary.Kind(), Number(unary.Operand)) switch
            {
                (SyntaxKind.UnaryMinusExpression, { } a) => -a,
                (SyntaxKind.UnaryPlusExpression, { } a) => a,
                _ => null,
            },
            BinaryExpressionSyntax binary => (binary.Kind(), Number(binary.Left), Number(binary.Right)) switch
            {
                (SyntaxKind.AddExpression, { } a, { } b) => a + b,
                (SyntaxKind.SubtractExpression, { } a, { } b) => a - b,
                (SyntaxKind.MultiplyExpression, { } a, { } b) => a * b,
                (SyntaxKind.BitwiseOrExpression, { } a, { } b) => a | b,
                (SyntaxKind.LeftShiftExpression, { } a, >= 0 and < 31 and var b) => a << (int)b,
                _ => null,
            },
            _ => null,
        };

        long? Of(string other) => members.Any(m => m.Name == other) ? members.First(m => m.Name == other).Number : null;
    }
}
