using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit.Gpu;

/// <summary>The GPU's way to print a program: structs of views that ILGPU compiles, and launchers that a step queues.</summary>
internal sealed class GpuProgramEmitter(LoweredProgram program, string model) : ProgramEmitter(GpuSteps.Of(program), model, "Gpu")
{
    // columns that a lane takes at once where they divide a row: Float8 of the runtime
    const int PackColumns = 8;

    // field → its type, in order of first use
    readonly List<(string Type, string Name, string Construction)> launchers = [];

    readonly HashSet<string> perRow = GpuSteps.PartialsOfRows(GpuSteps.Of(program));

    protected override string Usings => "System\nAlbertCompiled\nAlbertCompiled.Gpu\nILGPU";

    protected override string ClassTail => "<T> : GpuProgram<T> where T : unmanaged, IElement<T>";

    // ILGPU reaches kernels from an assembly of its own, so nothing on the way to them may be private
    protected override string Modifiers => "internal sealed";

    protected override string TypeOf(Slot slot) => slot.IsElement ? "ArrayView<T>" : "ArrayView<float>";

    protected override string OutputType => "GpuOutput<T>";

    protected override string ExecutorType => "GpuExecutor<T>";

    protected override IEnumerable<string> Prologue => Program.Name == "train" ? ["ClearGradients();"] : [];

    protected override string EntryAt(string slot, string floats) => $"From({slot}, {floats})";

    protected override string ParameterAt(ParameterBuffer buffer, string offset) => $"{(buffer.Gradient ? "Gradient" : "Value")}({offset})";

    protected override string BatchVector(string name) => $"Batch.{name}";

    protected override IEnumerable<(string Declaration, string Assignment)> Fields() =>
        launchers.Select(l => ($"readonly {l.Type} {l.Name};", $"{l.Name} = {l.Construction};"));

    protected override string Call(CSharpWriter w, Kernel kernel, string iteration)
    {
        string A(Lower.Buffer b) => Address(b, iteration);
        string Operand(Lower.Buffer b) => $"new({A(b)}, {b.Stride})";
        // a factor of a product is rounded as activations are, whatever it is
        string Factor(Lower.Buffer b) => b switch
        {
            ParameterBuffer p => $"new(Weight({ParameterOffsets.Of(p, iteration)}), {b.Stride})",
            SlotBuffer { Slot.IsElement: false } => $"new({Launcher("RoundedCopy<T>", b.Name + "Copy", "new(Device, Own)")}.Of({A(b)}, {b.Stride}, {Size(b.Shape.Rows)}), {b.Stride})",
            _ => Operand(b),
        };
        switch (kernel)
        {
            case RowKernel r:
                var fields = NewFields(iteration, out var dialect);
                var printer = new RowKernelPrinter(w, r, fields, dialect);
                Headings.Print(w, r);
                printer.Print();
                string form = !r.Instructions.Any(i => i is AddToPartial) || GpuSteps.IsLong(r) ? "Launch" : r.Phases is [{ Columns: > 1 }] && !r.Instructions.Any(i => i is Reduce) ? "LaunchBlocks" : "LaunchChunks";
                int columns = r.Phases.Max(p => p.Columns);
                string launcher = Launcher($"GpuRows<{r.Name}, {(columns % PackColumns == 0 ? "Float8" : "Float1")}>", r.Name, $"new(Device, {columns})");
                return $"{launcher}.{form}({Size(r.Rows)}, new({fields.Arguments}));";

            case ProductKernel p:
                var (type, arguments) = Epilogue(w, p, iteration);
                string layoutName = $"{(p.TransposeA ? "T" : "N")}{(p.TransposeB ? "T" : "N")}";
                string product = Launcher($"MatrixProduct<T, {layoutName}, {type}>", type == p.Name ? p.Name : $"{layoutName}{type.Replace("<T>", "")}");
                return $"{product}.Launch({Factor(p.A)}, {Factor(p.B)}, {Size(p.M)}, {p.N}, {Size(p.K)}, new({arguments}));";

            case AttentionKernel a:
                return $"{Launcher("AttentionForward<T>", "AttentionForward")}.Launch({Attention(a.QueryKeyValue, a.Heads, a.Dropout, a.Site)}, {Operand(a.Context)}, {Operand(a.LogSum)});";

            case AttentionGradientKernel a:
                string delta = Launcher("ArrayView<float>", "AttentionDelta", $"Scratch(TokenRows * {a.Heads})");
                return $"{Launcher("AttentionBackward<T>", "AttentionBackward")}.Launch({Attention(a.QueryKeyValue, a.Heads, a.Dropout, a.Site)}, {Operand(a.Context)}, {Operand(a.LogSum)}, {Operand(a.Gradient)}, {Operand(a.Result)}, {delta});";

            case ScatterKernel { Target: ParameterBuffer } s:
                var rows = s.Source.Shape.Rows;
                string groups = Launcher("RowGroups", s.Index.TrimEnd('s') + "Groups", $"Batch.GroupsOf(batch => batch.{s.Index}, Dimension.{rows.Kind})");
                return $"{Launcher("TableGradient<T>", "TableGradient")}.Launch({Operand(s.Target)}, {groups}, {Operand(s.Source)}, {s.Source.Shape.Columns});";

            case ScatterKernel s:
                string clear = $"Clear({A(s.Target)}, {s.Target.Stride}, {Size(s.Target.Shape.Rows)});";
                return $"{clear}\n{Launcher("ScatterAdd<T>", "ScatterAdd")}.Launch({Operand(s.Target)}, Batch.{s.Index}, {Operand(s.Source)}, {Size(s.Source.Shape.Rows)}, {s.Source.Shape.Columns});";

            case GroupLogSumKernel g:
                return $"{Launcher("GroupLogSum<T>", "GroupLogSum")}.Launch({Operand(g.Source)}, {BatchVector(g.Index)}, {Size(g.Source.Shape.Rows)}, {Operand(g.Result)}, {Size(g.Result.Shape.Rows)}, {g.Source.Shape.Columns});";

            case ColumnSumsKernel { Sums: var sums }:
                string terms = string.Join(", ", sums.Select(c => $"new({A(c.Partials)}, {c.Columns}, {A(c.Target)})"));
                string chunk = IsPerRow(sums[0].Partials) ? "1" : "ArenaPlan.ChunkRows";
                return $"{Launcher("ColumnSum", "ColumnSum")}.Launch({Size(sums[0].Rows)}, {chunk}, accumulate: {(sums[0].Target is ParameterBuffer ? "true" : "false")}, {terms});";

            default:
                throw new InvalidOperationException(kernel.ToString());
        }

        string Attention(Lower.Buffer queryKeyValue, int heads, double dropout, Graph.Site site) =>
            $"Attention({Operand(queryKeyValue)}, {heads}, {queryKeyValue.Shape.Columns / 3 / heads}{(dropout == 0 ? "" : $", {site.Key(iteration)}, {Probability(dropout)}")})";
    }

