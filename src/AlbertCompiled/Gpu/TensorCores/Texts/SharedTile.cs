namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A tile of an operand in shared memory, read alike by ldmatrix and by wgmma: rows of 128 bytes (64 bfloat16), whose 16-byte chunks are exchanged by the
/// row's place among eight. Along the contraction (K-major) a row is an element's 64 steps; across it (MN-major) a row is a step's 64 elements, and the
/// tile is a sequence of panels of 64 elements.
/// </summary>
internal static class SharedTile
{
    /// <summary>Steps of the contraction in a tile.</summary>
    public const int Depth = 64;

    /// <summary>Bytes of a row.</summary>
    public const int RowBytes = 128;

    /// <summary>Bytes of 8 rows: what the swizzle repeats after, and what tiles are aligned to.</summary>
    public const int AtomBytes = 1024;

    /// <summary>Elements of a panel.</summary>
    public const int PanelElements = 64;

    /// <summary>Bytes of a panel.</summary>
    public const int PanelBytes = Depth * RowBytes;

    /// <summary>Bytes of a tile of so many elements.</summary>
    public static int Bytes(int elements) => elements * RowBytes;

    /// <summary>The byte at which an element's step lies within the tile.</summary>
    public static int Offset(int element, int step, bool kMajor)
    {
        int row = kMajor ? element : step, column = kMajor ? step : element % 64, panel = kMajor ? 0 : element / 64;
        return panel * PanelBytes + row * RowBytes + ((column / 8 ^ (row & 7)) << 4) + column % 8 * 2;
    }
}
