using System.Globalization;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>The arena in a <see cref="GraphPicture"/>: addresses from left to right, a column for each region, and time down beside the kernels.</summary>
sealed class GraphMemory
{
    const double Widest = 620, Narrowest = 26, Gap = 16, Character = 6.1, Top = 152;

    readonly record struct Column(GraphRegion Region, long Units, double X, double Width);

    readonly ProgramGraph graph;
    readonly GraphLayout layout;
    readonly List<Column> columns = [];

    /// <param name="graph">The slots.</param>
    /// <param name="layout">Where the kernels stand.</param>
    /// <param name="capacity">The batch: it makes regions comparable.</param>
    /// <param name="left">Where the first column begins.</param>
    public GraphMemory(ProgramGraph graph, GraphLayout layout, Capacity capacity, double left)
    {
        (this.graph, this.layout) = (graph, layout);
        var regions = graph.Slots.GroupBy(s => s.Region).Select(g => (Region: GraphRegion.Of(g.Key, capacity), Units: g.Max(s => s.Offset + s.Units))).ToList();
        double largest = regions.Select(r => r.Region.Bytes(r.Units)).DefaultIfEmpty(1).Max(), x = left;
        foreach (var (region, units) in regions.OrderByDescending(r => r.Region.Bytes(r.Units)))
        {
            double width = Math.Max(Narrowest, Widest * region.Bytes(units) / largest);
            columns.Add(new(region, units, x, width));
            x += width + Gap;
        }

        Right = x - Gap;
    }

    /// <summary>The right edge.</summary>
    public double Right { get; }

    public IEnumerable<XElement> Draw()
    {
        if (columns.Count == 0) yield break;
        yield return Svg.Text("heading", columns[0].X, Top + 56, "Memory");
        foreach (var column in columns)
        {
            string size = string.Create(CultureInfo.InvariantCulture, $"{column.Region.Bytes(column.Units) / 1e6:#,0.0} MB");
            string unit = string.Create(CultureInfo.InvariantCulture, $"{4 * column.Units:#,0} bytes a {column.Region.Unit}");
            double top = layout.Y(0) - 6;
            bool wide = column.Width > Character * (unit.Length + size.Length + 4);
            yield return Svg.Rectangle("arena", column.X - 3, top, column.Width + 6, layout.Bottom - top, 6);
            if (wide) yield return Svg.Text("region", column.X, top - 12, $"{unit}, {size}");
            else yield return Svg.Text("region", column.X + column.Width / 2 + 4, top - 10, $"a {column.Region.Unit}: {size}", turned: -38);
            foreach (var slot in graph.Slots.Select((s, i) => (Slot: s, Index: i)).Where(s => s.Slot.Region == column.Region.Name)) yield return Slot(slot.Slot, slot.Index, column);
        }
    }

    XElement Slot(GraphSlot slot, int index, Column column)
    {
        double scale = column.Width / column.Units, x = column.X + slot.Offset * scale, width = Math.Max(1, slot.Units * scale - 1);
        double top = layout.Y(slot.First), height = layout.Y(slot.Last) + GraphLayout.Row - 4 - top;
        var producer = graph.Kernels.FirstOrDefault(k => k.Writes.Contains(index));
        string name = slot.Entries > 1 ? $"{slot.Name} × {slot.Entries}" : slot.Name;
        string bytes = string.Create(CultureInfo.InvariantCulture, $"{4 * slot.Units:#,0} bytes a {column.Region.Unit}, {column.Region.Bytes(slot.Units) / 1e6:#,0.00} MB");
        return Svg.Group($"slot {producer?.Kind}",
            Svg.Title($"{name}\n{slot.Shape}, {bytes}\nfrom {graph.Kernels[slot.First].Name} to {graph.Kernels[slot.Last].Name}"),
            Svg.Rectangle("box", x, top, width, height, Math.Min(3, width / 3)), Label(name, x, top, width, height)!, Touches(index, slot, x + width / 2, width));
    }

    static XElement? Label(string name, double x, double top, double width, double height)
    {
        double length = Character * name.Length + 10;
        if (length < width) return Svg.Text("slot-name", x + 6, top + 13, name);
        return width >= 14 && length + 4 < height ? Svg.Text("slot-name", x + Math.Min(width / 2 + 4, 14), top + length - 2, name, turned: -90) : null;
    }

    // dots keep to the right edge of what is wide, where no name stands
    IEnumerable<XElement> Touches(int index, GraphSlot slot, double middle, double width)
    {
        if (width < 5) yield break;
        double radius = Math.Min(3.4, width / 2 - 0.5), x = width > 34 ? middle + width / 2 - 10 : middle;
        for (int k = slot.First; k <= slot.Last; k++)
        {
            double y = layout.Y(k) + GraphLayout.Row / 2 - 2;
            if (graph.Kernels[k].Writes.Contains(index)) yield return Svg.Circle("write", x, y, radius);
            else if (graph.Kernels[k].Reads.Contains(index)) yield return Svg.Circle("read", x, y, radius * 0.9);
        }
    }
}

/// <summary>A part of the arena for a batch: it grows with one of the batch's sizes.</summary>
/// <param name="Name">The property of <see cref="ArenaPlan"/>.</param>
/// <param name="Unit">What its slots are counted for.</param>
/// <param name="Count">How many of those the batch has.</param>
sealed record GraphRegion(string Name, string Unit, long Count)
{
    public static GraphRegion Of(string name, Capacity c) => name switch
    {
        "Token" or "ExactToken" => new(name, "token", ArenaPlan.Round(c.Tokens)),
        "Sequence" or "ExactSequence" => new(name, "sequence", ArenaPlan.Round(c.Sequences)),
        "Prediction" or "ExactPrediction" => new(name, "prediction", ArenaPlan.Round(c.Predictions)),
        "TokenChunk" => new(name, $"{ArenaPlan.ChunkRows} tokens", ArenaPlan.Chunks(c.Tokens)),
        "SequenceChunk" => new(name, $"{ArenaPlan.ChunkRows} sequences", ArenaPlan.Chunks(c.Sequences)),
        "PredictionChunk" => new(name, $"{ArenaPlan.ChunkRows} predictions", ArenaPlan.Chunks(c.Predictions)),
        _ => new(name, "model", 1),
    };

    /// <summary>Bytes of so many elements, where activations are float32.</summary>
    public long Bytes(long units) => units * Count * sizeof(float);
}
