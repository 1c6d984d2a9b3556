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

    /// <summary>Words of <paramref name="k"/> inner elements.</summary>
    public static int Words<P>(int k) where P : struct, IPrecision => (k + P.PerWord - 1) / P.PerWord;

    /// <summary>Packs rows of op(a) into a strip [words, 8]; missing rows become 0.</summary>
    /// <param name="a">op(a) from the strip's first row and first k on.</param>
    /// <param name="rows">Rows, at most 8.</param>
    /// <param name="k">Inner elements.</param>
    /// <param name="strip">The strip.</param>
    public static void Strip<P>(Matrix a, int rows, int k, float* strip) where P : struct, IPrecision
    {
        if (!a.Transposed) Transpose<P>(a.Data, a.Stride, rows, k, strip, MicroKernel.Rows);
        else if (rows == MicroKernel.Rows) Split<P>(a.Data, a.Stride, 1, k, strip, 0);
        else Copy<P>(a.Data, a.Stride, k, rows, strip, MicroKernel.Rows);
    }

    /// <summary>Packs rows of op(a) into as many strips as they need.</summary>
    /// <param name="a">op(a) from the first row and first k on.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="k">Inner elements.</param>
    /// <param name="strips">The strips.</param>
    /// <param name="stripStride">Floats from one strip to the next.</param>
    public static void Strips<P>(Matrix a, int rows, int k, float* strips, long stripStride) where P : struct, IPrecision
    {
        int whole = a.Transposed ? rows / MicroKernel.Rows : 0;
        if (whole > 0) Split<P>(a.Data, a.Stride, whole, k, strips, stripStride);
        for (int row = whole * MicroKernel.Rows; row < rows; row += MicroKernel.Rows)
            Strip<P>(a.From(row, 0), Math.Min(MicroKernel.Rows, rows - row), k, strips + row / MicroKernel.Rows * stripStride);
    }

    /// <summary>Packs columns of op(b) into a panel [words, width]; missing columns become 0.</summary>
    /// <param name="b">op(b) from the panel's first column and first k on.</param>
    /// <param name="columns">Columns, at most <paramref name="width"/>.</param>
    /// <param name="k">Inner elements.</param>
    /// <param name="width">Columns of the panel.</param>
    /// <param name="panel">The panel.</param>
    public static void Panel<P>(Matrix b, int columns, int k, int width, float* panel) where P : struct, IPrecision
    {
        if (b.Transposed) Transpose<P>(b.Data, b.Stride, columns, k, panel, width);
        else Copy<P>(b.Data, b.Stride, k, columns, panel, width);
    }

    /// <summary>Deals rows of a [k, 8 · strips] out to the strips: each row is read once, in whole cache lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Split<P>(float* source, long sourceStride, int strips, int k, float* target, long stripStride) where P : struct, IPrecision
    {
        // Two words of a strip fill a cache line: storing them together takes half of the stores.
        for (; k >= 2 * P.PerWord; k -= 2 * P.PerWord, source += 2 * P.PerWord * sourceStride, target += 2 * MicroKernel.Rows)
        {
            float* from = source, to = target;
            for (int s = 0; s < strips; s++, from += MicroKernel.Rows, to += stripStride)
                Vector512.Create(Word<P>(from, sourceStride, P.PerWord == 2), Word<P>(from + P.PerWord * sourceStride, sourceStride, P.PerWord == 2)).Store(to);
        }

        for (; k > 0; k -= P.PerWord, source += P.PerWord * sourceStride, target += MicroKernel.Rows)
        {
            bool pair = P.PerWord == 2 && k > 1;
            float* from = source, to = target;
            for (int s = 0; s < strips; s++, from += MicroKernel.Rows, to += stripStride) Word<P>(from, sourceStride, pair).Store(to);
        }
    }

    /// <summary>Copies a [k, columns] into words of rows of <paramref name="width"/>, the rest 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Copy<P>(float* source, long sourceStride, int k, int columns, float* target, int width) where P : struct, IPrecision
    {
        int whole = columns / Block * Block;
        for (; k > 0; k -= P.PerWord, source += P.PerWord * sourceStride, target += width)
        {
            bool pair = P.PerWord == 2 && k > 1;
            int c = 0;
            if (P.ReadsInPlace)
                for (; c <= columns - 2 * Block; c += 2 * Block) Vector512.Load(source + c).Store(target + c);
            for (; c < whole; c += Block) Word<P>(source + c, sourceStride, pair).Store(target + c);
            for (; c < columns; c++) target[c] = P.Pack(source[c], pair ? source[sourceStride + c] : 0);
            for (; c < width; c++) target[c] = 0;
        }
    }

    /// <summary>The words of 8 columns.</summary>
    /// <param name="first">Their elements in the words' first row.</param>
    /// <param name="stride">Floats to the second row.</param>
    /// <param name="pair">True if there is one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Word<P>(float* first, long stride, bool pair) where P : struct, IPrecision =>
        P.Pack(Vector256.Load(first), pair ? Vector256.Load(first + stride) : Vector256<float>.Zero);

    /// <summary>Writes the transpose of a [rows, k] as words of rows of <paramref name="width"/>, the rest 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Transpose<P>(float* source, long sourceStride, int rows, int k, float* target, int width) where P : struct, IPrecision
    {
        int r = 0;
        if (P.ReadsInPlace && WideTranspose.IsSupported)
        {
            for (; r <= rows - WideTranspose.Block; r += WideTranspose.Block)
            {
                float* from = source + r * sourceStride, to = target + r;
                int c = 0;
                for (; c <= k - WideTranspose.Block; c += WideTranspose.Block, from += WideTranspose.Block, to += WideTranspose.Block * width) WideTranspose.Write(from, sourceStride, to, width);
                for (; c < k; c++, from++, to += width) Column<P>(from, sourceStride, 0, WideTranspose.Block, false, to);
            }
        }

        for (; r <= rows - Block; r += Block)
        {
            float* from = source + r * sourceStride, to = target + r;
            int c = 0;
            for (; c <= k - Block; c += Block, from += Block, to += Block / P.PerWord * width) Transpose8x8<P>(from, sourceStride, to, width);
            for (; c < k; c += P.PerWord, from += P.PerWord, to += width) Column<P>(from, sourceStride, 0, Block, c + 1 < k, to);
        }

        if (r == width) return;
        int inBlocks = width - r >= Block ? k / Block * Block : 0;
        TransposeFew<P>(source + r * sourceStride, sourceStride, rows - r, inBlocks, target + r, width);
        for (int c = 0; c < k; c += P.PerWord, source += P.PerWord, target += width)
        {
            if (c >= inBlocks) Column<P>(source, sourceStride, r, rows, c + 1 < k, target);
            for (int i = c < inBlocks ? r + Block : rows; i < width; i++) target[i] = 0;
        }
    }

    /// <summary>Writes the transpose of fewer rows than a block has as eight: the others are 0.</summary>
    static void TransposeFew<P>(float* source, long sourceStride, int rows, int k, float* target, int width) where P : struct, IPrecision
    {
        float* block = stackalloc float[Block * Block];
        new Span<float>(block, Block * Block).Clear();
        for (int c = 0; c < k; c += Block, source += Block, target += Block / P.PerWord * width)
        {
            for (int row = 0; row < rows; row++) Vector256.Load(source + row * sourceStride).Store(block + row * Block);
            Transpose8x8<P>(block, Block, target, width);
        }
    }

    /// <summary>Words of a column of a [rows, k], one by one.</summary>
    static void Column<P>(float* source, long stride, int first, int last, bool pair, float* target) where P : struct, IPrecision
    {
        for (int i = first; i < last; i++) target[i] = P.Pack(source[i * stride], P.PerWord == 2 && pair ? source[i * stride + 1] : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose8x8<P>(float* source, long sourceStride, float* target, int width) where P : struct, IPrecision
    {
        if (!Avx.IsSupported)
        {
            for (int c = 0; c < Block; c += P.PerWord, target += width) Column<P>(source + c, sourceStride, 0, Block, pair: true, target);
            return;
        }

        // Rows 0–3 in the lower halves, 4–7 in the upper ones; then four 4×4 transposes side by side.
        float* lower = source, upper = source + 4 * sourceStride;
        var (a0, a4) = Halves(lower, upper);
        var (a1, a5) = Halves(lower + sourceStride, upper + sourceStride);
        var (a2, a6) = Halves(lower + 2 * sourceStride, upper + 2 * sourceStride);
        var (a3, a7) = Halves(lower + 3 * sourceStride, upper + 3 * sourceStride);
        Transpose4x4<P>(a0, a1, a2, a3, target, width);
        Transpose4x4<P>(a4, a5, a6, a7, target + 4 / P.PerWord * width, width);
    }

    /// <summary>Columns 0–3 and 4–7 of a row of the lower and a row of the upper half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector256<float>, Vector256<float>) Halves(float* lower, float* upper) =>
        (Vector256.Create(Vector128.Load(lower), Vector128.Load(upper)), Vector256.Create(Vector128.Load(lower + 4), Vector128.Load(upper + 4)));

    /// <summary>Transposes the 4×4 blocks in both halves of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose4x4<P>(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* target, int width) where P : struct, IPrecision
    {
        var ab0 = Avx.UnpackLow(a, b).AsDouble();
        var cd0 = Avx.UnpackLow(c, d).AsDouble();
        var ab2 = Avx.UnpackHigh(a, b).AsDouble();
        var cd2 = Avx.UnpackHigh(c, d).AsDouble();
        Vector256<float> row0 = Avx.UnpackLow(ab0, cd0).AsSingle(), row1 = Avx.UnpackHigh(ab0, cd0).AsSingle();
        Vector256<float> row2 = Avx.UnpackLow(ab2, cd2).AsSingle(), row3 = Avx.UnpackHigh(ab2, cd2).AsSingle();
        if (P.PerWord == 2)
        {
            P.Pack(row0, row1).Store(target);
            P.Pack(row2, row3).Store(target + width);
            return;
        }

        P.Pack(row0, default).Store(target);
        P.Pack(row1, default).Store(target + width);
        P.Pack(row2, default).Store(target + 2 * width);
        P.Pack(row3, default).Store(target + 3 * width);
    }
}
