namespace AlbertCompiled.Cpu;

/// <summary>
/// Columns cut into panels of three and, at the end, of two vectors: at most a vector's worth of padding, or one vector more if
/// there is only one.
/// </summary>
readonly struct Panels
{
    readonly int threes, lanes;

    /// <param name="columns">Columns, at least 1.</param>
    /// <param name="lanes">Lanes of a vector.</param>
    public Panels(int columns, int lanes)
    {
        this.lanes = lanes;
        Columns = columns;
        int vectors = Math.Max(2, (columns + lanes - 1) / lanes);
        int twos = (vectors % 3) switch { 0 => 0, 1 => 2, _ => 1 };
        threes = (vectors - 2 * twos) / 3;
        Count = threes + twos;
    }

    /// <summary>Columns without padding.</summary>
    public int Columns { get; }

    /// <summary>Panels.</summary>
    public int Count { get; }

    /// <summary>Vectors of a panel: 3 or 2.</summary>
    public int Vectors(int panel) => panel < threes ? 3 : 2;

    /// <summary>First column of a panel; for <see cref="Count"/>, the columns of all with padding.</summary>
    public int First(int panel) => (panel < threes ? 3 * panel : 3 * threes + 2 * (panel - threes)) * lanes;

    /// <summary>The panel whose first column is nearest to a column, for those behind the last one <see cref="Count"/>.</summary>
    public int Nearest(int column)
    {
        int three = 3 * lanes, two = 2 * lanes, behind = column - threes * three;
        return behind <= 0 ? (column + three / 2) / three : threes + (behind + two / 2) / two;
    }

    /// <summary>Columns of a panel with padding.</summary>
    public int Width(int panel) => Vectors(panel) * lanes;

    /// <summary>Columns of a panel without padding.</summary>
    public int Valid(int panel) => Math.Min(Width(panel), Columns - First(panel));
}
