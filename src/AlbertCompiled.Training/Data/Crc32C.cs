using System.Numerics;
using System.Runtime.InteropServices;

namespace AlbertCompiled.Training;

/// <summary>CRC-32C (Castagnoli), by the processor's instruction where it has one. A running value starts as <see cref="Start"/>.</summary>
static class Crc32C
{
    /// <summary>The running value before the first byte.</summary>
    public const uint Start = ~0u;

    /// <summary>The running value after <paramref name="bytes"/>.</summary>
    public static uint Append(uint running, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) running = BitOperations.Crc32C(running, word);
        foreach (byte b in bytes[(words.Length * sizeof(ulong))..]) running = BitOperations.Crc32C(running, b);
        return running;
    }

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Append(Start, bytes);
}
