using ILGPU;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A finished tile in shared memory, float32: of each eight columns of a row, the first four lie in its first half and the last four in its second, so that lanes
/// which read eight columns each read 16 bytes beside one another.
/// </summary>
internal static class FinishedTile<TTile> where TTile : struct, IProductTile
{
    static int Stride => TTile.Columns + 8;

    static int Half => TTile.Columns / 2 + 4;

    /// <summary>Where an element lies.</summary>
    public static int At(int row, int column) => row * Stride + column / 8 * 4 + column % 4 + column % 8 / 4 * Half;

    /// <summary>Eight columns of a row.</summary>
    public static Float8 Load(ArrayView<float> products, int row, int column)
    {
        var fours = products.Cast<Float4>();
        int at = (row * Stride + column / 2) / 4;
        Float4 x = fours[at], y = fours[at + Half / 4];
        return new(x.X, x.Y, x.Z, x.W, y.X, y.Y, y.Z, y.W);
    }
}
