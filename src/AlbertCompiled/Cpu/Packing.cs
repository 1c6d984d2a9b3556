using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlbertCompiled.Cpu;

/// <summary>
/// Operands in the order in which <see cref="MicroKernel"/> reads them. Packing also keeps apart what a stride of a multiple
/// of 4096 bytes would put into the same cache sets.
/// </summary>
static unsafe class Packing
{
    const int Block = 8;

    /// <summary>Packs rows of op(a) into a strip [k, 8]; missing rows become 0.</summary>
    /// <param name="a">op(a) from the strip's first row and first k on.</param>
    /// <param name="rows">Rows, at most 8.</param>
    /// <param name="k">Inner elements.</param>
    /// <param name="strip">The strip.</param>
    public static void Strip<V>(Matrix a, int rows, int k, float* strip) where V : struct, ISimd<V>
    {
        if (a.Transposed) Copy<V>(a.Data, a.Stride, k, rows, strip, MicroKernel.Rows);
        else Transpose(a.Data, a.Stride, rows, k, strip, MicroKernel.Rows, MicroKernel.Rows);
    }

    /// <summary>Packs rows of op(a) into as many strips as they need.</summary>
    /// <param name="a">op(a) from the first row and first k on.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="k">Inner elements.</param>
    /// <param name="strips">The strips.</param>
    /// <param name="stripStride">Floats from one strip to the next.</param>
    public static void Strips<V>(Matrix a, int rows, int k, float* strips, long stripStride) where V : struct, ISimd<V>
    {
        int whole = a.Transposed ? rows / MicroKernel.Rows : 0;
        if (whole > 0) Split(a.Data, a.Stride, whole, k, strips, stripStride);
        for (int row = whole * MicroKernel.Rows; row < rows; row += MicroKernel.Rows)
            Strip<V>(a.From(row, 0), Math.Min(MicroKernel.Rows, rows - row), k, strips + row / MicroKernel.Rows * stripStride);
    }

    /// <summary>Deals rows of a [k, 8 · strips] out to the strips: each row is read once, in whole cache lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Split(float* source, long sourceStride, int strips, int k, float* target, long stripStride)
    {
        for (int i = 0; i < k; i++, source += sourceStride, target += MicroKernel.Rows)
        {
            float* to = target;
            for (int s = 0; s < strips; s++, to += stripStride) Vector256.Load(source + s * MicroKernel.Rows).Store(to);
        }
    }

    /// <summary>Packs columns of op(b) into a panel [k, width]; missing columns become 0.</summary>
    /// <param name="b">op(b) from the panel's first column and first k on.</param>
    /// <param name="columns">Columns, at most <paramref name="width"/>.</param>
    /// <param name="k">Inner elements.</param>
    /// <param name="width">Columns of the panel.</param>
    /// <param name="panel">The panel.</param>
    public static void Panel<V>(Matrix b, int columns, int k, int width, float* panel) where V : struct, ISimd<V>
    {
        if (b.Transposed) Transpose(b.Data, b.Stride, columns, k, panel, width, width);
        else Copy<V>(b.Data, b.Stride, k, columns, panel, width);
    }

    /// <summary>Copies a [rows, columns] into one of rows of <paramref name="width"/>, the rest 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Copy<V>(float* source, long sourceStride, int rows, int columns, float* target, int width) where V : struct, ISimd<V>
    {
        if (columns == width && width == MicroKernel.Rows)
        {
            for (int r = 0; r < rows; r++, source += sourceStride, target += MicroKernel.Rows) Vector256.Load(source).Store(target);
            return;
        }

        int whole = columns / V.Count * V.Count;
        for (int r = 0; r < rows; r++, source += sourceStride, target += width)
        {
            int c = 0;
            for (; c < whole; c += V.Count) V.Load(source + c).Store(target + c);
            for (; c < columns; c++) target[c] = source[c];
            for (; c < width; c++) target[c] = 0;
        }
    }

    /// <summary>Writes the transpose of a [rows, columns] into one of columns × <paramref name="width"/>, the rest 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Transpose(float* source, long sourceStride, int rows, int columns, float* target, long targetStride, int width)
    {
        int r = 0;
        for (; r <= rows - Block; r += Block)
        {
            float* from = source + r * sourceStride, to = target + r;
            int c = 0;
            for (; c <= columns - Block; c += Block, from += Block, to += Block * targetStride) Transpose8x8(from, sourceStride, to, targetStride);
            for (; c < columns; c++, from++, to += targetStride)
                for (int i = 0; i < Block; i++) to[i] = from[i * sourceStride];
        }

        if (r == width) return;
        for (int c = 0; c < columns; c++)
        {
            float* to = target + c * targetStride;
            for (int i = r; i < rows; i++) to[i] = source[i * sourceStride + c];
            for (int i = rows; i < width; i++) to[i] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose8x8(float* source, long sourceStride, float* target, long targetStride)
    {
        if (!Avx.IsSupported)
        {
            for (int i = 0; i < Block; i++)
                for (int j = 0; j < Block; j++) target[j * targetStride + i] = source[i * sourceStride + j];
            return;
        }

        // Rows 0–3 in the lower halves, 4–7 in the upper ones; then four 4×4 transposes side by side.
        float* lower = source, upper = source + 4 * sourceStride;
        var (a0, a4) = Halves(lower, upper);
        var (a1, a5) = Halves(lower + sourceStride, upper + sourceStride);
        var (a2, a6) = Halves(lower + 2 * sourceStride, upper + 2 * sourceStride);
        var (a3, a7) = Halves(lower + 3 * sourceStride, upper + 3 * sourceStride);
        Transpose4x4(a0, a1, a2, a3, target, targetStride);
        Transpose4x4(a4, a5, a6, a7, target + 4 * targetStride, targetStride);
    }

    /// <summary>Columns 0–3 and 4–7 of a row of the lower and a row of the upper half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector256<float>, Vector256<float>) Halves(float* lower, float* upper) =>
        (Vector256.Create(Vector128.Load(lower), Vector128.Load(upper)), Vector256.Create(Vector128.Load(lower + 4), Vector128.Load(upper + 4)));

    /// <summary>Transposes the 4×4 blocks in both halves of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose4x4(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* target, long stride)
    {
        var ab0 = Avx.UnpackLow(a, b).AsDouble();
        var cd0 = Avx.UnpackLow(c, d).AsDouble();
        var ab2 = Avx.UnpackHigh(a, b).AsDouble();
        var cd2 = Avx.UnpackHigh(c, d).AsDouble();
        Avx.UnpackLow(ab0, cd0).AsSingle().Store(target);
        Avx.UnpackHigh(ab0, cd0).AsSingle().Store(target + stride);
        Avx.UnpackLow(ab2, cd2).AsSingle().Store(target + 2 * stride);
        Avx.UnpackHigh(ab2, cd2).AsSingle().Store(target + 3 * stride);
    }
}
