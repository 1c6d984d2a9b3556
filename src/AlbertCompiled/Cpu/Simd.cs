using System.Runtime.Intrinsics;

namespace AlbertCompiled.Cpu;

/// <summary>What this machine has.</summary>
public static class Simd
{
    /// <summary>Lanes of the widest vector that the hardware computes with: 16, 8 or 4.</summary>
    public static int Width => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;
}
