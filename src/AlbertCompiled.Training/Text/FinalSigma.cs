using System.Globalization;
using System.Text;

namespace AlbertCompiled.Training;

/// <summary>
/// The one letter whose lower case depends on its neighbours (SpecialCasing.txt): Σ is ς at the end of a word of several letters,
/// σ elsewhere. Letters and what goes unnoticed between them are those of the Unicode Standard, 3.13 (Cased, Case_Ignorable).
/// </summary>
static class FinalSigma
{
    /// <summary>Σ.</summary>
    public const int Capital = 0x3A3;

    // Word_Break = MidLetter, MidNumLet or Single_Quote; the escaped ones are those that compatibility decomposition replaces
    const string IgnoredPunctuation = "'.:·՟״‘’․‧\u0387\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";

    // what has a case, though its category tells none: ª º, Roman numerals, circled and squared letters
    static readonly (int First, int Last)[] OtherLetters = [(0xAA, 0xAA), (0xBA, 0xBA), (0x2160, 0x217F), (0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)];

    /// <summary>Writes each Σ of UTF-8 text in lower case, which has as many bytes.</summary>
    public static void Lower(Span<byte> text)
    {
        var capital = "Σ"u8;
        for (int i = text.IndexOf(capital), next; i >= 0; i = next < 0 ? -1 : i + 2 + next)
        {
            bool final = FollowsLetter(text[..i]) && !PrecedesLetter(text[(i + 2)..]);
            (final ? "ς"u8 : "σ"u8).CopyTo(text[i..]);
            next = text[(i + 2)..].IndexOf(capital);
        }
    }

    static bool FollowsLetter(ReadOnlySpan<byte> before)
    {
        while (Rune.DecodeLastFromUtf8(before, out var rune, out int used) == System.Buffers.OperationStatus.Done)
        {
            if (!IsIgnored(rune)) return IsLetter(rune);
            before = before[..^used];
        }

        return false;
    }

    static bool PrecedesLetter(ReadOnlySpan<byte> after)
    {
        while (Rune.DecodeFromUtf8(after, out var rune, out int used) == System.Buffers.OperationStatus.Done)
        {
            if (!IsIgnored(rune)) return IsLetter(rune);
            after = after[used..];
        }

        return false;
    }

    static bool IsLetter(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || OtherLetters.Any(r => rune.Value >= r.First && rune.Value <= r.Last);

    static bool IsIgnored(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || rune.IsBmp && IgnoredPunctuation.Contains((char)rune.Value);
}
