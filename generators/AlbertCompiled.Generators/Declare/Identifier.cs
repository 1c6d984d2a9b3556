using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Generators.Declare;

/// <summary>Names as C# writes them.</summary>
internal static class Identifier
{
    /// <summary>A name, behind an @ if C# has a word of that spelling.</summary>
    public static string Of(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    /// <summary>A dotted name, part by part.</summary>
    public static string OfDotted(string name) => string.Join(".", name.Split('.').Select(Of));
}
