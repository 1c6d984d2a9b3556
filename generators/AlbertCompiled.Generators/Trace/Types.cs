using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AlbertCompiled.Generators.Trace;

/// <summary>Types as C# infers them, where a conversion may depend on them.</summary>
internal static class Types
{
    public static readonly TypeSyntax Int = Predefined(SyntaxKind.IntKeyword), Double = Predefined(SyntaxKind.DoubleKeyword), Bool = Predefined(SyntaxKind.BoolKeyword),
        String = Predefined(SyntaxKind.StringKeyword), Tensor = SyntaxFactory.IdentifierName("Tensor");

    // what no conversion leads to
    static readonly TypeSyntax Any = SyntaxFactory.IdentifierName("var");

    /// <summary>The type of a variable that starts with this value; null if no conversion depends on it, or if null does not say it.</summary>
    public static TypeSyntax? Of(Value value) => value switch
    {
        Constant { Item: int } or Varying { Items: [{ Item: int }, ..] } => Int,
        Constant { Item: double } or Varying { Items: [{ Item: double }, ..] } => Double,
        Constant { Item: bool } or Varying { Items: [{ Item: bool }, ..] } => Bool,
        Constant { Item: string } or Varying { Items: [{ Item: string }, ..] } => String,
        Constant or Varying => Any,
        TensorValue or WeightValue => Tensor,
        ArrayValue { Element: { } element } => ArrayOf(element),
        TupleValue tuple => SyntaxFactory.TupleType(SyntaxFactory.SeparatedList(tuple.Items.Select(item =>
            SyntaxFactory.TupleElement(Of(item.Value) ?? Any, item.Name is { } name ? SyntaxFactory.Identifier(name) : default)))),
        _ => null,
    };

    public static ArrayTypeSyntax ArrayOf(TypeSyntax element) => SyntaxFactory.ArrayType(element, SyntaxFactory.SingletonList(SyntaxFactory.ArrayRankSpecifier()));

    /// <summary>The elements' type of an array; null for another type.</summary>
    public static TypeSyntax? ElementOf(TypeSyntax? type) => (type is NullableTypeSyntax nullable ? nullable.ElementType : type) is ArrayTypeSyntax array ? array.ElementType : null;

    public static bool IsNumber(Value value) => value is Constant { Item: int or double } or Varying { Items: [{ Item: int or double }, ..] };

    /// <summary>True for the type of this simple name.</summary>
    public static bool Is(this TypeSyntax? type, string name) => type is not null && Definitions.SimpleName(type) == name;

    static TypeSyntax Predefined(SyntaxKind keyword) => SyntaxFactory.PredefinedType(SyntaxFactory.Token(keyword));
}
