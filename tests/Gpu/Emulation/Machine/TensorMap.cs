using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>
/// A tensor map as bulk copies use it. The driver's own 128 bytes are a secret; here they hold the arguments of cuTensorMapEncodeTiled: a mark, type, rank,
/// swizzle, address, sizes, strides in bytes, box.
/// </summary>
/// <param name="Address">Global address of the first element.</param>
/// <param name="Sizes">Elements along each axis, the innermost first.</param>
/// <param name="Strides">Bytes from one index to the next, for all axes but the innermost.</param>
/// <param name="Box">Elements of a copy along each axis.</param>
/// <param name="Swizzle">Bytes of a swizzled row: 0, 32, 64, 128.</param>
sealed record TensorMap(ulong Address, long[] Sizes, long[] Strides, int[] Box, int Swizzle)
{
    const uint Mark = 0x50414D54;

    /// <summary>Bytes of a map.</summary>
    public const int Bytes = 128;

    /// <summary>Bytes of an element: bfloat16.</summary>
    public const int Element = 2;

    public int Rank => Sizes.Length;

    /// <summary>The stand-in for the driver's map.</summary>
    /// <exception cref="ArgumentException">The driver would refuse these arguments.</exception>
    public byte[] Encode()
    {
        if (Rank is < 1 or > 5 || Strides.Length != Rank - 1 || Box.Length != Rank) throw new ArgumentException("a map of rank 1 to 5, with a stride less");
        if (Address % 16 != 0 || Strides.Any(s => s % 16 != 0)) throw new ArgumentException("address and strides must be multiples of 16 bytes");
        if (Box.Any(b => b is < 1 or > 256)) throw new ArgumentException("a box has 1 to 256 elements along an axis");
        if (Swizzle is not (0 or 32 or 64 or 128)) throw new ArgumentException("swizzles are of 32, 64 or 128 bytes");
        if (Box[0] * Element % 16 != 0 || (Swizzle > 0 && Box[0] * Element > Swizzle)) throw new ArgumentException("rows of a box are multiples of 16 bytes, and not wider than the swizzle");
        byte[] bytes = new byte[Bytes];
        var writer = bytes.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(writer, Mark);
        writer[4] = (byte)Rank;
        writer[5] = (byte)Swizzle;
        BinaryPrimitives.WriteUInt64LittleEndian(writer[8..], Address);
        for (int i = 0; i < Rank; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(writer[(16 + 8 * i)..], Sizes[i]);
            if (i > 0) BinaryPrimitives.WriteInt64LittleEndian(writer[(56 + 8 * (i - 1))..], Strides[i - 1]);
            BinaryPrimitives.WriteInt32LittleEndian(writer[(88 + 4 * i)..], Box[i]);
        }

        return bytes;
    }

    /// <summary>Reads a map.</summary>
    public static TensorMap Decode(Warp warp, ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Mark) throw warp.Fail("no tensor map lies there");
        int rank = bytes[4];
        var wide = MemoryMarshal.Cast<byte, long>(bytes);
        return new((ulong)wide[1], wide.Slice(2, rank).ToArray(), wide.Slice(7, rank - 1).ToArray(), MemoryMarshal.Cast<byte, int>(bytes).Slice(22, rank).ToArray(), bytes[5]);
    }
}
