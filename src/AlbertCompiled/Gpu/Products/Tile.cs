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
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows from here on do not exist.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Columns from here on do not exist.</param>
    public static void LoadRows<T, TBlock>(ArrayView<float> tile, ArrayView<T> source, int stride, int row, int rows, int column, int columns)
        where T : unmanaged, IElement<T>
        where TBlock : struct, IBlock
    {
        // A lane stays in its column; the loads of four rows are in flight together.
        int lane = Group.IdxX, k = lane % Depth, c = column + k, rowStep = TBlock.Lanes / Depth;
        int target = k * (TBlock.Tile + Padding) + lane / Depth;
        for (int i = 0; i < TBlock.Tile; i += 4 * rowStep)
        {
            int r = row + lane / Depth + i;
            float x = Read(source, stride, r, rows, c, columns);
            float y = Read(source, stride, r + rowStep, rows, c, columns);
            float z = Read(source, stride, r + 2 * rowStep, rows, c, columns);
            float w = Read(source, stride, r + 3 * rowStep, rows, c, columns);
            tile[target + i] = x;
            tile[target + i + rowStep] = y;
            tile[target + i + 2 * rowStep] = z;
            tile[target + i + 3 * rowStep] = w;
        }
    }

    /// <summary>Fills a slice whose elements are columns and whose steps are rows: tile[k, i] = source[row + k, column + i].</summary>
    /// <param name="tile">The slice.</param>
    /// <param name="source">Matrix, row-major.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows from here on do not exist.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Columns from here on do not exist.</param>
    public static void LoadColumns<T, TBlock>(ArrayView<float> tile, ArrayView<T> source, int stride, int row, int rows, int column, int columns)
        where T : unmanaged, IElement<T>
        where TBlock : struct, IBlock
    {
        int lane = Group.IdxX, c = column + lane;
        for (int k = 0; k < Depth; k += 4)
        {
            int target = k * (TBlock.Tile + Padding) + lane;
            float x = Read(source, stride, row + k, rows, c, columns);
            float y = Read(source, stride, row + k + 1, rows, c, columns);
            float z = Read(source, stride, row + k + 2, rows, c, columns);
            float w = Read(source, stride, row + k + 3, rows, c, columns);
            tile[target] = x;
            tile[target + TBlock.Tile + Padding] = y;
            tile[target + 2 * (TBlock.Tile + Padding)] = z;
            tile[target + 3 * (TBlock.Tile + Padding)] = w;
        }
    }

    /// <summary>An element, or 0 outside: without a branch, which would keep loads from overlapping. The first element always exists.</summary>
    static float Read<T>(ArrayView<T> source, int stride, int row, int rows, int column, int columns) where T : unmanaged, IElement<T>
    {
        bool inside = row < rows && column < columns;
        float value = T.Read(source[inside ? row * stride + column : 0]);
        return inside ? value : 0f;
    }
}
