using System.Text;

namespace AlbertCompiled.Training;

/// <summary>
/// Lower case by Unicode's full mapping, which Python's <c>str.lower</c> has and .NET has not: İ becomes i with a dot above, Σ at the end of a word ς
/// (SpecialCasing.txt). All else is lowered character by character.
/// </summary>
static class FullLowerCase
{
    /// <summary>The text in lower case.</summary>
    public static string Of(string text)
    {
        string dotted = text.Replace("İ", "i\u0307", StringComparison.Ordinal);
        if (!dotted.Contains((char)FinalSigma.Capital)) return dotted.ToLowerInvariant();
        byte[] lowered = Encoding.UTF8.GetBytes(string.Join((char)FinalSigma.Capital, dotted.Split((char)FinalSigma.Capital).Select(p => p.ToLowerInvariant())));
        FinalSigma.Lower(lowered);
        return Encoding.UTF8.GetString(lowered);
    }
}
