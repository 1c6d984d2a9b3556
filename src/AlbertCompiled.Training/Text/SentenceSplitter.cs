using System.Text.RegularExpressions;

namespace AlbertCompiled.Training;

/// <summary>Cuts a paragraph of English at full stops, exclamation and question marks that a capital follows.</summary>
public static partial class SentenceSplitter
{
    /// <summary>The sentences of <paramref name="paragraph"/>, white space collapsed.</summary>
    public static IEnumerable<string> Split(string paragraph)
    {
        string text = WhiteSpace().Replace(paragraph, " ").Trim();
        if (text.Length == 0) yield break;
        string current = "";
        foreach (string part in Boundary().Split(text))
        {
            current = current.Length == 0 ? part : current + " " + part;
            if (Abbreviation().IsMatch(current)) continue;
            yield return current;
            current = "";
        }

        if (current.Length > 0) yield return current;
    }

    /// <summary>True if a line looks like a whole sentence: its end is one.</summary>
    public static bool EndsSentence(ReadOnlySpan<char> line)
    {
        line = line.TrimEnd().TrimEnd("\"')]”’»");
        return line.Length > 0 && line[^1] is '.' or '!' or '?' or ':' or ';' or '…';
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex("""(?<=[.!?])\s+(?=[A-Z"'(])""")]
    private static partial Regex Boundary();

    [GeneratedRegex(@"(?:e\.g|i\.e|etc|vs|cf|Mr|Mrs|Dr|No|St|[A-Z])\.$")]
    private static partial Regex Abbreviation();
}
