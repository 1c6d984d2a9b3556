using System.Text;

namespace AlbertCompiled.Training;

/// <summary>
/// A SentencePiece model's own normalisation: its character map, white space collapsed, a space before the first word. The result
/// writes white space as a space, one byte, where pieces have "▁", three.
/// </summary>
sealed class PieceNormalizer
{
    const byte Space = (byte)' ';

    readonly CharacterMap? map;
    readonly DoubleArray? symbols; // user-defined pieces, which no rule touches
    readonly bool addPrefix, removeExtraSpaces, escapeSpaces;
    readonly bool[] kept = new bool[256]; // ASCII that nothing touches when ASCII follows

    /// <summary>The normalisation of a model.</summary>
    /// <exception cref="TrainingException">Its character map is damaged.</exception>
    public PieceNormalizer(SentencePieceModel model)
    {
        map = CharacterMap.Parse(model.CharacterMap);
        (addPrefix, removeExtraSpaces, escapeSpaces) = (model.AddDummyPrefix, model.RemoveExtraSpaces, model.EscapeSpaces);
        var userDefined = model.Pieces.Where(p => p.Kind == PieceKind.UserDefined).Select(p => Encoding.UTF8.GetBytes(p.Text)).ToList();
        if (userDefined.Count > 0) symbols = DoubleArrayBuilder.Build(userDefined.Select((text, i) => (text, i)));
        for (byte ascii = 1; ascii < 0x80; ascii++) kept[ascii] = map?.Keeps(ascii) != false;
        foreach (byte[] symbol in userDefined)
            if (symbol.Length > 1 || symbol[0] == Space) kept[symbol[0]] = false;
    }

    /// <summary>A piece's bytes as they stand in normalised text; null if they cannot.</summary>
    public byte[]? Written(string piece) =>
        !escapeSpaces ? Encoding.UTF8.GetBytes(piece) : piece.Contains(' ') ? null : Encoding.UTF8.GetBytes(piece.Replace('▁', ' '));

    /// <summary>One normalised character, with "▁" where it has white space.</summary>
    public ReadOnlySpan<byte> Spelled(ReadOnlySpan<byte> text) => escapeSpaces && text is [Space] ? "▁"u8 : text;

    /// <summary>Normalises text.</summary>
    /// <param name="input">The text.</param>
    /// <param name="startsWord">Whether it begins a word if it does not begin with white space.</param>
    /// <param name="mapped">Whether places are kept; then <paramref name="input"/> has them.</param>
    /// <param name="output">Receives the result.</param>
    public void Normalize(MappedText input, bool startsWord, bool mapped, MappedText output)
    {
        output.Clear(input.Length + 1, mapped);
        var text = input.Bytes;
        int i = 0;
        while (removeExtraSpaces && i < text.Length && Prefix(text[i..], out int used) is [Space]) i += used;
        if (i == text.Length) return;
        if (addPrefix && startsWord) output.Append(Space, input.Start(i), input.Start(i));
        bool afterSpace = removeExtraSpaces && startsWord;
        while (i < text.Length)
        {
            byte first = text[i];
            if (kept[first] && (i + 1 == text.Length || text[i + 1] < 0x80))
            {
                bool space = first == Space;
                if (!space) output.Append(first, input.Start(i), input.End(i));
                else if (!afterSpace) output.Append(first, Next(input, i), Next(input, i));
                afterSpace = space && removeExtraSpaces;
                i++;
                continue;
            }

            var written = Prefix(text[i..], out int length);
            if (written.IsEmpty) output.ExtendLast(input.End(i + length - 1));
            if (afterSpace) written = written.TrimStart(Space);
            if (!written.IsEmpty)
            {
                Append(written, input.Start(i), input.End(i + length - 1), Next(input, i + length - 1), output);
                afterSpace = removeExtraSpaces && written[^1] == Space;
            }

            i += length;
        }

        if (removeExtraSpaces) output.TrimEnd(Space);
    }

    // what the start of the text becomes, and its length
    ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> text, out int length)
    {
        if (symbols is not null && (length = symbols.LongestPrefix(text, out _)) > 0) return text[..length];
        if (map is not null && (length = map.Apply(text, out var replacement)) > 0) return replacement;
        length = Utf8Text.CharacterLength(text[0]);
        return text[..length];
    }

    // where what follows a byte begins: the place of white space
    static int Next(MappedText input, int index) => index + 1 < input.Length ? input.Start(index + 1) : input.End(index);

    void Append(ReadOnlySpan<byte> text, int start, int end, int next, MappedText output)
    {
        for (int i = 0, length; i < text.Length; i += length)
        {
            length = Utf8Text.CharacterLength(text[i]);
            var character = text.Slice(i, length);
            int place = i + length < text.Length ? start : next;
            if (character[0] == Space) output.Append(Space, place, place);
            else if (escapeSpaces && character.SequenceEqual("▁"u8)) output.Append(Space, start, end);
            else output.Append(character, start, end);
        }
    }
}
