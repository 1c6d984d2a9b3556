using System.Globalization;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>What a token of PTX is.</summary>
enum PtxTokenKind
{
    /// <summary>An opcode with its modifiers, a directive, a register, a label: <c>ld.global.v4.f32</c>, <c>.reg</c>, <c>%r1</c>.</summary>
    Word,

    /// <summary>An integer or a float, as 64 bits.</summary>
    Number,

    /// <summary>A single character.</summary>
    Mark,

    /// <summary>A string.</summary>
    Text,

    /// <summary>The end of the text.</summary>
    End,
}

/// <summary>A token of PTX.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Text">Its characters.</param>
/// <param name="Bits">A number's value: integers as they are, <c>0f…</c> as 32 bits, decimals with a point as doubles.</param>
/// <param name="Line">Line in the text, from 1.</param>
readonly record struct PtxToken(PtxTokenKind Kind, string Text, ulong Bits, int Line)
{
    public bool Is(char mark) => Kind == PtxTokenKind.Mark && Text[0] == mark;

    public bool Is(string word) => Kind == PtxTokenKind.Word && Text == word;

    /// <summary>Cuts a text into tokens; comments vanish.</summary>
    /// <exception cref="PtxException">A character or number that PTX does not know.</exception>
    public static List<PtxToken> Read(string text)
    {
        var tokens = new List<PtxToken>();
        int line = 1, i = 0;
        while (i < text.Length)
        {
            char c = text[i];
            if (c == '\n') line++;
            if (char.IsWhiteSpace(c) || c == '\0')
            {
                i++;
            }
            else if (c == '/' && i + 1 < text.Length && text[i + 1] == '/')
            {
                while (i < text.Length && text[i] != '\n') i++;
            }
            else if (c == '/' && i + 1 < text.Length && text[i + 1] == '*')
            {
                int end = text.IndexOf("*/", i + 2, StringComparison.Ordinal);
                if (end < 0) throw new PtxException(line, "a comment does not end");
                line += text.AsSpan(i, end - i).Count('\n');
                i = end + 2;
            }
            else if (c == '"')
            {
                int end = text.IndexOf('"', i + 1);
                if (end < 0) throw new PtxException(line, "a string does not end");
                tokens.Add(new(PtxTokenKind.Text, text[(i + 1)..end], 0, line));
                i = end + 1;
            }
            else if (char.IsAsciiDigit(c))
            {
                int start = i;
                while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] == '.')) i++;
                tokens.Add(new(PtxTokenKind.Number, text[start..i], Number(text[start..i], line), line));
            }
            else if (StartsWord(c))
            {
                int start = i++;
                while (i < text.Length && (ContinuesWord(text[i]) || IsDoubleColon(text, i))) i += text[i] == ':' ? 2 : 1;
                tokens.Add(new(PtxTokenKind.Word, text[start..i], 0, line));
            }
            else if ("{}[]()<>@!:;,+-|=".Contains(c))
            {
                tokens.Add(new(PtxTokenKind.Mark, c.ToString(), 0, line));
                i++;
            }
            else
            {
                throw new PtxException(line, $"unexpected character '{c}'");
            }
        }

        tokens.Add(new(PtxTokenKind.End, "end of text", 0, line));
        return tokens;
    }

    static bool StartsWord(char c) => char.IsAsciiLetter(c) || c is '_' or '%' or '$' or '.';

    static bool ContinuesWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '%' or '$' or '.';

    static bool IsDoubleColon(string text, int i) => text[i] == ':' && i + 2 < text.Length && text[i + 1] == ':' && char.IsAsciiLetterOrDigit(text[i + 2]);

    static ulong Number(string text, int line)
    {
        if (text.StartsWith("0f", StringComparison.OrdinalIgnoreCase) && text.Length == 10 && uint.TryParse(text[2..], NumberStyles.HexNumber, null, out uint single)) return single;
        if (text.StartsWith("0d", StringComparison.OrdinalIgnoreCase) && text.Length == 18 && ulong.TryParse(text[2..], NumberStyles.HexNumber, null, out ulong wide)) return wide;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && ulong.TryParse(text[2..].TrimEnd('U', 'u'), NumberStyles.HexNumber, null, out ulong hex)) return hex;
        if (text.Contains('.') && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)) return BitConverter.DoubleToUInt64Bits(value);
        if (ulong.TryParse(text.TrimEnd('U', 'u'), NumberStyles.None, null, out ulong integer)) return integer;
        throw new PtxException(line, $"not a number: {text}");
    }
}
