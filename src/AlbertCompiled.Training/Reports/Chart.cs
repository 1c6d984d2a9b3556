namespace AlbertCompiled.Training;

/// <summary>A curve, or single points, of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Ascending in x.</param>
/// <param name="Style">CSS class: its colour and stroke.</param>
/// <param name="Marks">Draw a mark at every point.</param>
public sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points, string Style, bool Marks = false)
{
    /// <summary>How far values lie around the curve, drawn as a band.</summary>
    public IReadOnlyList<(double X, double Low, double High)> Spread { get; init; } = [];
}

/// <summary>A level to compare with, drawn dashed across a chart.</summary>
/// <param name="Name">What its label says.</param>
/// <param name="Y">The level.</param>
public sealed record Level(string Name, double Y);

/// <summary>A chart, if not told otherwise over the steps of a run.</summary>
/// <param name="Title">Above it.</param>
/// <param name="Series">Curves.</param>
/// <param name="Levels">Dashed levels.</param>
/// <param name="Format">How values on the vertical axis are written: a .NET number format.</param>
/// <param name="FromZero">The vertical axis starts at 0.</param>
public sealed record Chart(string Title, IReadOnlyList<Series> Series, IReadOnlyList<Level> Levels, string Format, bool FromZero = false)
{
    /// <summary>Steps at which something changed, drawn as upright lines, and what it was.</summary>
    public IReadOnlyList<(double X, string Name)> Changes { get; init; } = [];

    /// <summary>What the horizontal axis counts.</summary>
    public string Across { get; init; } = "step";

    /// <summary>Where the horizontal axis starts.</summary>
    public double From { get; init; }

    /// <summary>Averages a curve over as many intervals as a screen can show.</summary>
    public static IReadOnlyList<(double X, double Y)> Thin(IReadOnlyList<(double X, double Y)> points, int intervals = 240)
    {
        if (points.Count <= intervals) return points;
        var result = new (double X, double Y)[intervals];
        for (int i = 0; i < intervals; i++)
        {
            int start = (int)((long)i * points.Count / intervals), end = (int)((i + 1L) * points.Count / intervals);
            double x = 0, y = 0;
            for (int k = start; k < end; k++) (x, y) = (x + points[k].X, y + points[k].Y);
            result[i] = (x / (end - start), y / (end - start));
        }

        return result;
    }
}
