using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.IR.Intrinsics;

namespace AlbertCompiled.Gpu;

/// <summary>An activation rounded to the upper half of a float32: 8 bits of exponent, 8 of significand (one implied).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BFloat16 : IElement<BFloat16>
{
    ushort bits;

    /// <inheritdoc/>
    public static float Read(BFloat16 element) => Interop.IntAsFloat((uint)element.bits << 16);

    /// <inheritdoc/>
    public static BFloat16 Of(float value)
    {
        BFloat16 element = default;
        element.bits = (ushort)(Round(value) >> 16);
        return element;
    }

    /// <inheritdoc/>
    public static Float8 Load(ArrayView<BFloat16> view, int index)
    {
        var words = view.Cast<Words4>()[index / 8];
        Float8 value = default;
        value.A = Low(words.X);
        value.B = High(words.X);
        value.C = Low(words.Y);
        value.D = High(words.Y);
        value.E = Low(words.Z);
        value.F = High(words.Z);
        value.G = Low(words.W);
        value.H = High(words.W);
        return value;
    }

    /// <inheritdoc/>
    public static void Store(ArrayView<BFloat16> view, int index, Float8 value)
    {
        Words4 words = default;
        words.X = Pair(value.A, value.B);
        words.Y = Pair(value.C, value.D);
        words.Z = Pair(value.E, value.F);
        words.W = Pair(value.G, value.H);
        view.Cast<Words4>()[index / 8] = words;
    }

    static float Low(uint word) => Interop.IntAsFloat(word << 16);

    static float High(uint word) => Interop.IntAsFloat(word & 0xFFFF0000u);

    [IntrinsicImplementation]
    internal static uint Pair(float low, float high) => Portable.Pair(low, high);

    internal static class Portable
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]      // below sm_80 it comes too late for ILGPU to inline it of its own accord
        public static uint Pair(float low, float high) => Round(low) >> 16 | Round(high) & 0xFFFF0000u;
    }

    /// <summary>To nearest, ties to even, in the upper half. A NaN becomes a quiet one: rounded, CUDA's (0x7FFFFFFF) would carry into the sign and be −0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Round(float value)
    {
        uint bits = Interop.FloatAsInt(value);
        return (bits & 0x7FFFFFFFu) > 0x7F800000u ? bits | 0x00400000u : bits + 0x7FFFu + (bits >> 16 & 1u);
    }
}

/// <summary>16 bytes that move at once.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Words4
{
    public uint X, Y, Z, W;
}
