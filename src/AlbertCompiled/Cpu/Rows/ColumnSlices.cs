namespace AlbertCompiled.Cpu;

/// <summary>Columns dealt to threads in whole cache lines.</summary>
readonly struct ColumnSlices
{
    readonly int width;

    public ColumnSlices(ThreadTeam team, int columns)
    {
        Columns = columns;
        int lines = (int)(Simd.RoundToLine(columns) / Simd.LineFloats);
        width = Math.Max(1, (lines + team.Threads - 1) / team.Threads) * Simd.LineFloats;
        Count = (columns + width - 1) / width;
    }

    /// <summary>Columns of all slices.</summary>
    public int Columns { get; }

    /// <summary>Slices.</summary>
    public int Count { get; }

    /// <summary>The columns of a slice.</summary>
    public (int First, int Last) this[int slice] => (slice * width, Math.Min(Columns, (slice + 1) * width));
}
