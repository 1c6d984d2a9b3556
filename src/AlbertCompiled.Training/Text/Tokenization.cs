namespace AlbertCompiled.Training;

/// <summary>A part of a text.</summary>
/// <param name="Start">The first character (UTF-16).</param>
/// <param name="Length">Characters.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>The first character behind it.</summary>
    public int End => Start + Length;
}

/// <summary>A text in pieces of a vocabulary, without special pieces; three lists of the same length.</summary>
/// <param name="Ids">The ids.</param>
/// <param name="Pieces">The pieces, "▁" where a word starts.</param>
/// <param name="Offsets">
/// The part of the original text that each piece stands for, without the white space before a word. Pieces of one character that
/// normalisation spells in several ("½") have the same part; marks that it drops belong to the character before them.
/// </param>
public sealed record Tokenization(int[] Ids, string[] Pieces, TextSpan[] Offsets);
