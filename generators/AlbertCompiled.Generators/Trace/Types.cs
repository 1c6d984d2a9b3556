using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
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

    /// <summary>The type of a variable that starts with this value; null if nothing depends on it, or if null does not say it.</summary>
    public static TypeSyntax? Of(Value value) => value switch
    {
        Constant { Item: int } or Varying { Items: [{ Item: int }, ..] } => Int,
        Constant { Item: double } or Varying { Items: [{ Item: double }, ..] } => Double,
        Constant { Item: bool } or Varying { Items: [{ Item: bool }, ..] } => Bool,
        Constant { Item: string } or Varying { Items: [{ Item: string }, ..] } => String,
        Constant or Varying => Any,
        TensorValue or WeightValue => Tensor,
        ObjectValue instance => instance.Declared.Named,
        Null nothing => nothing.Type,
        ArrayValue { Element: { } element } => ArrayOf(element),
        TupleValue tuple => SyntaxFactory.TupleType(SyntaxFactory.SeparatedList(tuple.Items.Select(item =>
            SyntaxFactory.TupleElement(Copy(Of(item.Value) ?? Any), item.Name is { } name ? SyntaxFactory.Identifier(name) : default)))),
        _ => null,
    };

    public static ArrayTypeSyntax ArrayOf(TypeSyntax element) => SyntaxFactory.ArrayType(Copy(element), SyntaxFactory.SingletonList(SyntaxFactory.ArrayRankSpecifier()));

    /// <summary>The elements' type of an array; null for another type.</summary>
    public static TypeSyntax? ElementOf(TypeSyntax? type) => (type is NullableTypeSyntax nullable ? nullable.ElementType : type) is ArrayTypeSyntax array ? Origin(array.ElementType) : null;

    public static bool IsNumber(Value value) => value is Constant { Item: int or double } or Varying { Items: [{ Item: int or double }, ..] };

    /// <summary>True for the type of this simple name.</summary>
    public static bool Is(this TypeSyntax? type, string name) => type is not null && Definitions.SimpleName(type) == name;

    /// <summary>The type that a copy was made of, which stands where its names have their meaning.</summary>
    public static TypeSyntax Origin(TypeSyntax type) => type.GetAnnotations(Copied).FirstOrDefault() is { } mark && Origins.TryGetValue(mark, out var origin) ? origin : type;

    // types that other types hold are copies, which stand nowhere
    const string Copied = "copy";

    static readonly ConditionalWeakTable<SyntaxAnnotation, TypeSyntax> Origins = new();

    static TypeSyntax Copy(TypeSyntax type)
    {
        if (type.HasAnnotations(Copied)) return type;
        var mark = new SyntaxAnnotation(Copied);
        Origins.Add(mark, type);
        return type.WithAdditionalAnnotations(mark);
    }

    static TypeSyntax Predefined(SyntaxKind keyword) => SyntaxFactory.PredefinedType(SyntaxFactory.Token(keyword));
}
