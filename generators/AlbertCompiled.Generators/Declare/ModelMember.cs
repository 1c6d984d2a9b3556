using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Declare;

/// <summary>A member of a model, by what C# tells members apart by.</summary>
/// <param name="Name">Its name; .ctor of a constructor.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Arity">The number of its type parameters.</param>
/// <param name="Parameters">The types of its parameters.</param>
internal sealed record ModelMember(string Name, ModelMemberKind Kind, int Arity = 0, string Parameters = "")
{
    public static ModelMember Of(ISymbol symbol) => symbol switch
    {
        IMethodSymbol method => new(method.Name, ModelMemberKind.Method, method.Arity, string.Join(", ", method.Parameters.Select(Parameter))),
        INamedTypeSymbol type => new(type.Name, ModelMemberKind.Type, type.Arity),
        _ => new(symbol.Name, ModelMemberKind.Value),
    };

    /// <summary>True if no class can have both: methods differ in parameters, types in the number of their type parameters.</summary>
    public bool ClashesWith(ModelMember other) => Name == other.Name && (Kind != other.Kind || Arity == other.Arity && Parameters == other.Parameters);

    public override string ToString() => this switch
    {
        { Kind: ModelMemberKind.Value } => $"a member '{Name}'",
        { Kind: ModelMemberKind.Type } => $"a type '{Name}'",
        { Name: Constructor } => $"a constructor ({Parameters})",
        _ => $"a method '{Name}({Parameters})'",
    };

    /// <summary>The name of constructors.</summary>
    public const string Constructor = WellKnownMemberNames.InstanceConstructorName;

    static string Parameter(IParameterSymbol parameter) => $"{(parameter.RefKind == RefKind.None ? "" : $"{parameter.RefKind} ")}{parameter.Type.ToDisplayString(Full)}";

    static readonly SymbolDisplayFormat Full = SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted);
}

/// <summary>What members are.</summary>
internal enum ModelMemberKind
{
    /// <summary>A field, a property or an event.</summary>
    Value,

    /// <summary>A method or a constructor.</summary>
    Method,

    /// <summary>A nested type.</summary>
    Type,
}
