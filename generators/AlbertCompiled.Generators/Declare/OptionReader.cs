using System.Collections.Immutable;
using AlbertCompiled.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Declare;

/// <summary>Reads the attributes that choose how a model is compiled. C# lets numbers pass that mean nothing, and enum values that have no name.</summary>
internal static class OptionReader
{
    // more than a batch has: all of them
    const int MostLogitRows = 1 << 20;

    /// <summary>The rows of <c>[LogitRows]</c>; 0 without one.</summary>
    public static int LogitRows(ImmutableArray<AttributeData> attributes, string model, ImmutableArray<DiagnosticInfo>.Builder diagnostics)
    {
        if (Declarer.Find(attributes, "LogitRowsAttribute") is not { ConstructorArguments: [{ Value: int rows }] }) return 0;
        if (rows < 0) diagnostics.Add(Refusal("LogitRowsAttribute", model, $"[LogitRows] takes a number of rows, or 0 to leave it to the compiler, not {ConstantText.Of(rows)}"));
        return Math.Min(Math.Max(rows, 0), MostLogitRows);
    }

    /// <summary>The enum argument of an attribute by the name of its member; the first member without one.</summary>
    public static T Choice<T>(ImmutableArray<AttributeData> attributes, string attribute, string model, ImmutableArray<DiagnosticInfo>.Builder diagnostics) where T : struct
    {
        if (Declarer.Find(attributes, attribute) is not { ConstructorArguments: [{ Kind: TypedConstantKind.Enum } argument] }) return default;
        if (ConstantText.Of(argument) is { } text && Enum.TryParse(text.Substring(text.LastIndexOf('.') + 1), out T value)) return value;
        diagnostics.Add(Refusal(attribute, model, NoSuchValue(argument.Type!, argument)));
        return default;
    }

    /// <summary>What is wrong with a number that no member of an enum has.</summary>
    public static string NoSuchValue(ITypeSymbol type, TypedConstant argument)
    {
        string values = string.Join(", ", type.GetMembers().OfType<IFieldSymbol>().Where(f => f.HasConstantValue).Select(f => f.Name));
        return FormattableString.Invariant($"{type.Name} has no value {argument.Value}: choose one of {values}");
    }

    static DiagnosticInfo Refusal(string attribute, string model, string message) => new(Descriptors.Option, new Place(model) { Attribute = $"AlbertCompiled.{attribute}" }, message);
}
