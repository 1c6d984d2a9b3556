using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace AlbertCompiled.Training;

/// <summary>The rules of a SentencePiece model that replace characters: a trie from UTF-8 text to what stands in its place.</summary>
sealed class CharacterMap
{
    const int LongestReplacement = 255; // the longest compatibility decomposition has 33 bytes

    readonly DoubleArray rules;
    readonly byte[] replacements; // each ends with a zero byte

    CharacterMap(DoubleArray rules, byte[] replacements) => (this.rules, this.replacements) = (rules, replacements);

    /// <summary>Reads compiled rules: the trie's size in bytes as four bytes, the trie, the replacements.</summary>
    /// <returns>The rules; null if there are none.</returns>
    /// <exception cref="TrainingException">They are damaged.</exception>
    public static CharacterMap? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return null;
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(bytes, out uint size) || size >= bytes.Length - sizeof(uint) || size % sizeof(uint) != 0)
            throw new TrainingException("its character map is damaged");
        bytes = bytes[sizeof(uint)..];
        var units = new uint[size / sizeof(uint)];
        bytes[..(int)size].CopyTo(MemoryMarshal.AsBytes(units.AsSpan()));
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(units, units);
        var map = new CharacterMap(new(units), bytes[(int)size..].ToArray());
        foreach (uint unit in units)
            if ((unit & DoubleArray.IsValue) != 0 && !map.IsReplacement((int)(unit & DoubleArray.ValueMask))) throw new TrainingException("its character map is damaged");
        return map;
    }

    /// <summary>The longest rule that applies to the start of <paramref name="text"/>.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="replacement">What stands in its place, maybe nothing.</param>
    /// <returns>Bytes replaced; 0 if no rule applies.</returns>
    public int Apply(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        int length = rules.LongestPrefix(text, out int value);
        // a trie that was tampered with may lead to a value that is none, or end inside a character
        if (length == 0 || !IsReplacement(value) || (length < text.Length && (text[length] & 0xC0) == 0x80)) return 0;
        replacement = replacements.AsSpan(value);
        replacement = replacement[..replacement.IndexOf((byte)0)];
        return length;
    }

    /// <summary>True if no rule applies to this character when another ASCII character follows.</summary>
    public bool Keeps(byte ascii)
    {
        uint start = 0;
        if (!rules.Step(ref start, ascii, out int value)) return true;
        if (value >= 0) return false;
        for (byte following = 0; following < 0x80; following++)
            if (start is var node && rules.Step(ref node, following, out _)) return false;
        return true;
    }

    bool IsReplacement(int start)
    {
        if (start < 0 || start >= replacements.Length) return false;
        var rest = replacements.AsSpan(start);
        int length = rest[..Math.Min(rest.Length, LongestReplacement + 1)].IndexOf((byte)0);
        return length >= 0 && Utf8.IsValid(rest[..length]);
    }
}
