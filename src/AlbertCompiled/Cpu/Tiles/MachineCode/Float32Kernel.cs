using System.ComponentModel;
using System.Runtime.Intrinsics.X86;

namespace AlbertCompiled.Cpu.MachineCode;

/// <summary>The inner kernel for float32 in vectors of 256 bits, assembled when it is first needed.</summary>
static unsafe class Float32Kernel
{
    static readonly delegate* unmanaged[SuppressGCTransition]<Float32Tile*, void> two, three;

    static Float32Kernel()
    {
        // the calling convention is that of Linux
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || !Fma.IsSupported) return;
        try
        {
            two = (delegate* unmanaged[SuppressGCTransition]<Float32Tile*, void>)ExecutableMemory.Load(Float32Assembler.Tile(2));
            three = (delegate* unmanaged[SuppressGCTransition]<Float32Tile*, void>)ExecutableMemory.Load(Float32Assembler.Tile(3));
            IsSupported = true;
        }
        catch (Win32Exception)
        {
            // a hardened system may forbid code that was not there at start
        }
    }

    /// <summary>True if the kernel runs here; its bits are those of the same tile in C#.</summary>
    public static bool IsSupported { get; }

    /// <summary>Four rows of a tile: see <see cref="IPrecision.Tile"/>.</summary>
    public static void Tile(int vectors, Strip a, float* b, long bStride, long words, float* c, long stride, TileEffect effect, float* ahead, long aheadStep)
    {
        var tile = new Float32Tile
        {
            A = a.Data,
            Row = a.Row * sizeof(float),
            Word = a.Word * sizeof(float),
            B = b,
            BStride = bStride * sizeof(float),
            Words = words,
            C = c,
            Stride = stride * sizeof(float),
            Effect = (long)effect,
            Ahead = ahead,
            AheadStep = aheadStep * sizeof(float),
        };
        (vectors == 3 ? three : two)(&tile);
    }
}
