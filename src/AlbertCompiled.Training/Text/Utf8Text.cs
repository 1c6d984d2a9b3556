namespace AlbertCompiled.Training;

/// <summary>Facts about well-formed UTF-8.</summary>
static class Utf8Text
{
    // by the first four bits of the first byte; a continuation counts as one
    static ReadOnlySpan<byte> Lengths => [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4];

    /// <summary>Bytes of the character that begins with this byte.</summary>
    public static int CharacterLength(byte first) => Lengths[first >> 4];

    /// <summary>Where the character begins that ends before <paramref name="end"/>.</summary>
    public static int CharacterStart(ReadOnlySpan<byte> text, int end)
    {
        do end--;
        while ((text[end] & 0xC0) == 0x80);
        return end;
    }
}
