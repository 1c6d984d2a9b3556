using System.Text;

namespace AlbertCompiled.Training;

/// <summary>
/// The text normalisation of ALBERT's original code: white space collapsed, compatibility decomposition (NFKD), combining marks
/// dropped, lower case.
/// </summary>
public static class TextNormalizer
{
    const byte Space = 0xFF; // in the tables: white space

    // what becomes of ASCII characters
    static readonly byte[] Kept = [.. Enumerable.Range(0, 0x80).Select(c => IsSpace((char)c) ? Space : (byte)c)];
    static readonly byte[] Lowered = [.. Kept.Select(c => c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c)];

    /// <summary>Normalises one text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="lowerCase">ALBERT's published vocabulary is lower case.</param>
    public static string Normalize(string text, bool lowerCase = true)
    {
        var result = new MappedText();
        Normalize(text, lowerCase, mapped: false, result);
        return Encoding.UTF8.GetString(result.Bytes);
    }

    /// <summary>The same into UTF-8, with places if wanted.</summary>
    internal static void Normalize(ReadOnlySpan<char> text, bool lowerCase, bool mapped, MappedText result)
    {
        result.Clear(text.Length, mapped);
        byte[] ascii = lowerCase ? Lowered : Kept;
        bool gap = false, anything = false, capitalSigma = false;
        for (int i = 0, used; i < text.Length; i += used)
        {
            used = 1;
            char c = text[i];
            bool isAscii = c < 0x80;
            if (isAscii ? ascii[c] == Space : char.IsWhiteSpace(c))
            {
                gap = anything;
                continue;
            }

            if (gap) result.Append((byte)' ', i, i);
            gap = false;
            anything = true;
            if (isAscii)
            {
                result.Append(ascii[c], i, i + 1);
                continue;
            }

            Rune.DecodeFromUtf16(text[i..], out var rune, out used);
            capitalSigma |= Append(rune, lowerCase, i, i + used, result);
        }

        if (capitalSigma) FinalSigma.Lower(result.Writable);
    }

    // what Python splits at: Unicode white space and the four information separators
    internal static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    // true if a capital sigma was written: its lower case depends on its neighbours
    static bool Append(Rune rune, bool lowerCase, int start, int end, MappedText result)
    {
        Span<char> decomposed = stackalloc char[Decompositions.Longest];
        int length = Decompositions.Decompose(rune.Value, decomposed);
        if (length < 0) length = rune.EncodeToUtf16(decomposed);
        if (length == 0) result.ExtendLast(end);
        bool sigma = false;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var part in decomposed[..length].EnumerateRunes())
        {
            bool isSigma = lowerCase && part.Value == FinalSigma.Capital;
            sigma |= isSigma;
            var written = lowerCase && !isSigma ? Rune.ToLowerInvariant(part) : part;
            result.Append(bytes[..written.EncodeToUtf8(bytes)], start, end);
        }

        return sigma;
    }
}