    // partial sums of a kernel that takes rows one by one have a row for each
    string Address(Lower.Buffer buffer, string iteration) => IsPerRow(buffer)
        ? Launcher("ArrayView<float>", $"{buffer.Name}OfRows", $"Scratch({RoomOf(buffer.Shape.Rows)})")
        : At(buffer, iteration);

    static string RoomOf(Graph.Dim rows) => rows.IsConstant ? rows.ToString() : $"{rows.Kind.ToString().TrimEnd('s')}Rows";

    bool IsPerRow(Lower.Buffer buffer) => perRow.Contains(buffer.Name);

    (string Type, string Arguments) Epilogue(CSharpWriter w, ProductKernel p, string iteration)
    {
        if (EpiloguePrinter.Plain(p) is { } plain && (plain.Accumulate || GpuDialect.ElementOf(plain.Target) == "T"))
            return (plain.Accumulate ? "Accumulate" : "Store<T>", $"{At(plain.Target, iteration)}, {plain.Target.Stride}");
        var fields = NewFields(iteration, out var dialect);
        Headings.Print(w, p);
        EpiloguePrinter.Print(w, p, fields, dialect);
        return (p.Name, fields.Arguments);
    }

    string Launcher(string type, string kernel, string construction = "new(Device)")
    {
        string name = char.ToLowerInvariant(kernel[0]) + kernel[1..] + (type is "ArrayView<float>" or "RowGroups" or "RoundedCopy<T>" ? "" : "Kernel");
        if (launchers.All(l => l.Name != name)) launchers.Add((type, name, construction));
        return name;
    }

    KernelFields NewFields(string iteration, out Dialect dialect)
    {
        dialect = new GpuDialect();
        return new(dialect, b => Address(b, iteration), BatchVector, iteration);
    }

    static string Size(Graph.Dim dimension) => KernelFields.SizeOf(dimension);
}
