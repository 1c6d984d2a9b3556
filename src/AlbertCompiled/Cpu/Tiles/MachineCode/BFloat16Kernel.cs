using System.ComponentModel;
using System.Runtime.Intrinsics.X86;

namespace AlbertCompiled.Cpu.MachineCode;

/// <summary>The inner kernel for bfloat16, assembled when it is first needed.</summary>
static unsafe class BFloat16Kernel
{
    static readonly delegate* unmanaged[SuppressGCTransition]<float*, float*, nint, float*, nint, int, float*, nint, void> two, three, halfTwo, halfThree;

    static BFloat16Kernel()
    {
        if (!HasInstructions) return;
        try
        {
            two = Load(MicroKernel.Rows, 2);
            three = Load(MicroKernel.Rows, 3);
            halfTwo = Load(MicroKernel.Rows / 2, 2);
            halfThree = Load(MicroKernel.Rows / 2, 3);
            IsSupported = true;
        }
        catch (Win32Exception)
        {
            // a hardened system may forbid code that was not there at start
        }
    }

    /// <summary>True if the kernel runs here.</summary>
    public static bool IsSupported { get; }

    /// <summary>
    /// True on AMD's processors (Zen 4, Zen 5), whose instruction does twice the work of float32's in the same time. On Intel's (Emerald Rapids) it does half: these leave
    /// bfloat16 to tiles (AMX). A rule, not a measurement: what a run computes must not depend on what else a machine does.
    /// </summary>
    public static bool IsQuick => X86Base.IsSupported && X86Base.CpuId(0, 0) is (_, 0x68747541, 0x444D4163, 0x69746E65);     // "Auth", "cAMD", "enti"

    // the calling convention is that of Linux; AVX512-BF16 is bit 5 of EAX in leaf 7, subleaf 1
    static bool HasInstructions =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess && Simd.Width == MicroKernel.MaximumTile / 3 / MicroKernel.Rows && Avx512F.IsSupported
        && X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & 1 << 5) != 0;

    /// <summary>See <see cref="IPrecision.Tile"/>.</summary>
    public static void Tile(int vectors, bool half, float* a, float* b, long words, float* c, long stride, TileEffect effect, float* ahead, long aheadStep) =>
        (half ? vectors == 3 ? halfThree : halfTwo : vectors == 3 ? three : two)(a, b, (nint)words, c, (nint)stride * sizeof(float), (int)effect, ahead, (nint)aheadStep * sizeof(float));

    static delegate* unmanaged[SuppressGCTransition]<float*, float*, nint, float*, nint, int, float*, nint, void> Load(int rows, int vectors) =>
        (delegate* unmanaged[SuppressGCTransition]<float*, float*, nint, float*, nint, int, float*, nint, void>)ExecutableMemory.Load(BFloat16Assembler.Tile(rows, vectors));
}
