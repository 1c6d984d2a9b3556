using System.Globalization;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>
/// Draws what the compiler made of a program, time running down: the definition's statements, the kernels they became, the work of each, and the
/// arena beside them, a rectangle for every value from the kernel that first needs its place to the last. One SVG without scripts.
/// </summary>
public static class GraphPicture
{
    const double Margin = 24, Top = 240, Line = 14, StatementWidth = 430, KernelWidth = 304, WorkWidth = 96, MemoryGap = 28, HeadingRoom = 112;
    const double StatementX = Margin + 26, KernelX = StatementX + StatementWidth + 46, WorkX = KernelX + KernelWidth + 22, MemoryX = WorkX + WorkWidth + MemoryGap;
    const int StatementCharacters = 68, NameCharacters = 41, ShapeCharacters = 53;

    static readonly (KernelKind Kind, string Name)[] Kinds =
    [
        (KernelKind.Product, "matrix product"), (KernelKind.Attention, "attention"), (KernelKind.Row, "row kernel"), (KernelKind.ColumnSum, "column sum"), (KernelKind.Scatter, "scatter"),
    ];

    /// <summary>Draws a program.</summary>
    /// <param name="model">The model.</param>
    /// <param name="program">One of its programs.</param>
    /// <param name="capacity">The batch that work and bytes are given for.</param>
    /// <exception cref="TrainingException">The model was compiled without a description of its kernels.</exception>
    public static XDocument Draw(ModelDescription model, ProgramDescription program, Capacity capacity)
    {
        if (program.Graph.Length == 0) throw new TrainingException($"{model.Name} says nothing of its kernels: it was compiled by an earlier version; build it again");
        var graph = ProgramGraph.Parse(program.Graph);
        var layout = new GraphLayout(graph, Top);
        var memory = new GraphMemory(graph, layout, program.Arena, capacity, MemoryX);
        double width = memory.Right + HeadingRoom, height = layout.Bottom + Margin + 8;
        var drawing = Svg.Drawing(width, height, $"The {program.Name} program of {model.Name}",
            new XAttribute("width", Svg.Number(width)), new XAttribute("height", Svg.Number(height)), // a browser shows it at its size
            new XElement(Svg.Namespace + "style", GraphStyle.Text), Svg.Title($"{model.Name}: {program.Name}"), Svg.Rectangle("page", 0, 0, width, height),
            Head(model, program, graph, capacity), Passes(graph, layout), Loops(graph, layout), layout.Groups.Select(g => Statement(graph, layout, g)),
            Kernels(graph, layout, capacity), memory.Draw());
        return new(drawing);
    }

