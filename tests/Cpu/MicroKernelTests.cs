using AlbertCompiled.Cpu;
using AlbertCompiled.Cpu.Scalar;

namespace AlbertCompiled.Tests.Cpu;

/// <summary>The inner kernel and the packing before it against their scalar twins, bit for bit.</summary>
public sealed unsafe class MicroKernelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(77)]
    public void A_tile_is_that_of_scalar_sums(int k)
    {
        foreach (int vectors in (ReadOnlySpan<int>)[2, 3])
            foreach (var effect in Enum.GetValues<TileEffect>())
            {
                Tile<Lanes16>(vectors, k, effect);
                Tile<Lanes8>(vectors, k, effect);
                Tile<Lanes4>(vectors, k, effect);
            }
    }

    static void Tile<V>(int vectors, int k, TileEffect effect) where V : struct, ISimd<V>
    {
        using var packed = GuardedMemory.Random(1, k, MicroKernel.Rows, MicroKernel.Rows);
        using var rows = GuardedMemory.Random(4, MicroKernel.Rows, k, k + 3);
        using var across = GuardedMemory.Random(5, k, MicroKernel.Rows, MicroKernel.Rows + 5);
        Strip[] strips = [Strip.Packed(packed.Pointer), Strip.Packed(packed.Pointer, rows: 3), Strip.InPlace(new(rows.Pointer, k + 3)), Strip.InPlace(new(across.Pointer, MicroKernel.Rows + 5, transposed: true))];
        foreach (var a in strips) Tile<V>(vectors, a, k, effect);
    }

    static void Tile<V>(int vectors, Strip a, int k, TileEffect effect) where V : struct, ISimd<V>
    {
        int columns = vectors * V.Count, stride = columns + 3, bStride = columns + (effect == TileEffect.Set ? 0 : 5), length = (MicroKernel.Rows - 1) * stride + columns;
        using var b = GuardedMemory.Random(2, k, columns, bStride);
        using var c = GuardedMemory.Random(3, MicroKernel.Rows, columns, stride);
        using var expected = new GuardedMemory(length);
        c.Span.CopyTo(expected.Span);
        ScalarProduct.Tile(a, b.Pointer, bStride, columns, k, expected.Pointer, stride, effect);
        // What is asked for ahead of time may lie anywhere.
        MicroKernel.Tile<V>(vectors, a, b.Pointer, bStride, k, c.Pointer, stride, effect, c.Pointer + length, 1 << 20);
        Assert.Equal(expected.Copy(), c.Copy());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 20)]
    [InlineData(5, 8)]
    [InlineData(8, 1)]
    [InlineData(8, 27)]
    [InlineData(8, 33)]
    public void A_strip_holds_rows_side_by_side(int rows, int k)
    {
        foreach (bool transposed in (ReadOnlySpan<bool>)[false, true])
        {
            int stride = (transposed ? rows : k) + 2;
            using var a = GuardedMemory.Random(4, transposed ? k : rows, transposed ? rows : k, stride);
            using var strip = new GuardedMemory(k * MicroKernel.Rows);
            var matrix = new Matrix(a.Pointer, stride, transposed);
            Packing.Strip<Float32>(matrix, rows, k, strip.Pointer);
            Assert.Equal(ScalarProduct.Strip(matrix, rows, k), strip.Copy());
        }
    }

    [Theory]
    [InlineData(1, 1, 32)]
    [InlineData(30, 7, 32)]
    [InlineData(48, 19, 48)]
    [InlineData(43, 41, 48)]
    [InlineData(33, 26, 48)]
    [InlineData(16, 24, 32)]
    [InlineData(9, 16, 12)]
    public void A_panel_holds_columns_side_by_side(int columns, int k, int width)
    {
        foreach (bool transposed in (ReadOnlySpan<bool>)[false, true])
        {
            int stride = (transposed ? k : columns) + 2;
            using var b = GuardedMemory.Random(5, transposed ? columns : k, transposed ? k : columns, stride);
            using var panel = new GuardedMemory(k * width);
            var matrix = new Matrix(b.Pointer, stride, transposed);
            Packing.Panel<Float32>(matrix, columns, k, width, panel.Pointer);
            Assert.Equal(ScalarProduct.Panel(matrix, columns, k, width), panel.Copy());
        }
    }
}
