using System.Xml.Linq;
using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>A row of a <see cref="DotPlot"/>.</summary>
/// <param name="Name">Left of it.</param>
/// <param name="Values">Ours, a dot each, and a bar at their mean.</param>
/// <param name="Paper">The paper's, a dot of another colour; null: none.</param>
public sealed record DotRow(string Name, IReadOnlyList<double> Values, double? Paper);

/// <summary>Draws values as dots on one axis, a row for each configuration: every seed is seen.</summary>
static class DotPlot
{
    const int Width = 560, Left = 176, Right = 16, Top = 8, RowHeight = 24, Bottom = 22, LongestName = 27;
    const double Dot = 3.2, Bar = 8;

    /// <param name="title">What is drawn.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="levels">Values to compare with, drawn dashed.</param>
    /// <param name="number">How a number of the axis is written.</param>
    public static XElement Draw(string title, IReadOnlyList<DotRow> rows, IReadOnlyList<Level> levels, Func<double, string> number)
    {
        var axis = Axis.Covering([.. rows.SelectMany(r => r.Values), .. rows.Select(r => r.Paper).OfType<double>(), .. levels.Select(l => l.Y)]);
        double X(double value) => Left + axis.Place(value) * (Width - Left - Right);
        double Y(int row) => Top + (row + 0.5) * RowHeight;
        double end = Top + rows.Count * RowHeight, height = end + Bottom + (levels.Count > 0 ? RowHeight * 0.7 * levels.Count : 0);
        return Svg.Drawing(Width, height, title,
            axis.Ticks.Select(tick => new[] { Svg.Line("grid", X(tick), Top, X(tick), end), Svg.Text("tick middle", X(tick), end + 15, number(tick)) }),
            levels.Select((level, i) => new[] { Svg.Line("level", X(level.Y), Top, X(level.Y), end), Svg.Text("level-label", Left, end + Bottom + 10 + i * RowHeight * 0.7, $"dashed: {level.Name} {number(level.Y)}") }),
            rows.Select((row, i) => Svg.Group("row", Svg.Title(Tip(row, number)), Svg.Text("tick end", Left - 10, Y(i) + 4, Svg.Shorten(row.Name, LongestName)), Row(row, X, Y(i)))));
    }

    static IEnumerable<XElement> Row(DotRow row, Func<double, double> x, double y)
    {
        if (row.Values.Count > 0)
        {
            double mean = x(row.Values.Average());
            yield return Svg.Line("curve train", x(row.Values.Min()), y, x(row.Values.Max()), y);
            yield return Svg.Line("curve train", mean, y - Bar, mean, y + Bar);
        }

        foreach (double value in row.Values) yield return Svg.Circle("mark train", x(value), y, Dot);
        if (row.Paper is { } paper) yield return Svg.Circle("mark held", x(paper), y, Dot + 1);
    }

    static string Tip(DotRow row, Func<double, string> number) =>
        $"{row.Name}: {string.Join(", ", row.Values.Select(number))}{(row.Paper is { } paper ? $"; paper: {number(paper)}" : "")}";
}
