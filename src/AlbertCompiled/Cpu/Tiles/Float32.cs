using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlbertCompiled.Cpu;

/// <summary>Products of float32 operands.</summary>
public readonly unsafe struct Float32 : IPrecision
{
    /// <inheritdoc/>
    public static int PerWord => 1;

    /// <inheritdoc/>
    public static bool ReadsInPlace => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Pack(Vector256<float> first, Vector256<float> second) => first;

    /// <inheritdoc/>
    public static float Pack(float first, float second) => first;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Tile<V>(int vectors, Strip a, float* b, long bStride, long words, float* c, long stride, TileEffect effect, float* ahead, long aheadStep) where V : struct, ISimd<V> =>
        MicroKernel.Tile<V>(vectors, a, b, bStride, words, c, stride, effect, ahead, aheadStep);
}
