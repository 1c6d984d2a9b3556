using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Slices of matrices in shared memory: <see cref="Depth"/> steps of the contraction by the block's <c>Tile</c> rows or columns, stored
/// [step, element] with a row of <c>Tile</c> + <see cref="Padding"/>, so that a block reads its operands as short vectors.
/// Whatever lies outside the matrix reads as zero. The caller places the barriers.
/// </summary>
internal static class Tile
{
    /// <summary>Steps of the contraction in a slice.</summary>
    public const int Depth = 16;

    /// <summary>Keeps the transposing writes of <see cref="LoadRows"/> from meeting in one memory bank, and rows on 16-byte boundaries.</summary>
    public const int Padding = 4;

    /// <summary>Fills a slice whose elements are rows and whose steps are columns: tile[k, i] = source[row + i, column + k].</summary>
    /// <param name="tile">The slice.</param>
    /// <param name="source">Matrix, row-major.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows from here on do not exist.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Columns from here on do not exist.</param>
    public static void LoadRows<TBlock>(ArrayView<float> tile, ArrayView<float> source, int stride, int row, int rows, int column, int columns)
        where TBlock : struct, IBlock
    {
        for (int i = Group.IdxX; i < TBlock.Tile * Depth; i += TBlock.Lanes)
        {
            int k = i % Depth, element = i / Depth, r = row + element, c = column + k;
            tile[k * (TBlock.Tile + Padding) + element] = r < rows && c < columns ? source[r * stride + c] : 0f;
        }
    }

    /// <summary>Fills a slice whose elements are columns and whose steps are rows: tile[k, i] = source[row + k, column + i].</summary>
    /// <param name="tile">The slice.</param>
    /// <param name="source">Matrix, row-major.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows from here on do not exist.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Columns from here on do not exist.</param>
    public static void LoadColumns<TBlock>(ArrayView<float> tile, ArrayView<float> source, int stride, int row, int rows, int column, int columns)
        where TBlock : struct, IBlock
    {
        for (int i = Group.IdxX; i < TBlock.Tile * Depth; i += TBlock.Lanes)
        {
            int k = i / TBlock.Tile, element = i % TBlock.Tile, r = row + k, c = column + element;
            tile[k * (TBlock.Tile + Padding) + element] = r < rows && c < columns ? source[r * stride + c] : 0f;
        }
    }
}
