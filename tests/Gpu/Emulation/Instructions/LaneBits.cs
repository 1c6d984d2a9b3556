using System.Runtime.CompilerServices;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>A lane's register, 64 bits, as a value of a type and back; upper bits are zero.</summary>
static class LaneBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T To<T>(ulong bits) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 8) return Unsafe.BitCast<ulong, T>(bits);
        if (Unsafe.SizeOf<T>() == 4) return Unsafe.BitCast<uint, T>((uint)bits);
        if (Unsafe.SizeOf<T>() == 2) return Unsafe.BitCast<ushort, T>((ushort)bits);
        return Unsafe.BitCast<byte, T>((byte)bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong From<T>(T value) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() == 8) return Unsafe.BitCast<T, ulong>(value);
        if (Unsafe.SizeOf<T>() == 4) return Unsafe.BitCast<T, uint>(value);
        if (Unsafe.SizeOf<T>() == 2) return Unsafe.BitCast<T, ushort>(value);
        return Unsafe.BitCast<T, byte>(value);
    }

    /// <summary>The .NET type whose arithmetic a PTX type has; bits count as unsigned.</summary>
    public static Type Clr(PtxType type) => (type.Kind, type.Bytes) switch
    {
        ('s', 1) => typeof(sbyte),
        ('s', 2) => typeof(short),
        ('s', 4) => typeof(int),
        ('s', 8) => typeof(long),
        ('f', 2) => typeof(Half),
        ('f', 4) => typeof(float),
        ('f', 8) => typeof(double),
        (_, 1) => typeof(byte),
        (_, 2) => typeof(ushort),
        (_, 4) => typeof(uint),
        _ => typeof(ulong),
    };

    /// <summary>A float rounded to bfloat16, to nearest, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return 0x7FFF;
        return (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FromBFloat16(uint bits) => BitConverter.UInt32BitsToSingle(bits << 16);
}
