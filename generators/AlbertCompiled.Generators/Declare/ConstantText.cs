using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Generators.Declare;

/// <summary>Constants as canonical C# expressions, the same on every machine.</summary>
internal static class ConstantText
{
    /// <summary>An attribute argument as an expression, or null if the language has no such value.</summary>
    public static string? Of(TypedConstant constant) => constant switch
    {
        { Kind: TypedConstantKind.Primitive, Value: int or double or bool or string } => Of(constant.Value!),
        { Kind: TypedConstantKind.Primitive, IsNull: true } => "null",
        { Kind: TypedConstantKind.Enum, Type: { } type } => type.GetMembers().OfType<IFieldSymbol>()
            .Where(f => f.HasConstantValue && Equals(f.ConstantValue, constant.Value)).Select(f => $"{Identifier.Of(type.Name)}.{Identifier.Of(f.Name)}").FirstOrDefault(),
        _ => null,
    };

    /// <summary>An int, double, bool or string as an expression.</summary>
    public static string Of(object value) => value switch
    {
        int i => i.ToString(CultureInfo.InvariantCulture),
        double.NaN => "double.NaN",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        double d => Real(d),
        bool b => b ? "true" : "false",
        string s => SymbolDisplay.FormatLiteral(s, quote: true),
        _ => value.ToString(),
    };

    /// <summary>The shortest text that reads back as the same double, with a point or an exponent so that it stays one.</summary>
    static string Real(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.IndexOfAny(['.', 'E', 'e']) < 0 ? text + ".0" : text;
    }
}
