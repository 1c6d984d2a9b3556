namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The order of C's tiles: bands of eight rows of tiles, each column by column, so that groups that run beside one another find their operands in the second-level
/// cache.
/// </summary>
internal static class TileOrder
{
    const int Band = 8;

    /// <summary>The row of tiles and the column of tiles of a tile.</summary>
    /// <param name="tile">Its number.</param>
    /// <param name="rows">Rows of tiles.</param>
    /// <param name="columns">Columns of tiles.</param>
    public static (int Row, int Column) Of(int tile, int rows, int columns)
    {
        int first = tile / (Band * columns) * Band, place = tile - first * columns, height = rows - first < Band ? rows - first : Band;
        int column = place / height;
        return (first + place - column * height, column);
    }
}
