namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The order of C's tiles: bands of eight rows of tiles, each column by column, so that groups that run beside one another find their operands in the second-level
/// cache.
/// </summary>
internal static class TileOrder
{
    const int Band = 8;

    /// <summary>The row of tiles of a tile.</summary>
    public static int Row(int tile, int rows, int columns) => First(tile, columns) + tile % (Band * columns) % Height(tile, rows, columns);

    /// <summary>Its column of tiles.</summary>
    public static int Column(int tile, int rows, int columns) => tile % (Band * columns) / Height(tile, rows, columns);

    static int First(int tile, int columns) => tile / (Band * columns) * Band;

    static int Height(int tile, int rows, int columns) => rows - First(tile, columns) < Band ? rows - First(tile, columns) : Band;
}
