using System.Runtime.CompilerServices;
using AlbertCompiled.Cpu.MachineCode;

namespace AlbertCompiled.Cpu;

/// <summary>
/// The inner kernels of all matrix products: a tile of <see cref="Rows"/> rows by three or two vectors, kept in registers
/// over the whole inner dimension. A strip of a is its 8 rows, a panel of b its columns; both may lie packed or in the matrices that they are parts of.
/// </summary>
/// <remarks>
/// Accumulators are named locals, for only those live in registers. 24 of them fill the 32 registers of AVX-512 and of
/// Arm64; with 16 registers a tile is computed in two halves of 12, by <see cref="Float32Kernel"/> where that runs. The kernels
/// must not be inlined: among a caller's locals the accumulators would be spilled, at a fifth of the speed.
/// </remarks>
static unsafe class MicroKernel
{
    /// <summary>Rows of a strip of a.</summary>
    public const int Rows = 8;

    /// <summary>Floats of the largest tile.</summary>
    public const int MaximumTile = Rows * 3 * 16;

    /// <summary>A tile c[rows of a, width · V.Count] of a · b.</summary>
    /// <param name="width">Vectors: 2 or 3.</param>
    /// <param name="a">[8 or 4, k].</param>
    /// <param name="b">[k, width · V.Count].</param>
    /// <param name="bStride">Floats from one row of b to the next.</param>
    /// <param name="k">Inner dimension.</param>
    /// <param name="c">The tile; all of it is written.</param>
    /// <param name="stride">Floats from one row of c to the next.</param>
    /// <param name="effect">What happens to the tile.</param>
    /// <param name="ahead">What will be needed soon: one cache line of it is asked for with each k.</param>
    /// <param name="aheadStep">Floats from one of those lines to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Tile<V>(int width, Strip a, float* b, long bStride, long k, float* c, long stride, TileEffect effect, float* ahead, long aheadStep) where V : struct, ISimd<V>
    {
        if (a.IsHalf)
        {
            Half<V>(width, a, b, bStride, k, c, stride, effect, ahead, aheadStep);
        }
        else if (V.Count == 16 || System.Runtime.Intrinsics.Arm.AdvSimd.Arm64.IsSupported)
        {
            if (width == 3) Tile8x3<V>(a.Data, a.Row, a.Word, b, bStride, k, c, stride, effect, ahead, aheadStep);
            else Tile8x2<V>(a.Data, a.Row, a.Word, b, bStride, k, c, stride, effect, ahead, aheadStep);
        }
        else
        {
            Half<V>(width, a, b, bStride, k, c, stride, effect, ahead, 2 * aheadStep);
            Half<V>(width, a.From(4), b, bStride, k, c + 4 * stride, stride, effect, ahead + aheadStep, 2 * aheadStep);
        }
    }

