using System.Buffers;
using System.Text;

namespace AlbertCompiled.Training;

/// <summary>
/// The text normalisation of ALBERT's original code: white space collapsed, compatibility decomposition (NFKD), combining marks
/// dropped, lower case.
/// </summary>
public static class TextNormalizer
{
    static readonly SearchValues<char> Ascii = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    /// <summary>Normalises one text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="lowerCase">ALBERT's published vocabulary is lower case.</param>
    public static string Normalize(string text, bool lowerCase = true)
    {
        string result = Collapse(text);
        if (result.AsSpan().ContainsAnyExcept(Ascii)) result = Decompositions.WithoutMarks(result);
        return lowerCase ? FinalSigma(result.ToLowerInvariant()) : result;
    }

    static string Collapse(string text)
    {
        var result = new StringBuilder(text.Length);
        bool gap = false;
        foreach (char c in text)
        {
            if (IsSpace(c))
            {
                gap = true;
                continue;
            }

            if (gap && result.Length > 0) result.Append(' ');
            gap = false;
            result.Append(c);
        }

        return result.ToString();
    }

    // what the original splits at: Unicode white space and the four information separators
    static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    // σ at the end of a word is written ς (SpecialCasing.txt); no other lower case depends on its neighbours once marks are gone
    static string FinalSigma(string lower)
    {
        if (!lower.Contains('σ')) return lower;
        var result = new StringBuilder(lower);
        for (int i = 1; i < lower.Length; i++)
            if (lower[i] == 'σ' && char.IsLetter(lower[i - 1]) && (i + 1 == lower.Length || !char.IsLetter(lower[i + 1]))) result[i] = 'ς';
        return result.ToString();
    }
}
