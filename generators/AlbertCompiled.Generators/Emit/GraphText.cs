using System.Globalization;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit;

/// <summary>
/// A program's statements, loops, slots and kernels, a line each of fields between bars: what ProgramGraph of the runtime reads. A statement is the
/// only field that may hold a bar, and the last of its line.
/// </summary>
internal static class GraphText
{
    public static IEnumerable<string> Lines(LoweredProgram program)
    {
        var kernels = program.Kernels.ToList();
        var statements = kernels.SelectMany(k => StatementsOf(k.Kernel)).Distinct().ToList();
        var loops = program.Steps.OfType<LoopStep>().ToList();
        var slots = program.Plan.Slots.Select((slot, index) => (slot.Name, index)).ToDictionary(s => s.Name, s => s.index);
        foreach (string statement in statements) yield return $"statement|{statement}";
        foreach (var loop in loops) yield return Line("loop", loop.Name, loop.Count, loop.Reversed ? "down" : "up");
        foreach (var slot in program.Plan.Slots)
        {
            // live ranges count what was fused; a reader counts kernels, and an output stays until the last one
            int first = kernels.FindIndex(k => k.Kernel.Info.Position >= slot.First), last = kernels.FindLastIndex(k => k.Kernel.Info.Position <= slot.Last);
            yield return Line("slot", slot.Name, slot.Shape, slot.Region, slot.Entries, slot.Offset, slot.Units, first, last);
        }

        foreach (var (kernel, loop) in kernels)
        {
            var info = kernel.Info;
            yield return Line("kernel", kernel.Name, KindOf(kernel), loop is null ? -1 : loops.IndexOf(loop), info.Backward ? "backward" : "forward", info.Rows,
                Number(info.Flops), Number(info.Bytes), Buffers(kernel.Reads, slots), Buffers(kernel.Writes, slots), Operations(kernel), Headings.Shapes(kernel),
                string.Join(",", StatementsOf(kernel).Select(s => statements.IndexOf(s))));
        }
    }

    static string KindOf(Kernel kernel) => kernel switch
    {
        ProductKernel => "Product",
        AttentionKernel or AttentionGradientKernel => "Attention",
        ColumnSumKernel or MatrixSumKernel => "ColumnSum",
        ScatterKernel => "Scatter",
        _ => "Row",
    };

    // the one that its heading shows comes first
    static IEnumerable<string> StatementsOf(Kernel kernel) =>
        kernel.Info.Nodes.Select(n => n.Origin.Statement).Prepend(kernel.Info.Source).Where(s => s.Length > 0).Select(Headings.OneLine).Distinct();

    // a slot by its number, a parameter by its name
    static string Buffers(IEnumerable<Lower.Buffer> buffers, Dictionary<string, int> slots) => string.Join(",", buffers.Select(b => b switch
    {
        SlotBuffer s => slots[s.Slot.Name].ToString(CultureInfo.InvariantCulture),
        ParameterBuffer { Gradient: true } p => $"∂{p.Name}",
        _ => b.Name,
    }).Distinct());

    static string Operations(Kernel kernel) => kernel is ColumnSumKernel ? "" : string.Join(",", kernel.Info.Nodes.GroupBy(n => n.Op).Select(g => $"{g.Key}:{g.Count()}"));

    static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    static string Line(params object[] fields) => string.Join("|", fields.Select(f => Convert.ToString(f, CultureInfo.InvariantCulture)));
}
