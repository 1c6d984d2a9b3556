using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AlbertCompiled.Cpu.MachineCode;

namespace AlbertCompiled.Cpu;

/// <summary>
/// Products of bfloat16 operands, rounded to the nearest even when they are packed. The inner kernel is assembled at start, for C# has no
/// bfloat16 instructions; where the processor has none either, or slow ones, <see cref="RoundedBFloat16"/> computes the same.
/// </summary>
public readonly unsafe struct BFloat16 : IPrecision
{
    /// <summary>The bits of a float that bfloat16 keeps.</summary>
    internal const uint Mask = 0xFFFF0000;

    /// <summary>True if this machine has the instructions (AVX512-BF16) and vectors of 512 bits are in use.</summary>
    public static bool IsSupported => BFloat16Kernel.IsSupported;

    /// <summary>True if they are also quicker here than float32's: what models take for <see cref="Compute.BFloat16"/> then.</summary>
    public static bool IsPreferred => IsSupported && BFloat16Kernel.IsQuick;

    /// <inheritdoc/>
    public static int PerWord => 2;

    /// <inheritdoc/>
    public static bool ReadsInPlace => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Pack(Vector256<float> first, Vector256<float> second) =>
        (Round(first.AsUInt32()) >>> 16 | Round(second.AsUInt32()) & Vector256.Create(Mask)).AsSingle();

    /// <inheritdoc/>
    public static float Pack(float first, float second) =>
        BitConverter.UInt32BitsToSingle(Round(BitConverter.SingleToUInt32Bits(first)) >>> 16 | Round(BitConverter.SingleToUInt32Bits(second)) & Mask);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Tile<V>(int vectors, Strip a, float* b, long bStride, long words, float* c, long stride, TileEffect effect, float* ahead, long aheadStep) where V : struct, ISimd<V> =>
        BFloat16Kernel.Tile(vectors, a.IsHalf, a.Data, b, words, c, stride, effect, ahead, aheadStep);

    /// <summary>
    /// Adds what carries into the upper half if it is to be the nearest bfloat16, the even one of two. NaN as arithmetic makes it stays NaN; a carry could turn
    /// others into numbers, so they are replaced where floats enter a model (<see cref="CpuParameterSet.Write"/>): here it would cost a small model's step 3%.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<uint> Round(Vector256<uint> bits) => bits + (bits >>> 16 & Vector256.Create(1u)) + Vector256.Create(0x7FFFu);

    /// <summary>The same for one float.</summary>
    internal static uint Round(uint bits) => bits + (bits >>> 16 & 1) + 0x7FFF;
}
