namespace AlbertCompiled.Cpu;

/// <summary>Columns dealt to threads in whole cache lines.</summary>
readonly struct ColumnSlices
{
    const int Line = 16;
    readonly int columns, width;

    public ColumnSlices(ThreadTeam team, int columns)
    {
        this.columns = columns;
        int lines = (columns + Line - 1) / Line;
        width = Math.Max(1, (lines + team.Threads - 1) / team.Threads) * Line;
        Count = (columns + width - 1) / width;
    }

    /// <summary>Slices.</summary>
    public int Count { get; }

    /// <summary>The columns of a slice.</summary>
    public (int First, int Last) this[int slice] => (slice * width, Math.Min(columns, (slice + 1) * width));
}
