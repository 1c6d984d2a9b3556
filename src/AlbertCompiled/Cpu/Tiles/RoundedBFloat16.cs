using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlbertCompiled.Cpu;

/// <summary>
/// Products of operands that are rounded to bfloat16 but multiplied as float32: what processors without bfloat16 instructions, or with slow ones, compute, as
/// exact as those and as fast as float32.
/// </summary>
public readonly unsafe struct RoundedBFloat16 : IPrecision
{
    /// <inheritdoc/>
    public static int PerWord => 1;

    /// <inheritdoc/>
    public static bool ReadsInPlace => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Pack(Vector256<float> first, Vector256<float> second) =>
        (BFloat16.Round(first.AsUInt32()) & Vector256.Create(BFloat16.Mask)).AsSingle();

    /// <inheritdoc/>
    public static float Pack(float first, float second) =>
        BitConverter.UInt32BitsToSingle(BFloat16.Round(BitConverter.SingleToUInt32Bits(first)) & BFloat16.Mask);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Tile<V>(int vectors, Strip a, float* b, long bStride, long words, float* c, long stride, TileEffect effect, float* ahead, long aheadStep) where V : struct, ISimd<V> =>
        MicroKernel.Tile<V>(vectors, a, b, bStride, words, c, stride, effect, ahead, aheadStep);
}
