using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>The C# that a definition may use, as kinds of syntax. A method is checked as a whole, whatever a configuration reaches of it.</summary>
internal static class Subset
{
    static readonly HashSet<SyntaxKind> Kinds =
    [
        // statements
        SyntaxKind.Block, SyntaxKind.LocalDeclarationStatement, SyntaxKind.VariableDeclaration, SyntaxKind.VariableDeclarator, SyntaxKind.EqualsValueClause,
        SyntaxKind.ExpressionStatement, SyntaxKind.EmptyStatement, SyntaxKind.IfStatement, SyntaxKind.ElseClause, SyntaxKind.ForStatement,
        SyntaxKind.ForEachStatement, SyntaxKind.ForEachVariableStatement, SyntaxKind.ReturnStatement, SyntaxKind.ThrowStatement, SyntaxKind.ThrowExpression,
        SyntaxKind.ArrowExpressionClause,

        // assignments
        SyntaxKind.SimpleAssignmentExpression, SyntaxKind.AddAssignmentExpression, SyntaxKind.SubtractAssignmentExpression,
        SyntaxKind.MultiplyAssignmentExpression, SyntaxKind.DivideAssignmentExpression, SyntaxKind.ModuloAssignmentExpression,
        SyntaxKind.PostIncrementExpression, SyntaxKind.PostDecrementExpression, SyntaxKind.PreIncrementExpression, SyntaxKind.PreDecrementExpression,
        SyntaxKind.DeclarationExpression, SyntaxKind.SingleVariableDesignation, SyntaxKind.ParenthesizedVariableDesignation, SyntaxKind.DiscardDesignation,

        // names and types
        SyntaxKind.IdentifierName, SyntaxKind.GenericName, SyntaxKind.QualifiedName, SyntaxKind.AliasQualifiedName, SyntaxKind.TypeArgumentList,
        SyntaxKind.NullableType, SyntaxKind.ArrayType, SyntaxKind.ArrayRankSpecifier, SyntaxKind.OmittedArraySizeExpression,
        SyntaxKind.TupleType, SyntaxKind.TupleElement, SyntaxKind.ThisExpression, SyntaxKind.BaseExpression,

        // calls and members
        SyntaxKind.InvocationExpression, SyntaxKind.ArgumentList, SyntaxKind.Argument, SyntaxKind.NameColon, SyntaxKind.SimpleMemberAccessExpression,
        SyntaxKind.ElementAccessExpression, SyntaxKind.BracketedArgumentList, SyntaxKind.SimpleLambdaExpression, SyntaxKind.ParenthesizedLambdaExpression,
        SyntaxKind.ParameterList, SyntaxKind.Parameter,

        // values
        SyntaxKind.NumericLiteralExpression, SyntaxKind.StringLiteralExpression, SyntaxKind.TrueLiteralExpression, SyntaxKind.FalseLiteralExpression,
        SyntaxKind.NullLiteralExpression, SyntaxKind.InterpolatedStringExpression, SyntaxKind.InterpolatedStringText, SyntaxKind.Interpolation,
        SyntaxKind.TupleExpression, SyntaxKind.CollectionExpression, SyntaxKind.ExpressionElement, SyntaxKind.SpreadElement,
        SyntaxKind.ArrayCreationExpression, SyntaxKind.ImplicitArrayCreationExpression, SyntaxKind.ArrayInitializerExpression,
        SyntaxKind.ObjectCreationExpression, SyntaxKind.ImplicitObjectCreationExpression,

        // operators
        SyntaxKind.ParenthesizedExpression, SyntaxKind.CastExpression, SyntaxKind.SuppressNullableWarningExpression, SyntaxKind.ConditionalExpression,
        SyntaxKind.UnaryMinusExpression, SyntaxKind.UnaryPlusExpression, SyntaxKind.LogicalNotExpression,
        SyntaxKind.AddExpression, SyntaxKind.SubtractExpression, SyntaxKind.MultiplyExpression, SyntaxKind.DivideExpression, SyntaxKind.ModuloExpression,
        SyntaxKind.LessThanExpression, SyntaxKind.LessThanOrEqualExpression, SyntaxKind.GreaterThanExpression, SyntaxKind.GreaterThanOrEqualExpression,
        SyntaxKind.EqualsExpression, SyntaxKind.NotEqualsExpression, SyntaxKind.LogicalAndExpression, SyntaxKind.LogicalOrExpression, SyntaxKind.IsExpression,

        // patterns
        SyntaxKind.IsPatternExpression, SyntaxKind.SwitchExpression, SyntaxKind.SwitchExpressionArm, SyntaxKind.ConstantPattern, SyntaxKind.TypePattern,
        SyntaxKind.NotPattern, SyntaxKind.AndPattern, SyntaxKind.OrPattern, SyntaxKind.ParenthesizedPattern, SyntaxKind.DiscardPattern, SyntaxKind.RelationalPattern,
    ];

    /// <summary>The outermost nodes of a body, a type or a list of parameters that the language does not have.</summary>
    public static IEnumerable<SyntaxNode> Violations(SyntaxNode syntax) => syntax.DescendantNodesAndSelf(Has).Where(node => !Has(node));

    static bool Has(SyntaxNode node) => node is PredefinedTypeSyntax { Keyword: var keyword }
        ? keyword.Kind() is SyntaxKind.IntKeyword or SyntaxKind.DoubleKeyword or SyntaxKind.BoolKeyword or SyntaxKind.StringKeyword or SyntaxKind.VoidKeyword
        : Kinds.Contains(node.Kind());

    /// <summary>A kind in words: while statement.</summary>
    public static string Describe(SyntaxNode node) => node is PredefinedTypeSyntax type ? $"type {type}" : string.Concat(node.Kind().ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));
}
