using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>Eight floats of a row: four, and four that lie half a tile further, so that neighbouring lanes read neighbouring memory.</summary>
internal struct BlockRow
{
    const int Half = 32;

    Float4 low, high;

    public void MultiplyAdd(float a, Float4 b, Float4 c)
    {
        low.MultiplyAdd(a, b);
        high.MultiplyAdd(a, c);
    }

    public void Scale(float a)
    {
        low.Scale(a);
        high.Scale(a);
    }

    public readonly void Merge<TMerge>(ArrayView<float> tile, int stride, int i, int j, TMerge map) where TMerge : struct, IMerge
    {
        low.Merge(tile, stride, i, j, map);
        high.Merge(tile, stride, i, j + Half, map);
    }
}

/// <summary>8 × 8 elements a lane, 64 lanes, a tile of 64 × 64: 64 accumulators in registers, four shared floats read for every 16 products.</summary>
internal struct Block8 : IBlock
{
    const int Side = 64, Stride = Side + AlbertCompiled.Gpu.Tile.Padding;

    BlockRow row0, row1, row2, row3, row4, row5, row6, row7;

    public static int Tile => Side;

    public static int Lanes => 64;

    static int Row => Group.IdxX / 8 * 8;

    static int Column => Group.IdxX % 8 * 4;

    public void MultiplyAdd(ArrayView<float> a, int stepA, ArrayView<float> b, int stepB)
    {
        var left = a.Cast<Float4>();
        var right = b.Cast<Float4>();
        int i = Row / 4, j = Column / 4;
        for (int k = 0; k < AlbertCompiled.Gpu.Tile.Depth; k++)
        {
            var x = left[(stepA + k) * (Stride / 4) + i];
            var z = left[(stepA + k) * (Stride / 4) + i + 1];
            var y = right[(stepB + k) * (Stride / 4) + j];
            var w = right[(stepB + k) * (Stride / 4) + j + Side / 8];
            row0.MultiplyAdd(x.X, y, w);
            row1.MultiplyAdd(x.Y, y, w);
            row2.MultiplyAdd(x.Z, y, w);
            row3.MultiplyAdd(x.W, y, w);
            row4.MultiplyAdd(z.X, y, w);
            row5.MultiplyAdd(z.Y, y, w);
            row6.MultiplyAdd(z.Z, y, w);
            row7.MultiplyAdd(z.W, y, w);
        }
    }

    public void Scale(ArrayView<float> factors)
    {
        int i = Row;
        row0.Scale(factors[i]);
        row1.Scale(factors[i + 1]);
        row2.Scale(factors[i + 2]);
        row3.Scale(factors[i + 3]);
        row4.Scale(factors[i + 4]);
        row5.Scale(factors[i + 5]);
        row6.Scale(factors[i + 6]);
        row7.Scale(factors[i + 7]);
    }

    public readonly void Merge<TMerge>(ArrayView<float> tile, TMerge map) where TMerge : struct, IMerge
    {
        int i = Row, j = Column;
        row0.Merge(tile, Stride, i, j, map);
        row1.Merge(tile, Stride, i + 1, j, map);
        row2.Merge(tile, Stride, i + 2, j, map);
        row3.Merge(tile, Stride, i + 3, j, map);
        row4.Merge(tile, Stride, i + 4, j, map);
        row5.Merge(tile, Stride, i + 5, j, map);
        row6.Merge(tile, Stride, i + 6, j, map);
        row7.Merge(tile, Stride, i + 7, j, map);
    }
}
