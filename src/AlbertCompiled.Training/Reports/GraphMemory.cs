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
    /// <param name="arena">The sizes of the arena.</param>
    /// <param name="capacity">The batch: it makes regions comparable.</param>
    /// <param name="left">Where the first column begins.</param>
    public GraphMemory(ProgramGraph graph, GraphLayout layout, ArenaPlan arena, Capacity capacity, double left)
    {
        (this.graph, this.layout) = (graph, layout);
        var regions = graph.Slots.GroupBy(s => s.Region).Select(g => (Region: GraphRegion.Of(g.Key, arena, capacity), Units: g.Max(s => s.Offset + s.Units))).ToList();
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
            string size = GraphPicture.Quantity(column.Region.Bytes(column.Units), "B");
            string unit = string.Create(CultureInfo.InvariantCulture, $"{4 * column.Units:#,0} bytes for {column.Region.Unit}");
            double top = layout.Y(0) - 6;
            bool wide = column.Width > Character * (unit.Length + size.Length + 4);
            yield return Svg.Rectangle("arena", column.X - 3, top, column.Width + 6, layout.Bottom - top, 6);
            if (wide) yield return Svg.Text("region", column.X, top - 12, $"{unit}, {size}");
            else yield return Svg.Text("region", column.X + column.Width / 2 + 4, top - 10, $"for {column.Region.Unit}: {size}", turned: -38);
            foreach (var slot in graph.Slots.Select((s, i) => (Slot: s, Index: i)).Where(s => s.Slot.Region == column.Region.Name)) yield return Slot(slot.Slot, slot.Index, column);
        }
    }

    XElement Slot(GraphSlot slot, int index, Column column)
    {
        double scale = column.Width / column.Units, x = column.X + slot.Offset * scale, width = Math.Max(1, slot.Units * scale - 1);
        double top = layout.Y(slot.First), height = layout.Y(slot.Last) + GraphLayout.Row - 4 - top;
        var producer = graph.Kernels.FirstOrDefault(k => k.Writes.Contains(index));
        string name = slot.Entries > 1 ? $"{slot.Name} × {slot.Entries}" : slot.Name;
        string bytes = string.Create(CultureInfo.InvariantCulture, $"{4 * slot.Units:#,0} bytes for {column.Region.Unit}, {GraphPicture.Quantity(column.Region.Bytes(slot.Units), "B")}");
        return Svg.Group($"slot {producer?.Kind}",
            Svg.Title($"{name}\n{slot.Shape}, {bytes}\nfrom {graph.Kernels[slot.First].Name} to {graph.Kernels[slot.Last].Name}"),
            Svg.Rectangle("box", x, top, width, height, Math.Min(3, width / 3)), Label(name, index, slot, x, width)!, Touches(index, slot, x, width));
    }

    // turned where the slot is narrow, and then in the first stretch that no dot stands in
    XElement? Label(string name, int index, GraphSlot slot, double x, double width)
    {
        double length = Character * name.Length + 10, from = layout.Y(slot.First);
        if (length < width) return Svg.Text("slot-name", x + 6, from + 13, name);
        if (width < 14) return null;
        foreach (double next in Touching(index, slot).Select(t => t.Y - 5).Append(layout.Y(slot.Last) + GraphLayout.Row - 4))
        {
            if (next - from > length) return Svg.Text("slot-name", x + Math.Min(width / 2 + 4, 14), from + length - 3, name, turned: -90);
            from = next + 10;
        }

        return width < 40 ? null : Svg.Text("slot-name", x + 6, layout.Y(slot.First) + 13, Svg.Shorten(name, (int)((width - 10) / Character)));
    }

    // dots keep to the right edge of what is wide, where no name stands
    IEnumerable<XElement> Touches(int index, GraphSlot slot, double x, double width)
    {
        if (width < 5) yield break;
        double radius = Math.Min(3.4, width / 2 - 0.5), centre = width > 34 ? x + width - 10 : x + width / 2;
        foreach (var (y, writes) in Touching(index, slot)) yield return writes ? Svg.Circle("write", centre, y, radius) : Svg.Circle("read", centre, y, radius * 0.9);
    }

    IEnumerable<(double Y, bool Writes)> Touching(int index, GraphSlot slot)
    {
        for (int k = slot.First; k <= slot.Last; k++)
        {
            bool writes = graph.Kernels[k].Writes.Contains(index);
            if (writes || graph.Kernels[k].Reads.Contains(index)) yield return (layout.Y(k) + GraphLayout.Row / 2 - 2, writes);
        }
    }
}

/// <summary>A part of the arena for a batch: it grows with one of the batch's sizes.</summary>
/// <param name="Name">The property of <see cref="ArenaPlan"/>, or Band.</param>
/// <param name="Unit">What its slots are counted for.</param>
/// <param name="Count">How many of those the batch has.</param>
sealed record GraphRegion(string Name, string Unit, long Count)
{
    public static GraphRegion Of(string name, ArenaPlan arena, Capacity c) => name switch
    {
        "Band" when arena.Bands is { } bands => new(name, "a row of a band", bands.RowsOf(c)),
        "Token" => new(name, "a token", ArenaPlan.Round(c.Tokens)),
        "ExactToken" => new(name, "a token, float32", ArenaPlan.Round(c.Tokens)),
        "Sequence" => new(name, "a sequence", ArenaPlan.Round(c.Sequences)),
        "ExactSequence" => new(name, "a sequence, float32", ArenaPlan.Round(c.Sequences)),
        "Prediction" => new(name, "a prediction", ArenaPlan.Round(c.Predictions)),
        "ExactPrediction" => new(name, "a prediction, float32", ArenaPlan.Round(c.Predictions)),
        "TokenChunk" => new(name, $"{ArenaPlan.ChunkRows} tokens", ArenaPlan.Chunks(c.Tokens)),
        "SequenceChunk" => new(name, $"{ArenaPlan.ChunkRows} sequences", ArenaPlan.Chunks(c.Sequences)),
        "PredictionChunk" => new(name, $"{ArenaPlan.ChunkRows} predictions", ArenaPlan.Chunks(c.Predictions)),
        "ExactFixed" => new(name, "all, float32", 1),
        _ => new(name, "all", 1),
    };

    /// <summary>Bytes of so many elements, where activations are float32.</summary>
    public long Bytes(long units) => units * Count * sizeof(float);
}
