using System.Globalization;
using System.Text;

namespace AlbertCompiled.Training;

/// <summary>
/// Compatibility decomposition followed by dropping combining marks. Both are context-free together (only the order of marks
/// depends on neighbours), so a table from code point to text does it: decompositions.txt, made by data/make-decompositions.py.
/// </summary>
static class Decompositions
{
    const int FirstSyllable = 0xAC00, LastSyllable = 0xD7A3, Vowels = 21, Trails = 28;

    static readonly Dictionary<int, string> Table = Load();

    public static string WithoutMarks(string text)
    {
        var result = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            if (Table.TryGetValue(rune.Value, out string? mapped)) result.Append(mapped);
            else if (rune.Value is >= FirstSyllable and <= LastSyllable) AppendJamo(result, rune.Value - FirstSyllable);
            else result.Append(units[..rune.EncodeToUtf16(units)]);
        }

        return result.ToString();
    }

    // The Unicode Standard, 3.12: syllable = (lead · 21 + vowel) · 28 + trail
    static void AppendJamo(StringBuilder result, int syllable)
    {
        result.Append((char)(0x1100 + syllable / (Vowels * Trails))).Append((char)(0x1161 + syllable / Trails % Vowels));
        if (syllable % Trails != 0) result.Append((char)(0x11A7 + syllable % Trails));
    }

    static Dictionary<int, string> Load()
    {
        var table = new Dictionary<int, string>();
        using var reader = new StreamReader(typeof(Decompositions).Assembly.GetManifestResourceStream("decompositions.txt")!);
        while (reader.ReadLine() is { } line)
        {
            string[] columns = line.Split('\t'), range = columns[0].Split('-');
            string text = string.Concat(columns[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => new Rune(Hex(c)).ToString()));
            for (int code = Hex(range[0]); code <= Hex(range[^1]); code++) table.Add(code, text);
        }

        return table;
    }

    static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
