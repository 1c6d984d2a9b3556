using System.Buffers;
using System.Text;

namespace AlbertCompiled.Training;

/// <summary>Facts about UTF-8.</summary>
static class Utf8Text
{
    /// <summary>What a file may begin with to say that it is UTF-8.</summary>
    public static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    // of UTF-16
    static ReadOnlySpan<byte> LittleEndianMark => [0xFF, 0xFE];

    static ReadOnlySpan<byte> BigEndianMark => [0xFE, 0xFF];

    /// <summary>The first byte that is not well-formed UTF-8 with those after it.</summary>
    public static int FirstMalformed(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out _, out int used) == OperationStatus.Done) at += used;
        return at;
    }

    /// <summary>Says where a text is not UTF-8.</summary>
    /// <param name="name">The file.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The byte in the line, from 1.</param>
    /// <param name="rest">What is left from there on, a byte at least.</param>
    public static TrainingException Malformed(string name, long line, long column, ReadOnlySpan<byte> rest)
    {
        bool marked = (line, column) is (1, 1) && (rest.StartsWith(LittleEndianMark) || rest.StartsWith(BigEndianMark));
        string cure = marked ? "this is UTF-16: convert the file with iconv -f UTF-16 -t UTF-8" : "convert the file, for example with iconv -f WINDOWS-1252 -t UTF-8";
        return new($"{name}, line {line}: byte {column} of the line (0x{rest[0]:X2}) is not UTF-8; {cure}");
    }

    // by the first four bits of the first byte; a continuation counts as one
    static ReadOnlySpan<byte> Lengths => [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4];

    /// <summary>Bytes of the character that begins with this byte.</summary>
    public static int CharacterLength(byte first) => Lengths[first >> 4];

    /// <summary>Where the character begins that ends before <paramref name="end"/>.</summary>
    public static int CharacterStart(ReadOnlySpan<byte> text, int end)
    {
        do end--;
        while (end > 0 && (text[end] & 0xC0) == 0x80);
        return end;
    }
}
