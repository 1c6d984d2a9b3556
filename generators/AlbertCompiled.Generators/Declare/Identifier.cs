using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Generators.Declare;

/// <summary>Names as C# writes them.</summary>
internal static class Identifier
{
    /// <summary>A name, behind an @ if C# has a word of that spelling.</summary>
    public static string Of(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    /// <summary>PascalCase: words of letters and digits, whatever stands between them.</summary>
    public static string Pascal(string name)
    {
        var words = name.Split([.. name.Where(c => !char.IsLetterOrDigit(c))], StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? "Value" : string.Concat(words.Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
    }

    /// <summary>A dotted name, part by part.</summary>
    public static string OfDotted(string name) => string.Join(".", name.Split('.').Select(Of));
}
