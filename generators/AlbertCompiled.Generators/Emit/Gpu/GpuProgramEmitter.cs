using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit.Gpu;

/// <summary>The GPU's way to print a program: structs of views that ILGPU compiles, and launchers that a step queues.</summary>
internal sealed class GpuProgramEmitter(LoweredProgram program) : ProgramEmitter(GpuSteps.Of(program), Classes.Device)
{
    // columns that a lane takes at once where they divide a row: Float8 of the runtime
    const int PackColumns = 8;

    // what fields hold, in order of first use
    readonly List<(string Type, string Kernel, string Name, string Construction)> launchers = [];

    /// <summary>The programs' classes. ILGPU reaches kernels from an assembly of its own, so nothing on the way to them may be private.</summary>
    public static readonly DeviceClasses Classes = new(
        "Gpu", "System\nAlbertCompiled\nAlbertCompiled.Gpu\nILGPU",
        "internal sealed", "<T>", "where T : unmanaged, IElement<T>", "GpuProgram<T>", "GpuKernels<T>",
        "internal abstract class GpuKernels<T>(GpuExecutor<T> executor, ProgramDescription description) : GpuProgram<T>(executor, description) where T : unmanaged, IElement<T>");

    protected override string TypeOf(Slot slot) => slot.IsElement ? "ArrayView<T>" : "ArrayView<float>";

    protected override string EntriesOf(Slot slot) => $"Entries<{(slot.IsElement ? "T" : "float")}>";

    protected override string OutputType => "GpuOutput<T>";

    protected override string ExecutorType => "GpuExecutor<T>";

    protected override IEnumerable<string> Prologue => Program.Name == "train" ? ["ClearGradients();"] : [];

    protected override string Behind(string start, string elements) => $"From({start}, {elements})";

    protected override (string Bound, string Rows) Band(string size, int most) => ($"{size}.Most", FormattableString.Invariant($"var rows = {size}.Band(begin, {most});"));

    protected override string ParameterAt(ParameterBuffer buffer, string offset) => $"{(buffer.Gradient ? "Gradient" : "Value")}({offset})";

    protected override string BatchVector(string name) => $"Batch.{name}";

    protected override IEnumerable<(string Declaration, string Assignment)> Fields() =>
        launchers.Select(l => ($"readonly {l.Type} {l.Name};", $"{l.Name} = {l.Construction};"));

    protected override Dialect NewDialect() => new GpuDialect();

    // what is stored in float32 in every precision has no struct of the runtime
    protected override Store? RuntimeEpilogue(ProductKernel kernel) =>
        EpiloguePrinter.Plain(kernel) is { } plain && (plain.Accumulate || GpuDialect.ElementOf(plain.Target) == "T") ? plain : null;

