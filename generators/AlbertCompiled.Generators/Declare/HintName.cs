using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Declare;

/// <summary>What the names of a type's generated files begin with. A file's name ignores case: where names of types differ in nothing else, a hash tells them apart.</summary>
internal static class HintName
{
    public static string Of(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        string name = DefinitionSource.MetadataName(type);
        bool IsOther(ISymbol symbol) => symbol is INamedTypeSymbol other && DefinitionSource.MetadataName(other) is var found && found != name && IsAlike(found, name);
        return compilation.GetSymbolsWithName(found => IsAlike(found, type.Name), SymbolFilter.Type, cancellation).Any(IsOther) ? FormattableString.Invariant($"{name}.{Hash(name):x8}") : name;
    }

    static bool IsAlike(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    // FNV-1a: the same on every machine
    static uint Hash(string name) => name.Aggregate(2166136261u, (hash, c) => unchecked((hash ^ c) * 16777619u));
}