    /// <summary>The first four rows of a strip.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Half<V>(int width, Strip a, float* b, long bStride, long k, float* c, long stride, TileEffect effect, float* ahead, long aheadStep) where V : struct, ISimd<V>
    {
        if (V.Count == 8 && Float32Kernel.IsSupported) Float32Kernel.Tile(width, a, b, bStride, k, c, stride, effect, ahead, aheadStep);
        else if (width == 3) Tile4x3<V>(a.Data, a.Row, a.Word, b, bStride, k, c, stride, effect, ahead, aheadStep);
        else Tile4x2<V>(a.Data, a.Row, a.Word, b, bStride, k, c, stride, effect, ahead, aheadStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Tile8x3<V>(float* a, long row, long word, float* b, long bStride, long k, float* c, long stride, TileEffect effect, float* ahead, long aheadStep) where V : struct, ISimd<V>
    {
        V c00 = default, c01 = default, c02 = default;
        V c10 = default, c11 = default, c12 = default;
        V c20 = default, c21 = default, c22 = default;
        V c30 = default, c31 = default, c32 = default;
        V c40 = default, c41 = default, c42 = default;
        V c50 = default, c51 = default, c52 = default;
        V c60 = default, c61 = default, c62 = default;
        V c70 = default, c71 = default, c72 = default;
        if (effect == TileEffect.GoOn)
        {
            Load(c, out c00, out c01, out c02);
            Load(c + stride, out c10, out c11, out c12);
            Load(c + 2 * stride, out c20, out c21, out c22);
            Load(c + 3 * stride, out c30, out c31, out c32);
            Load(c + 4 * stride, out c40, out c41, out c42);
            Load(c + 5 * stride, out c50, out c51, out c52);
            Load(c + 6 * stride, out c60, out c61, out c62);
            Load(c + 7 * stride, out c70, out c71, out c72);
        }

        long row2 = 2 * row, row3 = 3 * row, row4 = 4 * row, row5 = 5 * row, row6 = 6 * row, row7 = 7 * row;
        for (; k > 0; k--, a += word, b += bStride, ahead += aheadStep)
        {
            Simd.PrefetchFar(ahead);
            Load(b, out V b0, out V b1, out V b2);
            Step(*a, b0, b1, b2, ref c00, ref c01, ref c02);
            Step(a[row], b0, b1, b2, ref c10, ref c11, ref c12);
            Step(a[row2], b0, b1, b2, ref c20, ref c21, ref c22);
            Step(a[row3], b0, b1, b2, ref c30, ref c31, ref c32);
            Step(a[row4], b0, b1, b2, ref c40, ref c41, ref c42);
            Step(a[row5], b0, b1, b2, ref c50, ref c51, ref c52);
            Step(a[row6], b0, b1, b2, ref c60, ref c61, ref c62);
            Step(a[row7], b0, b1, b2, ref c70, ref c71, ref c72);
        }

        if (effect == TileEffect.Add)
        {
            Add(c, ref c00, ref c01, ref c02);
            Add(c + stride, ref c10, ref c11, ref c12);
            Add(c + 2 * stride, ref c20, ref c21, ref c22);
            Add(c + 3 * stride, ref c30, ref c31, ref c32);
            Add(c + 4 * stride, ref c40, ref c41, ref c42);
            Add(c + 5 * stride, ref c50, ref c51, ref c52);
            Add(c + 6 * stride, ref c60, ref c61, ref c62);
            Add(c + 7 * stride, ref c70, ref c71, ref c72);
        }

        Store(c, c00, c01, c02);
        Store(c + stride, c10, c11, c12);
        Store(c + 2 * stride, c20, c21, c22);
        Store(c + 3 * stride, c30, c31, c32);
        Store(c + 4 * stride, c40, c41, c42);
        Store(c + 5 * stride, c50, c51, c52);
        Store(c + 6 * stride, c60, c61, c62);
        Store(c + 7 * stride, c70, c71, c72);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Tile8x2<V>(float* a, long row, long word, float* b, long bStride, long k, float* c, long stride, TileEffect effect, float* ahead, long aheadStep) where V : struct, ISimd<V>
    {
        V c00 = default, c01 = default;
        V c10 = default, c11 = default;
        V c20 = default, c21 = default;
        V c30 = default, c31 = default;
        V c40 = default, c41 = default;
        V c50 = default, c51 = default;
        V c60 = default, c61 = default;
        V c70 = default, c71 = default;
        if (effect == TileEffect.GoOn)
        {
            Load(c, out c00, out c01);
            Load(c + stride, out c10, out c11);
            Load(c + 2 * stride, out c20, out c21);
            Load(c + 3 * stride, out c30, out c31);
            Load(c + 4 * stride, out c40, out c41);
            Load(c + 5 * stride, out c50, out c51);
            Load(c + 6 * stride, out c60, out c61);
            Load(c + 7 * stride, out c70, out c71);
        }

        long row2 = 2 * row, row3 = 3 * row, row4 = 4 * row, row5 = 5 * row, row6 = 6 * row, row7 = 7 * row;
        for (; k > 0; k--, a += word, b += bStride, ahead += aheadStep)
        {
            Simd.PrefetchFar(ahead);
            Load(b, out V b0, out V b1);
            Step(*a, b0, b1, ref c00, ref c01);
            Step(a[row], b0, b1, ref c10, ref c11);
            Step(a[row2], b0, b1, ref c20, ref c21);
            Step(a[row3], b0, b1, ref c30, ref c31);
            Step(a[row4], b0, b1, ref c40, ref c41);
            Step(a[row5], b0, b1, ref c50, ref c51);
            Step(a[row6], b0, b1, ref c60, ref c61);
            Step(a[row7], b0, b1, ref c70, ref c71);
        }

        if (effect == TileEffect.Add)
        {
            Add(c, ref c00, ref c01);
            Add(c + stride, ref c10, ref c11);
            Add(c + 2 * stride, ref c20, ref c21);
            Add(c + 3 * stride, ref c30, ref c31);
            Add(c + 4 * stride, ref c40, ref c41);
            Add(c + 5 * stride, ref c50, ref c51);
            Add(c + 6 * stride, ref c60, ref c61);
            Add(c + 7 * stride, ref c70, ref c71);
        }

        Store(c, c00, c01);
        Store(c + stride, c10, c11);
        Store(c + 2 * stride, c20, c21);
        Store(c + 3 * stride, c30, c31);
        Store(c + 4 * stride, c40, c41);
        Store(c + 5 * stride, c50, c51);
        Store(c + 6 * stride, c60, c61);
        Store(c + 7 * stride, c70, c71);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Tile4x3<V>(float* a, long row, long word, float* b, long bStride, long k, float* c, long stride, TileEffect effect, float* ahead, long aheadStep) where V : struct, ISimd<V>
    {
        V c00 = default, c01 = default, c02 = default;
        V c10 = default, c11 = default, c12 = default;
        V c20 = default, c21 = default, c22 = default;
        V c30 = default, c31 = default, c32 = default;
        if (effect == TileEffect.GoOn)
        {
            Load(c, out c00, out c01, out c02);
            Load(c + stride, out c10, out c11, out c12);
            Load(c + 2 * stride, out c20, out c21, out c22);
            Load(c + 3 * stride, out c30, out c31, out c32);
        }

        long row2 = 2 * row, row3 = 3 * row;
        for (; k > 0; k--, a += word, b += bStride, ahead += aheadStep)
        {
            Simd.PrefetchFar(ahead);
            Load(b, out V b0, out V b1, out V b2);
            Step(*a, b0, b1, b2, ref c00, ref c01, ref c02);
            Step(a[row], b0, b1, b2, ref c10, ref c11, ref c12);
            Step(a[row2], b0, b1, b2, ref c20, ref c21, ref c22);
            Step(a[row3], b0, b1, b2, ref c30, ref c31, ref c32);
        }

        if (effect == TileEffect.Add)
        {
            Add(c, ref c00, ref c01, ref c02);
            Add(c + stride, ref c10, ref c11, ref c12);
            Add(c + 2 * stride, ref c20, ref c21, ref c22);
            Add(c + 3 * stride, ref c30, ref c31, ref c32);
        }

        Store(c, c00, c01, c02);
        Store(c + stride, c10, c11, c12);
        Store(c + 2 * stride, c20, c21, c22);
        Store(c + 3 * stride, c30, c31, c32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static void Tile4x2<V>(float* a, long row, long word, float* b, long bStride, long k, float* c, long stride, TileEffect effect, float* ahead, long aheadStep) where V : struct, ISimd<V>
    {
        V c00 = default, c01 = default;
        V c10 = default, c11 = default;
        V c20 = default, c21 = default;
        V c30 = default, c31 = default;
        if (effect == TileEffect.GoOn)
        {
            Load(c, out c00, out c01);
            Load(c + stride, out c10, out c11);
            Load(c + 2 * stride, out c20, out c21);
            Load(c + 3 * stride, out c30, out c31);
        }

        long row2 = 2 * row, row3 = 3 * row;
        for (; k > 0; k--, a += word, b += bStride, ahead += aheadStep)
        {
            Simd.PrefetchFar(ahead);
            Load(b, out V b0, out V b1);
            Step(*a, b0, b1, ref c00, ref c01);
            Step(a[row], b0, b1, ref c10, ref c11);
            Step(a[row2], b0, b1, ref c20, ref c21);
            Step(a[row3], b0, b1, ref c30, ref c31);
        }

        if (effect == TileEffect.Add)
        {
            Add(c, ref c00, ref c01);
            Add(c + stride, ref c10, ref c11);
            Add(c + 2 * stride, ref c20, ref c21);
            Add(c + 3 * stride, ref c30, ref c31);
        }

        Store(c, c00, c01);
        Store(c + stride, c10, c11);
        Store(c + 2 * stride, c20, c21);
        Store(c + 3 * stride, c30, c31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Step<V>(V a, V b0, V b1, V b2, ref V c0, ref V c1, ref V c2) where V : struct, ISimd<V>
    {
        c0 = V.MultiplyAdd(a, b0, c0);
        c1 = V.MultiplyAdd(a, b1, c1);
        c2 = V.MultiplyAdd(a, b2, c2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Load<V>(float* source, out V v0, out V v1, out V v2) where V : struct, ISimd<V>
    {
        v0 = V.Load(source);
        v1 = V.Load(source + V.Count);
        v2 = V.Load(source + 2 * V.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<V>(float* source, ref V v0, ref V v1, ref V v2) where V : struct, ISimd<V>
    {
        v0 += V.Load(source);
        v1 += V.Load(source + V.Count);
        v2 += V.Load(source + 2 * V.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<V>(float* destination, V v0, V v1, V v2) where V : struct, ISimd<V>
    {
        v0.Store(destination);
        v1.Store(destination + V.Count);
        v2.Store(destination + 2 * V.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Step<V>(V a, V b0, V b1, ref V c0, ref V c1) where V : struct, ISimd<V>
    {
        c0 = V.MultiplyAdd(a, b0, c0);
        c1 = V.MultiplyAdd(a, b1, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Load<V>(float* source, out V v0, out V v1) where V : struct, ISimd<V>
    {
        v0 = V.Load(source);
        v1 = V.Load(source + V.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<V>(float* source, ref V v0, ref V v1) where V : struct, ISimd<V>
    {
        v0 += V.Load(source);
        v1 += V.Load(source + V.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<V>(float* destination, V v0, V v1) where V : struct, ISimd<V>
    {
        v0.Store(destination);
        v1.Store(destination + V.Count);
    }
}
