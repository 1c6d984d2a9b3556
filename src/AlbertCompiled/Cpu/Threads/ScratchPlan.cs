namespace AlbertCompiled.Cpu;

/// <summary>Lays arrays out one behind the other, each on a cache line of its own.</summary>
struct ScratchPlan
{
    /// <summary>Floats so far.</summary>
    public long Total { get; private set; }

    /// <summary>Room for so many floats; returns its offset.</summary>
    public long Add(long floats)
    {
        long offset = Total;
        Total += Simd.RoundToLine(floats);
        return offset;
    }
}
