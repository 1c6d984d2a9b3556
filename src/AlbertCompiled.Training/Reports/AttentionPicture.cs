using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>Draws attention maps: row i is what piece i takes from every piece, dark where it takes much.</summary>
static class AttentionPicture
{
    /// <summary>Shades of a map; the style sheet has a class for each.</summary>
    public const int Shades = 10;

    const double Largest = 20, LabelSize = 0.72, Side = 420, Thumbnail = 92, Gap = 10, LayerLabel = 64, HeadLabel = 20;

    /// <summary>The largest share in any of the maps: it is drawn darkest.</summary>
    public static double Darkest(IEnumerable<AttentionMap> maps) => maps.SelectMany(m => m.Probabilities.Values).DefaultIfEmpty(1).Max();

    /// <summary>A map with the pieces at its sides.</summary>
    public static XElement Labelled(AttentionMap map, IReadOnlyList<string> pieces, double darkest)
    {
        double cell = Math.Min(Largest, Side / map.Length), size = Math.Clamp(cell * LabelSize, 3, 11), label = pieces.Max(p => p.Length) * size * 0.62 + 12;
        double width = label + cell * map.Length + 4, height = label + cell * map.Length + 4;
        var drawing = Svg.Drawing(width, height, $"Attention of layer {map.Layer}", Svg.Rectangle("map", label, label, cell * map.Length, cell * map.Length), Cells(map, label, label, cell, darkest));
        for (int i = 0; i < map.Length; i++)
        {
            double middle = label + (i + 0.5) * cell;
            drawing.Add(
                Sized(Svg.Text("piece end", label - 5, middle + size * 0.35, pieces[i]), size), Sized(Svg.Text("piece", middle + size * 0.35, label - 5, pieces[i], turned: -90), size),
                new XElement(Svg.Namespace + "rect", new XAttribute("class", "reach"), new XAttribute("x", 0), new XAttribute("y", Svg.Number(label + i * cell)),
                    new XAttribute("width", Svg.Number(width)), new XAttribute("height", Svg.Number(cell)), Svg.Title(Strongest(map, pieces, i))));
        }

        return drawing;
    }

    /// <summary>All heads: a row for each layer.</summary>
    /// <param name="layers">The heads of every layer.</param>
    /// <param name="isSpecial">True for positions that hold [CLS] or [SEP].</param>
    public static XElement Grid(IReadOnlyList<IReadOnlyList<AttentionMap>> layers, Func<int, bool> isSpecial)
    {
        double darkest = Darkest(layers.SelectMany(l => l));
        int heads = layers.Max(l => l.Count);
        double width = LayerLabel + heads * (Thumbnail + Gap), height = HeadLabel + layers.Count * (Thumbnail + Gap);
        var drawing = Svg.Drawing(width, height, "Attention of every head", new XAttribute("style", string.Create(CultureInfo.InvariantCulture, $"max-width: {width * 1.3:0}px")));
        for (int h = 0; h < heads; h++) drawing.Add(Svg.Text("tick middle", LayerLabel + h * (Thumbnail + Gap) + Thumbnail / 2, 12, $"head {h + 1}"));
        for (int l = 0; l < layers.Count; l++)
        {
            double y = HeadLabel + l * (Thumbnail + Gap);
            drawing.Add(Svg.Text("tick end", LayerLabel - 10, y + Thumbnail / 2 + 4, $"layer {layers[l][0].Layer}"));
            for (int h = 0; h < layers[l].Count; h++)
            {
                var map = layers[l][h];
                double x = LayerLabel + h * (Thumbnail + Gap);
                drawing.Add(Svg.Group("head", Svg.Title(Habits(map, isSpecial)), Svg.Rectangle("map", x, y, Thumbnail, Thumbnail), Cells(map, x, y, Thumbnail / map.Length, darkest)));
            }
        }

        return drawing;
    }

    // one path a shade, in units of cells
    static XElement Cells(AttentionMap map, double x, double y, double cell, double darkest)
    {
        var paths = new StringBuilder?[Shades + 1];
        for (int i = 0; i < map.Length; i++)
        {
            for (int j = 0, next; j < map.Length; j = next)
            {
                int shade = Shade(map.Probabilities[i, j] / darkest);
                for (next = j + 1; next < map.Length && Shade(map.Probabilities[i, next] / darkest) == shade;) next++;
                if (shade > 0) (paths[shade] ??= new()).Append(CultureInfo.InvariantCulture, $"M{j} {i}h{next - j}v1h-{next - j}z");
            }
        }

        return new(Svg.Namespace + "g", new XAttribute("transform", string.Create(CultureInfo.InvariantCulture, $"translate({x:0.##} {y:0.##}) scale({cell:0.####})")),
            paths.Select((p, s) => p is null ? null : Svg.Path($"shade s{s}", p.ToString())));
    }

    // with the square root, weak attention shows too
    static int Shade(double share) => (int)Math.Round(Shades * Math.Sqrt(share));

    static XElement Sized(XElement text, double size)
    {
        text.Add(new XAttribute("font-size", Svg.Number(size)));
        return text;
    }

    static string Strongest(AttentionMap map, IReadOnlyList<string> pieces, int row) => $"{pieces[row]} takes from: " + string.Join(", ",
        Enumerable.Range(0, map.Length).OrderByDescending(j => map.Probabilities[row, j]).Take(5).Select(j => string.Create(CultureInfo.InvariantCulture, $"{pieces[j]} {map.Probabilities[row, j]:0%}")));

    static string Habits(AttentionMap map, Func<int, bool> isSpecial) => string.Create(CultureInfo.InvariantCulture,
        $"layer {map.Layer}, head {map.Head}\n{map.Share(0):0%} from itself\n{map.Share(1):0%} from the piece before\n{map.Share(-1):0%} from the piece after\n{map.From(isSpecial):0%} from [CLS] and [SEP]");
}