    static IEnumerable<XElement> Head(ModelDescription model, ProgramDescription program, ProgramGraph graph, Capacity capacity)
    {
        double flops = graph.Kernels.Sum(k => Flops(graph, k, capacity));
        string loops = string.Join(" and ", graph.Loops.Select(l => $"{l.Iterations} layers").Distinct());
        yield return Svg.Text("title", Margin, 46, $"{model.Name}, {program.Name}");
        yield return Svg.Text("lead", Margin, 72, Invariant($"{graph.Statements.Length} statements of the definition became {graph.Kernels.Length} kernels{(graph.Kernels.Any(k => k.Backward) ? ", forward and backward" : "")}{(loops.Length > 0 ? $"; {loops} are one loop, compiled once" : "")}."));
        yield return Svg.Text("lead", Margin, 92, Invariant($"For {capacity.Tokens:#,0} tokens in {capacity.Sequences:#,0} sequences{(capacity.Predictions > 0 ? $" with {capacity.Predictions:#,0} predictions" : "")}: {Quantity(flops, "FLOP")} in an arena of {Quantity(program.Arena.Bytes(capacity), "B")}. Time runs down."));
        double x = Margin;
        foreach (var (kind, name) in Kinds.Where(k => graph.Kernels.Any(g => g.Kind == k.Kind)))
        {
            yield return Svg.Rectangle($"kernel {kind}", x, 110, 16, 12, 3);
            yield return Svg.Text("legend", x + 22, 120.5, name);
            x += 22 + 7.2 * name.Length + 22;
        }

        yield return Svg.Circle("write", x + 5, 116, 3.4);
        yield return Svg.Text("legend", x + 15, 120.5, "a kernel writes a value");
        yield return Svg.Circle("read", x + 186, 116, 3);
        yield return Svg.Text("legend", x + 196, 120.5, "reads it");
        yield return Svg.Text("heading", StatementX, Top - 38, "Definition");
        yield return Svg.Text("heading", KernelX, Top - 38, "Kernels");
        yield return Svg.Text("heading", WorkX, Top - 38, "Work");
    }

    static IEnumerable<XElement> Passes(ProgramGraph graph, GraphLayout layout)
    {
        foreach (var (first, last) in GraphLayout.Runs(graph.Kernels.Length, i => graph.Kernels[i].Backward))
        {
            bool backward = graph.Kernels[first].Backward;
            double top = layout.Y(first), bottom = layout.Y(last) + GraphLayout.Row - 4;
            yield return Svg.Rectangle(backward ? "pass backward" : "pass", Margin, top, 5, bottom - top, 2.5);
            string name = backward ? "backward" : "forward";
            if (bottom - top > 8 * name.Length) yield return Svg.Text("pass-name", Margin + 18, (top + bottom) / 2 + 28, name, turned: -90);
        }
    }

    static IEnumerable<XElement> Loops(ProgramGraph graph, GraphLayout layout)
    {
        for (int l = 0; l < graph.Loops.Length; l++)
        {
            int first = graph.Kernels.IndexOf(graph.Kernels.First(k => k.Loop == l)), last = graph.Kernels.LastIndexOf(graph.Kernels.Last(k => k.Loop == l));
            double top = layout.Y(first) - GraphLayout.LoopHead, bottom = layout.Y(last) + GraphLayout.Row + 4;
            var loop = graph.Loops[l];
            yield return Svg.Rectangle("loop", StatementX - 8, top, WorkX + WorkWidth + 8 - StatementX, bottom - top, 9);
            yield return Svg.Text("loop-name", StatementX + 2, top + 18, $"for each of {loop.Iterations} layers{(loop.Reversed ? ", the last one first" : "")}");
        }
    }

    static XElement Statement(ProgramGraph graph, GraphLayout layout, (int First, int Last) group)
    {
        double top = layout.Y(group.First), height = layout.Y(group.Last) + GraphLayout.Row - 4 - top, middle = top + height / 2;
        var kernels = graph.Kernels[group.First..(group.Last + 1)];
        var statements = kernels.SelectMany(k => k.Statements).Distinct().Select(s => graph.Statements[s]).ToList();
        string gradient = kernels[0].Backward ? "∂ " : "";
        int room = (int)((height - 4) / Line), shown = statements.Count <= room ? statements.Count : Math.Max(1, room - 1);
        var lines = statements.Take(shown).Select((s, i) => (Style: i == 0 ? "code" : "code more", Text: Svg.Shorten(gradient + s, StatementCharacters))).ToList();
        if (statements.Count > shown && room > 1) lines.Add(("code more", $"and {statements.Count - shown} more"));
        double y = middle - (lines.Count - 1) * Line / 2 + 4;
        return Svg.Group(kernels[0].Backward ? "statement backward" : "statement",
            Svg.Title((gradient.Length > 0 ? "The gradient of\n" : "") + string.Join('\n', statements)),
            Svg.Rectangle("box", StatementX, top, StatementWidth, height, 5),
            lines.Select((l, i) => Svg.Text(l.Style, StatementX + 10, y + i * Line, l.Text)),
            Enumerable.Range(group.First, kernels.Length).Select(i => Link(middle, layout.Y(i) + GraphLayout.Row / 2 - 2)));
    }

    static XElement Link(double from, double to)
    {
        double x = StatementX + StatementWidth;
        return Svg.Path("link", string.Create(CultureInfo.InvariantCulture, $"M{x:0.#} {from:0.#}C{x + 24:0.#} {from:0.#} {KernelX - 24:0.#} {to:0.#} {KernelX:0.#} {to:0.#}"));
    }

    static IEnumerable<XElement> Kernels(ProgramGraph graph, GraphLayout layout, Capacity capacity)
    {
        double total = Math.Max(1, graph.Kernels.Sum(k => Flops(graph, k, capacity)));
        double most = Math.Max(1, graph.Kernels.Select(k => Flops(graph, k, capacity)).DefaultIfEmpty(0).Max());
        for (int i = 0; i < graph.Kernels.Length; i++)
        {
            var kernel = graph.Kernels[i];
            double y = layout.Y(i), flops = Flops(graph, kernel, capacity), share = flops / total, bar = Math.Max(1, flops / most * (WorkWidth - 44));
            yield return Svg.Group($"kernel {kernel.Kind}", Svg.Title(Tooltip(graph, kernel, flops, share)),
                Svg.Rectangle("box", KernelX, y, KernelWidth, GraphLayout.Row - 4, 5),
                Svg.Text("name", KernelX + 10, y + 13.5, Svg.Shorten(kernel.Name, NameCharacters)), Svg.Text("shape", KernelX + 10, y + 26.5, Svg.Shorten(kernel.Shapes, ShapeCharacters)),
                Svg.Rectangle("bar", WorkX, y + 8, bar, 14, 2),
                share < 0.0005 ? null! : Svg.Text("share", WorkX + bar + 5, y + 19, share.ToString(share < 0.1 ? "0.0 %" : "0 %", CultureInfo.InvariantCulture)));
        }
    }

    static string Tooltip(ProgramGraph graph, GraphKernel kernel, double flops, double share)
    {
        string operations = string.Join(", ", kernel.Operations.Select(o => o.Count == 1 ? o.Name : $"{o.Count} {o.Name}"));
        string Slots(IEnumerable<int> slots) => string.Join(", ", slots.Select(s => graph.Slots[s].Name));
        string per = kernel.Kind == KernelKind.Attention ? "pair of tokens" : "row";
        return string.Join('\n', ((string[])
        [
            kernel.Name, kernel.Shapes, operations.Length > 0 ? $"operations: {operations}" : "",
            Invariant($"{kernel.Flops:#,0.##} FLOPs a {per}, {kernel.Bytes:#,0.##} bytes a row; {Quantity(flops, "FLOP")} in all, {share:0.0%}"),
            kernel.Reads.Length > 0 ? $"reads {Slots(kernel.Reads)}" : "", kernel.Writes.Length > 0 ? $"writes {Slots(kernel.Writes)}" : "",
            kernel.Parameters.Length > 0 ? $"parameters: {string.Join(", ", kernel.Parameters)}" : "",
        ]).Where(l => l.Length > 0));
    }

    /// <summary>FLOPs of a kernel in all iterations of its loop.</summary>
    internal static double Flops(ProgramGraph graph, GraphKernel kernel, Capacity capacity)
    {
        double rows = kernel.Rows is { } dimension ? capacity[dimension] : kernel.ConstantRows;
        if (kernel.Kind == KernelKind.Attention) rows *= (double)capacity.Tokens / capacity.Sequences; // each token with those of its sequence
        return kernel.Flops * rows * (kernel.Loop < 0 ? 1 : graph.Loops[kernel.Loop].Iterations);
    }

    /// <summary>A number with its unit's prefix: 12.3 MB.</summary>
    internal static string Quantity(double value, string unit)
    {
        int thousands = value < 1 ? 0 : Math.Min(4, (int)(Math.Log10(value) / 3));
        return Invariant($"{value / Math.Pow(1000, thousands):0.#} {(thousands == 0 ? "" : "kMGT"[thousands - 1])}{unit}");
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
