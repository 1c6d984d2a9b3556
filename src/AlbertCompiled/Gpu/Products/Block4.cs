using System.Runtime.InteropServices;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>Four floats, which a GPU loads from shared memory at once.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Float4
{
    public float X, Y, Z, W;

    public static Float4 Of(float x, float y, float z, float w)
    {
        Float4 four = default;
        four.X = x;
        four.Y = y;
        four.Z = z;
        four.W = w;
        return four;
    }

    public void MultiplyAdd(float a, Float4 b)
    {
        X += a * b.X;
        Y += a * b.Y;
        Z += a * b.Z;
        W += a * b.W;
    }

    public void Scale(float a)
    {
        X *= a;
        Y *= a;
        Z *= a;
        W *= a;
    }

    /// <summary>Merges into four neighbours of a row of a tile.</summary>
    public readonly void Merge<TMerge>(ArrayView<float> tile, int stride, int i, int j, TMerge map) where TMerge : struct, IMerge
    {
        int at = i * stride + j;
        tile[at] = map.Apply(tile[at], X, i, j);
        tile[at + 1] = map.Apply(tile[at + 1], Y, i, j + 1);
        tile[at + 2] = map.Apply(tile[at + 2], Z, i, j + 2);
        tile[at + 3] = map.Apply(tile[at + 3], W, i, j + 3);
    }
}

/// <summary>4 × 4 elements a lane, 16 lanes, a tile of 16 × 16.</summary>
internal struct Block4 : IBlock
{
    const int Side = 16, Stride = Side + AlbertCompiled.Gpu.Tile.Padding;

    Float4 row0, row1, row2, row3;

    public static int Tile => Side;

    public static int Lanes => 16;

    static int Row => Group.IdxX / 4 * 4;

    static int Column => Group.IdxX % 4 * 4;

    public void MultiplyAdd(ArrayView<float> a, int stepA, ArrayView<float> b, int stepB)
    {
        var left = a.Cast<Float4>();
        var right = b.Cast<Float4>();
        int i = Row / 4, j = Column / 4;
        for (int k = 0; k < AlbertCompiled.Gpu.Tile.Depth; k++)
        {
            var x = left[(stepA + k) * (Stride / 4) + i];
            var y = right[(stepB + k) * (Stride / 4) + j];
            row0.MultiplyAdd(x.X, y);
            row1.MultiplyAdd(x.Y, y);
            row2.MultiplyAdd(x.Z, y);
            row3.MultiplyAdd(x.W, y);
        }
    }

    public void Scale(ArrayView<float> factors)
    {
        int i = Row;
        row0.Scale(factors[i]);
        row1.Scale(factors[i + 1]);
        row2.Scale(factors[i + 2]);
        row3.Scale(factors[i + 3]);
    }

    public readonly void Merge<TMerge>(ArrayView<float> tile, TMerge map) where TMerge : struct, IMerge
    {
        int i = Row, j = Column;
        row0.Merge(tile, Stride, i, j, map);
        row1.Merge(tile, Stride, i + 1, j, map);
        row2.Merge(tile, Stride, i + 2, j, map);
        row3.Merge(tile, Stride, i + 3, j, map);
    }
}
