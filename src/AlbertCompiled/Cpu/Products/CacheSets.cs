namespace AlbertCompiled.Cpu;

/// <summary>The second-level cache's sets, which repeat every 64 KiB: rows a large power of two apart crowd into a few of them.</summary>
static class CacheSets
{
    const long Bytes = 1 << 16, MostOfASet = 11;

    /// <summary>True if so many rows of a matrix find room beside what else a product reads.</summary>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="rows">Rows that are in use together.</param>
    public static bool Hold(long stride, long rows)
    {
        if (stride == 0) return true;
        long step = stride * sizeof(float), apart = Bytes / Math.Min(Bytes, step & -step);
        return rows <= apart * MostOfASet;
    }
}