    protected override string Call(Kernel kernel, KernelStruct? own, CallSite site)
    {
        string A(Lower.Buffer b) => At(b, site);
        string Operand(Lower.Buffer b) => $"new({A(b)}, {b.Stride})";
        // a factor of a product is rounded as activations are, whatever it is
        string Factor(Lower.Buffer b) => b switch
        {
            ParameterBuffer p => $"new(Weight({ParameterOffsets.Of(p, site.Iteration)}), {b.Stride})",
            SlotBuffer { Slot.IsElement: false } => $"new({Launcher("RoundedCopy<T>", b.Name + "Copy", "new(Device, Own)")}.Of({A(b)}, {b.Stride}, {Size(b.Shape.Rows, site)}), {b.Stride})",
            _ => Operand(b),
        };
        switch (kernel)
        {
            case RowKernel r:
                int columns = r.Phases.Max(p => p.Columns);
                string launcher = Launcher($"GpuRows<{r.Name}, {Pack(columns)}>", r.Name, $"new(Device, {columns})");
                return CSharpWriter.Listed($"{launcher}.{LaunchOf(r)}({Size(r.Rows, site)}, new(", own!.Arguments, "));");

            case ProductKernel p:
                var (type, arguments) = Epilogue(p, own, site);
                string layout = $"{(p.TransposeA ? "T" : "N")}{(p.TransposeB ? "T" : "N")}", name = type == p.Name ? p.Name : $"{layout}{type.Replace("<T>", "")}";
                string product = p.ColumnSum is null ? Launcher($"MatrixProduct<T, {layout}, {type}>", name) : Launcher($"SummedProduct<T, {layout}, {type}>", name, $"new(Device, {p.N})");
                return CSharpWriter.Listed($"{product}.Launch(", [Factor(p.A), Factor(p.B), Size(p.M, site), $"{p.N}", Size(p.K, site), $"new({arguments})", .. Sums(p)], ");");

            case AttentionKernel a:
                return $"{Launcher("AttentionForward<T>", "AttentionForward")}.Launch({Attention(a.QueryKeyValue, a.Heads, a.Dropout, a.Site)}, {Operand(a.Context)}, {Operand(a.LogSum)});";

            case AttentionGradientKernel a:
                string delta = Launcher("ArrayView<float>", "AttentionDelta", $"Scratch(TokenRows * {MostHeads})");
                return $"{Launcher("AttentionBackward<T>", "AttentionBackward")}.Launch({Attention(a.QueryKeyValue, a.Heads, a.Dropout, a.Site)}, {Operand(a.Context)}, {Operand(a.LogSum)}, {Operand(a.Gradient)}, {Operand(a.Result)}, {delta});";

            case ScatterKernel { Target: ParameterBuffer } s:
                var rows = s.Source.Shape.Rows;
                string groups = Launcher("RowGroups", s.Index.TrimEnd('s') + "Groups", $"Batch.GroupsOf(batch => batch.{s.Index}, Dimension.{rows.Kind})");
                return $"{Launcher("TableGradient<T>", "TableGradient")}.Launch({Operand(s.Target)}, {groups}, {Operand(s.Source)}, {s.Source.Shape.Columns});";

            case ScatterKernel s:
                string clear = $"Clear({A(s.Target)}, {s.Target.Stride}, {Size(s.Target.Shape.Rows, site)});";
                return $"{clear}\n{Launcher("ScatterAdd<T>", "ScatterAdd")}.Launch({Operand(s.Target)}, Batch.{s.Index}, {Operand(s.Source)}, {Size(s.Source.Shape.Rows, site)}, {s.Source.Shape.Columns});";

            case GroupLogSumKernel g:
                return $"{Launcher("GroupLogSum<T>", "GroupLogSum")}.Launch({Operand(g.Source)}, {BatchVector(g.Index)}, {Size(g.Source.Shape.Rows, site)}, {Operand(g.Result)}, {Size(g.Result.Shape.Rows, site)}, {g.Source.Shape.Columns});";

            case ColumnSumsKernel { Sums: var sums }:
                string terms = string.Join(", ", sums.Select(c => $"new({A(c.Partials)}, {c.Columns}, {A(c.Target)})"));
                return $"{Launcher("ColumnSum", "ColumnSum")}.Launch({Size(sums[0].Rows, site)}, accumulate: {(sums[0].Target is ParameterBuffer ? "true" : "false")}, {terms});";

            case MatrixSumKernel m:
                return $"{Launcher($"MatrixSum<T, {Pack(m.Columns)}>", $"MatrixSum{Pack(m.Columns)}")}.Launch({Operand(m.Source)}, {Size(m.Rows, site)}, {m.Columns}, {A(m.Target)});";

            default:
                throw new InvalidOperationException(kernel.ToString());
        }

        string[] Sums(ProductKernel p) => GpuSteps.SumOf(p) is { } sum ? [Operand(sum.Values), A(sum.Partials)] : [];

        string Attention(Lower.Buffer queryKeyValue, int heads, double dropout, Graph.Site dropped) =>
            $"Attention({Operand(queryKeyValue)}, {heads}, {queryKeyValue.Shape.Columns / 3 / heads}{(dropout == 0 ? "" : $", {KernelFields.KeyOf(dropped, site.Iteration)}, {Probability(dropout)}")})";
    }

    // all attentions of a program share one scratch
    int MostHeads => Program.Kernels.Select(k => k.Kernel).OfType<AttentionGradientKernel>().Max(k => k.Heads);

    static string LaunchOf(RowKernel kernel) =>
        !kernel.Instructions.Any(i => i is AddToPartial) ? "Launch"
        : kernel.Phases is [{ Columns: > 1 }] && !kernel.Instructions.Any(i => i is Reduce) ? "LaunchBlocks"
        : "LaunchChunks";

    (string Type, string Arguments) Epilogue(ProductKernel p, KernelStruct? own, CallSite site) => RuntimeEpilogue(p) is { } plain
        ? (plain.Accumulate ? "Accumulate" : "Store<T>", $"{At(plain.Target, site)}, {plain.Target.Stride}")
        : (p.Name, string.Join(", ", own!.Arguments));

    static string Pack(int columns) => columns % PackColumns == 0 ? "Float8" : "Float1";

    string Launcher(string type, string kernel, string construction = "new(Device)")
    {
        if (launchers.FirstOrDefault(l => l.Type == type && l.Kernel == kernel).Name is { } known) return known;
        string name = FieldNames.Unique(char.ToLowerInvariant(kernel[0]) + kernel[1..] + (type is "ArrayView<float>" or "RowGroups" or "RoundedCopy<T>" ? "" : "Kernel"));
        launchers.Add((type, kernel, name, construction));
        return name;
    }
}
