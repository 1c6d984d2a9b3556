using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit;

/// <summary>The comment above each kernel: what it computes, from which line of the definition, at what cost.</summary>
internal static class Headings
{
    public static void Print(CSharpWriter w, Kernel kernel)
    {
        w.Blank();
        w.Line($"// {Way(kernel.Info.Path)}{(kernel.Info.Backward ? ", gradient" : "")}");
        if (kernel.Info.Source.Length > 0) w.Line($"//   {OneLine(kernel.Info.Source)}");
        w.Line($"// {Shapes(kernel)}");
        string per = kernel is AttentionKernel or AttentionGradientKernel ? " per pair of tokens" : kernel.Info.Rows.IsOne ? "" : $" per row of {Rows(kernel.Info.Rows)}";
        w.Line($"// {Count(kernel.Info.Flops, "FLOP")}{per}, {Count(kernel.Info.Bytes, "byte")}{(kernel.Info.Rows.IsOne ? "" : " per row")}");
    }

    // without the program's own method, which is on every way: what several programs call reads the same in each
    static string Way(string path) => path[(path.IndexOf('/') + 1)..].Replace("/", " › ");

    static string Rows(Dim rows) => rows.IsConstant ? Count(rows.Size, "row") : rows.ToString();

    static string Count(double number, string of) => $"{CSharpWriter.Number(number)} {of}{(number == 1 ? "" : "s")}";

    public static string OneLine(string source)
    {
        string line = string.Join(" ", source.Split(['\n', '\r', ' '], StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 140 ? line : line[..137] + "...";
    }

    /// <summary>What a kernel computes, as shapes.</summary>
    public static string Shapes(Kernel kernel) => kernel switch
    {
        ProductKernel p => $"[{p.M}, {p.N}] = {Operand(p.A, p.TransposeA)} · {Operand(p.B, p.TransposeB)}",
        AttentionKernel a => $"{a.Context.Shape} = {a.Heads} heads of {a.Context.Shape.Columns / a.Heads} over {a.QueryKeyValue.Shape}",
        AttentionGradientKernel a => $"{a.Result.Shape} from {a.Gradient.Shape}, {a.Heads} heads of {a.Gradient.Shape.Columns / a.Heads}",
        ScatterKernel s => $"{s.Target.Shape} += rows of {s.Source.Shape} by {s.Index}",
        GroupLogSumKernel g => $"{g.Result.Shape} = ln Σ exp of {g.Source.Shape} by {g.Index}",
        ColumnSumKernel c => $"[1, {c.Columns}] = sum of the partial sums of {c.Rows} rows",
        MatrixSumKernel m => $"[1, {m.Columns}] = sum of the rows of {m.Source.Name} {m.Source.Shape}",
        RowKernel r => $"[{r.Rows}, {r.Phases.Max(p => p.Columns)}]{Passes(r.Phases.Count(p => p.Columns > 1))}",
        _ => "",
    };

    static string Passes(int count) => count switch { 0 => "", 1 => ", one pass over a row", _ => $", {count} passes over a row" };

    static string Operand(Lower.Buffer b, bool transposed) => $"{b.Name} {b.Shape}{(transposed ? "ᵀ" : "")}";
}
