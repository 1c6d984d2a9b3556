using System.Runtime.Intrinsics;

namespace AlbertCompiled.Cpu;

/// <summary>
/// What the operands of matrix products are rounded to, and the kernel that multiplies them; sums are float32. A packed operand consists of
/// words of 32 bits: a word is one float32, or as many smaller numbers as fill it, which follow each other along the inner dimension.
/// </summary>
public unsafe interface IPrecision
{
    /// <summary>Inner elements of a word: 1 or 2.</summary>
    static abstract int PerWord { get; }

    /// <summary>True if a word is an element of its operand: strips and panels then need not be packed.</summary>
    static abstract bool ReadsInPlace { get; }

    /// <summary>The words of 8 columns.</summary>
    /// <param name="first">The columns' elements at the word's first inner index.</param>
    /// <param name="second">Those at its second, if it has one.</param>
    static abstract Vector256<float> Pack(Vector256<float> first, Vector256<float> second);

    /// <summary>The word of one column.</summary>
    static abstract float Pack(float first, float second);

    /// <summary>A tile c[rows of a, vectors · V.Count] of a product a · b.</summary>
    /// <param name="vectors">2 or 3.</param>
    /// <param name="a">[8 or 4, words]; packed unless <see cref="ReadsInPlace"/>.</param>
    /// <param name="b">[words, vectors · V.Count].</param>
    /// <param name="bStride">Floats from one row of b to the next; that of a packed panel unless <see cref="ReadsInPlace"/>.</param>
    /// <param name="words">Words of the inner dimension.</param>
    /// <param name="c">The tile; all of it is written.</param>
    /// <param name="stride">Floats from one row of c to the next.</param>
    /// <param name="effect">What happens to the tile.</param>
    /// <param name="ahead">What will be needed soon: its cache lines are asked for on the way, one a word. Any address.</param>
    /// <param name="aheadStep">Floats from one of those lines to the next.</param>
    static abstract void Tile<V>(int vectors, Strip a, float* b, long bStride, long words, float* c, long stride, TileEffect effect, float* ahead, long aheadStep) where V : struct, ISimd<V>;
}
