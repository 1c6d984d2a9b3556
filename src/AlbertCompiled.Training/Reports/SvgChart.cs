using System.Globalization;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>Draws a <see cref="Chart"/> as SVG. Colours come from the page's style sheet by class.</summary>
static class SvgChart
{
    const int Width = 560, Height = 300, Left = 62, Right = 14, Top = 12, Bottom = 34;
    const double LabelHeight = 15;

    static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static XElement Draw(Chart chart)
    {
        double lastStep = chart.Series.SelectMany(s => s.Points).Select(p => p.X).DefaultIfEmpty(1).Max();
        var x = Axis.Covering([0, lastStep]) with { High = lastStep }; // curves reach the right edge
        var y = Axis.Covering(chart.Series.SelectMany(s => s.Points).Select(p => p.Y).Concat(chart.Levels.Select(l => l.Y)).Concat(chart.FromZero ? [0.0] : []));
        return new(Svg + "svg",
            new XAttribute("viewBox", $"0 0 {Width} {Height}"), new XAttribute("role", "img"), new XAttribute("aria-label", chart.Title),
            Grid(x, y, chart.Format), Changes(chart, x), chart.Levels.Select(l => Line("level", Left, Y(y, l.Y), Width - Right, Y(y, l.Y))), chart.Series.Select(s => Curve(s, x, y)), Labels(chart, y));
    }

    static IEnumerable<XElement> Grid(Axis x, Axis y, string format)
    {
        foreach (double tick in y.Ticks)
        {
            yield return Line("grid", Left, Y(y, tick), Width - Right, Y(y, tick));
            yield return Text("tick end", Left - 8, Y(y, tick) + 4, tick.ToString(format, CultureInfo.InvariantCulture));
        }

        foreach (double tick in x.Ticks)
            yield return Text("tick middle", X(x, tick), Height - Bottom + 18, tick.ToString("#,0", CultureInfo.InvariantCulture));
        yield return Text("tick end", Width - Right, Height - 2, "step");
    }

    static IEnumerable<XElement> Changes(Chart chart, Axis x)
    {
        foreach (var (at, name) in chart.Changes)
        {
            yield return Line("change", X(x, at), Top, X(x, at), Height - Bottom);
            yield return Text("tick", X(x, at) + 4, Height - Bottom - 6, name);
        }
    }

    static IEnumerable<XElement> Labels(Chart chart, Axis y)
    {
        double lowest = 0;
        foreach (var level in chart.Levels.OrderByDescending(l => l.Y)) // from the top of the page down
        {
            double label = Math.Max(Y(y, level.Y) - 5, lowest); // over its line, or lower if that would touch the label above
            lowest = label + LabelHeight;
            yield return Text("level-label", Left + 6, label, $"{level.Name} {level.Y.ToString(chart.Format, CultureInfo.InvariantCulture)}");
        }
    }

    static IEnumerable<XElement> Curve(Series series, Axis x, Axis y)
    {
        if (series.Points.Count == 0) yield break;
        yield return new(Svg + "polyline", new XAttribute("class", $"curve {series.Style}"),
            new XAttribute("points", string.Join(' ', series.Points.Select(p => $"{Number(X(x, p.X))},{Number(Y(y, p.Y))}"))));
        if (!series.Marks) yield break;
        foreach (var (px, py) in series.Points)
            yield return new(Svg + "circle", new XAttribute("class", $"mark {series.Style}"),
                new XAttribute("cx", Number(X(x, px))), new XAttribute("cy", Number(Y(y, py))), new XAttribute("r", "3.2"));
    }

    static double X(Axis axis, double value) => Left + axis.Place(value) * (Width - Left - Right);

    static double Y(Axis axis, double value) => Height - Bottom - axis.Place(value) * (Height - Top - Bottom);

    static XElement Line(string style, double x1, double y1, double x2, double y2) => new(Svg + "line",
        new XAttribute("class", style), new XAttribute("x1", Number(x1)), new XAttribute("y1", Number(y1)), new XAttribute("x2", Number(x2)), new XAttribute("y2", Number(y2)));

    static XElement Text(string style, double x, double y, string text) =>
        new(Svg + "text", new XAttribute("class", style), new XAttribute("x", Number(x)), new XAttribute("y", Number(y)), text);

    static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
