using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AlbertCompiled.Cpu;

/// <summary>What this machine has.</summary>
public static unsafe class Simd
{
    /// <summary>Floats of a cache line.</summary>
    public const int LineFloats = 16;

    /// <summary>So many floats in whole cache lines.</summary>
    internal static long RoundToLine(long floats) => (floats + LineFloats - 1) / LineFloats * LineFloats;

    /// <summary>Lanes of the widest vector that the hardware computes with: 16, 8 or 4.</summary>
    public static int Width => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>Asks for the cache line of an address, which need not be a valid one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }

    /// <summary>Asks for the cache line of an address, which need not be a valid one, but not before what is used now: the second-level cache will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchFar(float* address)
    {
        if (Sse.IsSupported) Sse.Prefetch1(address);
    }
}
