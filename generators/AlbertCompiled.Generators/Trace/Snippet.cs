using System.Text;
using Microsoft.CodeAnalysis;

namespace AlbertCompiled.Generators.Trace;

/// <summary>Syntax as one line of text.</summary>
internal static class Snippet
{
    const int Longest = 80;

    /// <summary>The whole node on one line, spaced as C# usually is.</summary>
    public static string Line(SyntaxNode node)
    {
        var text = new StringBuilder();
        bool space = false;
        foreach (char c in node.NormalizeWhitespace(indentation: "", eol: " ").ToString())
        {
            if (!char.IsWhiteSpace(c)) text.Append(space && text.Length > 0 ? " " : "").Append(c);
            space = char.IsWhiteSpace(c);
        }

        return text.ToString();
    }

    /// <summary>The line, shortened for a message.</summary>
    public static string Of(SyntaxNode node)
    {
        string line = Line(node);
        return line.Length <= Longest ? line : line.Substring(0, Longest - 1) + "…";
    }
}
