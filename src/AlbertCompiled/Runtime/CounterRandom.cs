using System.Runtime.CompilerServices;

namespace AlbertCompiled;

/// <summary>
/// The counter-based random bits of dropout: a pure function of (seed, step, site, iteration, row, column), the same on every
/// device, so a mask is regenerated in the backward pass instead of stored. The mixer is "lowbias32" (C. Wellons, 2018).
/// </summary>
public static class CounterRandom
{
    internal const uint Golden = 0x9E3779B9, Multiplier1 = 0x7FEB352D, Multiplier2 = 0x846CA68B;

    internal const ulong Golden64 = 0x9E3779B97F4A7C15;

    /// <summary>A bijective mix of 64 bits: SplitMix64's (Steele et al., 2014).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    /// <summary>A bijective mix of 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Mix(uint x)
    {
        x = (x ^ (x >> 16)) * Multiplier1;
        x = (x ^ (x >> 15)) * Multiplier2;
        return x ^ (x >> 16);
    }

    /// <summary>The key of one dropout site in one iteration of one step.</summary>
    public static uint Key(ulong seed, long step, int site, int iteration)
    {
        ulong x = seed + (ulong)step * Golden64 + ((ulong)(uint)site << 32 | (uint)iteration) * 0xD1B54A32D192ED03;
        return (uint)(Mix(x) >> 16);
    }

    /// <summary>The key of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint RowKey(uint key, int row) => Mix(key + (uint)row * Golden);

    /// <summary>32 random bits for one element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(uint rowKey, int column) => Mix(rowKey + (uint)column * Golden);

    /// <summary>An element is kept if its bits are at least this.</summary>
    /// <param name="probability">The probability of dropping, in [0, 1).</param>
    public static uint Threshold(double probability) => (uint)(probability * 4294967296.0);
}
