using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlbertCompiled.Cpu;

/// <summary>Transposes in vectors of 512 bits: whole cache lines are read and written, with half of the shuffles that 256 bits need.</summary>
static unsafe class WideTranspose
{
    /// <summary>Rows and columns of a block.</summary>
    public const int Block = 16;

    /// <summary>True if this machine has the instructions.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>Writes the transpose of a [16, 16] as rows <paramref name="targetStride"/> floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(float* source, long stride, float* target, long targetStride)
    {
        var (a0, a1, a2, a3) = FourRows(source, stride);
        var (b0, b1, b2, b3) = FourRows(source + 4 * stride, stride);
        var (c0, c1, c2, c3) = FourRows(source + 8 * stride, stride);
        var (d0, d1, d2, d3) = FourRows(source + 12 * stride, stride);
        StoreLanes(a0, b0, c0, d0, target, 4 * targetStride);
        StoreLanes(a1, b1, c1, d1, target + targetStride, 4 * targetStride);
        StoreLanes(a2, b2, c2, d2, target + 2 * targetStride, 4 * targetStride);
        StoreLanes(a3, b3, c3, d3, target + 3 * targetStride, 4 * targetStride);
    }

    /// <summary>The transposed 4×4 blocks of four rows: the i-th vector holds columns i, 4 + i, 8 + i and 12 + i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) FourRows(float* source, long stride)
    {
        Vector512<float> a = Vector512.Load(source), b = Vector512.Load(source + stride), c = Vector512.Load(source + 2 * stride), d = Vector512.Load(source + 3 * stride);
        Vector512<double> ab0 = Avx512F.UnpackLow(a, b).AsDouble(), cd0 = Avx512F.UnpackLow(c, d).AsDouble();
        Vector512<double> ab2 = Avx512F.UnpackHigh(a, b).AsDouble(), cd2 = Avx512F.UnpackHigh(c, d).AsDouble();
        return (Avx512F.UnpackLow(ab0, cd0).AsSingle(), Avx512F.UnpackHigh(ab0, cd0).AsSingle(), Avx512F.UnpackLow(ab2, cd2).AsSingle(), Avx512F.UnpackHigh(ab2, cd2).AsSingle());
    }

    /// <summary>Stores what the first lanes of 128 bits hold side by side, then the second ones <paramref name="step"/> floats behind, the third, the fourth.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreLanes(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* target, long step)
    {
        // lanes 0, 1 or 2, 3 of both; then the even or the odd ones of both
        const byte low = 0x44, high = 0xEE, even = 0x88, odd = 0xDD;
        Vector512<float> ab = Avx512F.Shuffle4x128(a, b, low), cd = Avx512F.Shuffle4x128(c, d, low);
        Avx512F.Shuffle4x128(ab, cd, even).Store(target);
        Avx512F.Shuffle4x128(ab, cd, odd).Store(target + step);
        ab = Avx512F.Shuffle4x128(a, b, high);
        cd = Avx512F.Shuffle4x128(c, d, high);
        Avx512F.Shuffle4x128(ab, cd, even).Store(target + 2 * step);
        Avx512F.Shuffle4x128(ab, cd, odd).Store(target + 3 * step);
    }
}
