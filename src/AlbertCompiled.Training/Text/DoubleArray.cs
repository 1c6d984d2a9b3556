namespace AlbertCompiled.Training;

/// <summary>
/// A trie over bytes in one array (Aoe 1989), in the layout that SentencePiece model files use. A unit is a node: bits 0–7 the byte that
/// leads to it, 8 set if a key ends here, 9 set if the offset counts in 256, 10–30 the offset. A node's base is its index XOR the
/// offset; its child for byte b stands at the base XOR b, and the value of a key that ends there at the base, with bit 31 set,
/// which no byte matches.
/// </summary>
/// <param name="units">The nodes; the first is the root.</param>
sealed class DoubleArray(uint[] units)
{
    public const uint EndsKey = 1 << 8, FarOffset = 1 << 9, IsValue = 1u << 31, ValueMask = IsValue - 1, LabelMask = IsValue | 0xFF;
    public const int OffsetShift = 10;

    /// <summary>The nodes.</summary>
    public uint[] Units => units;

    /// <summary>Where a node's children stand, XOR their bytes.</summary>
    public static uint Base(uint node, uint unit) => node ^ (unit >> OffsetShift) << (int)((unit & FarOffset) >> 6);

    /// <summary>Length of the longest key that <paramref name="text"/> begins with, 0 if there is none.</summary>
    public int LongestPrefix(ReadOnlySpan<byte> text, out int value)
    {
        value = -1;
        int longest = 0;
        uint node = 0;
        for (int i = 0; i < text.Length && Step(ref node, text[i], out int found); i++)
            if (found >= 0) (longest, value) = (i + 1, found);
        return longest;
    }

    /// <summary>Goes from a node to its child; false if there is none.</summary>
    /// <param name="node">Index of the unit.</param>
    /// <param name="label">The byte.</param>
    /// <param name="value">The value of the key that ends at the child; -1 if none does.</param>
    public bool Step(ref uint node, byte label, out int value)
    {
        value = -1;
        if (node >= units.Length) return false;
        uint child = Base(node, units[node]) ^ label;
        if (child >= units.Length || (units[child] & LabelMask) != label) return false;
        node = child;
        if ((units[child] & EndsKey) != 0 && Base(child, units[child]) is var at && at < units.Length) value = (int)(units[at] & ValueMask);
        return true;
    }
}
