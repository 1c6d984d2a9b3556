using System.Globalization;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>Elements of an SVG drawing. Colours come from a style sheet by class.</summary>
static class Svg
{
    public static readonly XNamespace Namespace = "http://www.w3.org/2000/svg";

    /// <summary>A drawing of this size in its own units.</summary>
    /// <param name="width">Width.</param>
    /// <param name="height">Height.</param>
    /// <param name="label">What it shows, for those who cannot see it.</param>
    /// <param name="content">What is in it.</param>
    public static XElement Drawing(double width, double height, string label, params object[] content) => new(Namespace + "svg",
        new XAttribute("viewBox", $"0 0 {Number(width)} {Number(height)}"), new XAttribute("role", "img"), new XAttribute("aria-label", label), content);

    public static XElement Group(string style, params object[] content) => new(Namespace + "g", new XAttribute("class", style), content);

    public static XElement Line(string style, double x1, double y1, double x2, double y2) => new(Namespace + "line",
        new XAttribute("class", style), new XAttribute("x1", Number(x1)), new XAttribute("y1", Number(y1)), new XAttribute("x2", Number(x2)), new XAttribute("y2", Number(y2)));

    public static XElement Text(string style, double x, double y, string text, double turned = 0)
    {
        var element = new XElement(Namespace + "text", new XAttribute("class", style), new XAttribute("x", Number(x)), new XAttribute("y", Number(y)), text);
        if (turned != 0) element.Add(new XAttribute("transform", $"rotate({Number(turned)} {Number(x)} {Number(y)})"));
        return element;
    }

    public static XElement Rectangle(string style, double x, double y, double width, double height, double rounded = 0)
    {
        var element = new XElement(Namespace + "rect", new XAttribute("class", style),
            new XAttribute("x", Number(x)), new XAttribute("y", Number(y)), new XAttribute("width", Number(width)), new XAttribute("height", Number(height)));
        if (rounded > 0) element.Add(new XAttribute("rx", Number(rounded)));
        return element;
    }

    public static XElement Circle(string style, double x, double y, double radius) => new(Namespace + "circle", new XAttribute("class", style),
        new XAttribute("cx", Number(x)), new XAttribute("cy", Number(y)), new XAttribute("r", Number(radius)));

    public static XElement Path(string style, string data) => new(Namespace + "path", new XAttribute("class", style), new XAttribute("d", data));

    /// <summary>What is shown while the pointer rests on the element around it.</summary>
    public static XElement Title(string text) => new(Namespace + "title", text);

    /// <summary>Points of a line or an area.</summary>
    public static string Points(IEnumerable<(double X, double Y)> points) => string.Join(' ', points.Select(p => $"{Number(p.X)},{Number(p.Y)}"));

    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A text cut to a number of characters.</summary>
    public static string Shorten(string text, int characters) => text.Length <= characters ? text : $"{text[..Math.Max(0, characters - 1)]}…";
}
