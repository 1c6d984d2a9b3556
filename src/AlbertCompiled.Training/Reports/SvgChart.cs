using System.Globalization;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>Draws a <see cref="Chart"/> as SVG. Colours come from the page's style sheet by class.</summary>
static class SvgChart
{
    const int Width = 560, Height = 300, Left = 62, Right = 14, Top = 12, Bottom = 34;
    const double LabelHeight = 15, FirstLabel = 11, Descent = 4; // a line of text, its part above the base line, below

    public static XElement Draw(Chart chart)
    {
        double lastStep = chart.Series.SelectMany(s => s.Points).Select(p => p.X).DefaultIfEmpty(1).Max();
        var x = Axis.Covering([chart.From, lastStep]);
        x = x with { Low = chart.From, High = lastStep, Step = Math.Max(1, x.Step) }; // curves reach the edges, and what is counted is whole
        var y = Axis.Covering(chart.Series.SelectMany(s => s.Points).Select(p => p.Y).Concat(chart.Series.SelectMany(s => s.Spread).SelectMany(p => (double[])[p.Low, p.High])).Concat(chart.Levels.Select(l => l.Y)).Concat(chart.FromZero ? [0.0] : []));
        return Svg.Drawing(Width, Height, chart.Title,
            chart.Series.Select(s => Spread(s, x, y)), Grid(x, y, chart), Changes(chart, x), chart.Levels.Select(l => Svg.Line("level", Left, Y(y, l.Y), Width - Right, Y(y, l.Y))), chart.Series.Select(s => Curve(s, x, y)), Labels(chart, y));
    }

    static IEnumerable<XElement> Grid(Axis x, Axis y, Chart chart)
    {
        foreach (double tick in y.Ticks)
        {
            yield return Svg.Line("grid", Left, Y(y, tick), Width - Right, Y(y, tick));
            yield return Svg.Text("tick end", Left - 8, Y(y, tick) + 4, tick.ToString(chart.Format, CultureInfo.InvariantCulture));
        }

        foreach (double tick in x.Ticks)
            yield return Svg.Text("tick middle", X(x, tick), Height - Bottom + 18, tick.ToString("#,0", CultureInfo.InvariantCulture));
        yield return Svg.Text("tick end", Width - Right, Height - Descent, chart.Across);
    }

    static IEnumerable<XElement> Changes(Chart chart, Axis x)
    {
        foreach (var (at, name) in chart.Changes)
        {
            yield return Svg.Line("change", X(x, at), Top, X(x, at), Height - Bottom);
            yield return Svg.Text("tick", X(x, at) + 4, Height - Bottom - 6, name);
        }
    }

    static IEnumerable<XElement> Labels(Chart chart, Axis y)
    {
        double lowest = FirstLabel;
        foreach (var level in chart.Levels.OrderByDescending(l => l.Y)) // from the top of the page down
        {
            double label = Math.Max(Y(y, level.Y) - 5, lowest); // over its line, or lower if that would touch the label above
            lowest = label + LabelHeight;
            yield return Svg.Text("level-label", Left + 6, label, $"{level.Name} {level.Y.ToString(chart.Format, CultureInfo.InvariantCulture)}");
        }
    }

    static XElement? Spread(Series series, Axis x, Axis y) => series.Spread.Count == 0 ? null : new(Svg.Namespace + "polygon", new XAttribute("class", $"spread {series.Style}"),
        new XAttribute("points", Svg.Points(series.Spread.Select(p => (X(x, p.X), Y(y, p.Low))).Concat(series.Spread.Reverse().Select(p => (X(x, p.X), Y(y, p.High)))))));

    static IEnumerable<XElement> Curve(Series series, Axis x, Axis y)
    {
        if (series.Points.Count == 0) yield break;
        yield return new(Svg.Namespace + "polyline", new XAttribute("class", $"curve {series.Style}"), new XAttribute("points", Svg.Points(series.Points.Select(p => (X(x, p.X), Y(y, p.Y))))));
        if (!series.Marks) yield break;
        foreach (var (px, py) in series.Points)
            yield return Svg.Circle($"mark {series.Style}", X(x, px), Y(y, py), 3.2);
    }

    static double X(Axis axis, double value) => Left + axis.Place(value) * (Width - Left - Right);

    static double Y(Axis axis, double value) => Height - Bottom - axis.Place(value) * (Height - Top - Bottom);
}
