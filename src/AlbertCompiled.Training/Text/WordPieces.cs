using System.Globalization;

namespace AlbertCompiled.Training;

/// <summary>The rules of ALBERT's original code about single pieces.</summary>
public static class WordPieces
{
    // not complete: the apostrophe, "<", "=" and ">" are missing in the original as well
    const string Punctuation = "!\"#$%&\"()*+,-./:;?@[\\]^_`{|}~";

    /// <summary>
    /// True if a piece starts a word: it begins with "▁" or "&lt;", is a single punctuation mark, or has a character that is neither
    /// an English letter nor punctuation (text in other scripts is masked piece by piece).
    /// </summary>
    public static bool StartsWord(string piece)
    {
        if (piece.Length == 0 || piece[0] is '▁' or '<') return true;
        if (piece.Length == 1 && Punctuation.Contains(piece[0])) return true;
        foreach (char c in piece)
            if (!char.IsAsciiLetter(c) && !Punctuation.Contains(c)) return true;
        return false;
    }

    /// <summary>True if a piece is to be split before its comma.</summary>
    public static bool EndsInDigitAndComma(string piece) => piece.Length > 1 && piece[^1] == ',' && CharUnicodeInfo.GetDigitValue(piece[^2]) >= 0;

    /// <summary>A piece for people: without "▁" where it starts a word, with a hyphen where it goes on with one.</summary>
    public static string Shown(string piece) =>
        piece is ['▁', _, ..] ? piece[1..] : piece.Length > 0 && char.IsLetterOrDigit(piece[0]) ? "-" + piece : piece;
}
