using System.Globalization;
using System.Text;

namespace AlbertCompiled.Training;

/// <summary>
/// Compatibility decomposition followed by dropping combining marks. Both are context-free together (only the order of marks
/// depends on neighbours), so a table from code point to text does it: decompositions.txt, made by data/make-decompositions.py.
/// </summary>
static class Decompositions
{
    /// <summary>Characters (UTF-16) of the longest result, U+FDFA's.</summary>
    public const int Longest = 18;

    const int FirstSyllable = 0xAC00, LastSyllable = 0xD7A3, Vowels = 21, Trails = 28;

    // by code point / 256, then code point % 256
    static readonly string?[]?[] Table = Load();

    /// <summary>Writes what a code point becomes.</summary>
    /// <returns>Characters written; -1 if the code point stays as it is.</returns>
    public static int Decompose(int code, Span<char> result)
    {
        if (code is >= FirstSyllable and <= LastSyllable) return Jamo(code - FirstSyllable, result);
        if (Table[code >> 8]?[code & 0xFF] is not { } text) return -1;
        text.CopyTo(result);
        return text.Length;
    }

    // The Unicode Standard, 3.12: syllable = (lead · 21 + vowel) · 28 + trail
    static int Jamo(int syllable, Span<char> result)
    {
        result[0] = (char)(0x1100 + syllable / (Vowels * Trails));
        result[1] = (char)(0x1161 + syllable / Trails % Vowels);
        result[2] = (char)(0x11A7 + syllable % Trails);
        return syllable % Trails == 0 ? 2 : 3;
    }

    static string?[]?[] Load()
    {
        var table = new string?[]?[0x110000 >> 8];
        using var reader = new StreamReader(typeof(Decompositions).Assembly.GetManifestResourceStream("decompositions.txt")!);
        while (reader.ReadLine() is { } line)
        {
            string[] columns = line.Split('\t'), range = columns[0].Split('-');
            string text = string.Concat(columns[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => new Rune(Hex(c)).ToString()));
            for (int code = Hex(range[0]); code <= Hex(range[^1]); code++) (table[code >> 8] ??= new string?[256])[code & 0xFF] = text;
        }

        return table;
    }

    static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
