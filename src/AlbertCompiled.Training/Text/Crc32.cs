namespace AlbertCompiled.Training;

/// <summary>The cyclic redundancy check of zip, gzip and PNG: reflected polynomial 0xEDB88320.</summary>
public static class Crc32
{
    static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte b in bytes) crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    static uint Entry(int i)
    {
        uint x = (uint)i;
        for (int bit = 0; bit < 8; bit++) x = (x & 1) != 0 ? (x >> 1) ^ 0xEDB88320 : x >> 1;
        return x;
    }
}
