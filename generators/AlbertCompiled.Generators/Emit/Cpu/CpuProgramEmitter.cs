using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit.Cpu;

/// <summary>The CPU's way to print a program: structs of pointers that a thread team runs, generic over the vector and the precision of products.</summary>
internal sealed class CpuProgramEmitter(LoweredProgram program) : ProgramEmitter(program, Classes.Device)
{
    // weight and transposition → field and the product that first reads it
    readonly Dictionary<(string Weight, bool Transposed), (string Field, ProductKernel Kernel)> packed = [];

    /// <summary>The programs' classes. Row kernels and epilogues do not know the precision of products.</summary>
    public static readonly DeviceClasses Classes = new(
        "Cpu", "System\nSystem.Runtime.CompilerServices\nAlbertCompiled\nAlbertCompiled.Cpu",
        "sealed unsafe", "<V, P>", "where V : struct, ISimd<V> where P : struct, IPrecision", "CpuProgram", "CpuKernels<V>",
        "abstract unsafe class CpuKernels<V>(CpuExecutor executor, ProgramDescription description) : CpuProgram(executor, description) where V : struct, ISimd<V>");

    protected override string TypeOf(Slot slot) => "float*";

    protected override string EntriesOf(Slot slot) => "Entries";

    protected override string OutputType => "CpuOutput";

    protected override string ExecutorType => "CpuExecutor";

    protected override IEnumerable<string> Prologue
    {
        get
        {
            if (packed.Count > 0) yield return "if (WeightsChanged) PackWeights();";
            if (Program.Name == "train") yield return "ClearGradients();";
        }
    }

    protected override string Behind(string start, string elements) => $"{start} + {elements}";

    protected override (string Bound, string Rows) Band(string size, int most) => (size, FormattableString.Invariant($"int rows = Math.Min({most}, {size} - begin);"));

    protected override string ParameterAt(ParameterBuffer buffer, string offset) => $"{(buffer.Gradient ? "Gradients" : "Values")} + {offset}";

    protected override string BatchVector(string name) => $"Pointer(Batch.{name})";

    protected override IEnumerable<(string Declaration, string Assignment)> Fields() => packed.Values.Select(p =>
        ($"readonly float* {p.Field}; // {p.Kernel.B.Shape} in the inner kernel's layout", $"{p.Field} = Packed<P>({ParameterOffsets.Of((ParameterBuffer)p.Kernel.B, "0")}, {p.Kernel.N}, {p.Kernel.K}, transposed: {(p.Kernel.TransposeB ? "true" : "false")});"));

    protected override void PrintMethods(CSharpWriter w)
    {
        if (packed.Count == 0) return;
        w.Blank();
        w.Line("// weights that every layer uses, brought into the inner kernel's layout whenever they changed");
        w.Block("void PackWeights()", () =>
        {
            foreach (var (field, p) in packed.Values) w.Line($"PackedB.Pack<V, P>(Team, {Matrix(p.B, p.TransposeB, new("0"))}, {p.N}, {p.K}, {field});");
        });
    }

    protected override Dialect NewDialect() => new CpuDialect();

    protected override Store? RuntimeEpilogue(ProductKernel kernel) => EpiloguePrinter.Plain(kernel);

    protected override string Call(Kernel kernel, KernelStruct? own, CallSite site)
    {
        string A(Lower.Buffer b) => At(b, site);
        string Strided(Lower.Buffer b) => $"{A(b)}, {b.Stride}";
        switch (kernel)
        {
            case RowKernel r:
                return CSharpWriter.Listed($"Team.Rows(new {r.Name}(", own!.Arguments, $"), {Size(r.Rows, site)});");

            case ProductKernel p:
                var (type, construction) = Epilogue(p, own, site);
                string call = Packed(p, site) is { } field ? $"PackedB.Multiply<V, P, {type}>(Team, {Matrix(p.A, p.TransposeA, site)}, {field}"
                    : $"Gemm.Multiply<V, P, {type}>(Team, {Matrix(p.A, p.TransposeA, site)}, {Matrix(p.B, p.TransposeB, site)}";
                return CSharpWriter.Listed($"{call}, ", [Size(p.M, site), $"{p.N}", Size(p.K, site), construction], ");");

            case AttentionKernel a:
                return CSharpWriter.Listed("Attention.Forward<V, P>(Team, ",
                    [Strided(a.QueryKeyValue), Strided(a.Context), Strided(a.LogSum), "Pointer(Batch.Starts)", "Sequences", Heads(a.Heads, a.Context, a.Dropout, a.Site, site)], ");");

            case AttentionGradientKernel a:
                return CSharpWriter.Listed("Attention.Backward<V, P>(Team, ",
                    [Strided(a.QueryKeyValue), Strided(a.Context), Strided(a.LogSum), Strided(a.Gradient), Strided(a.Result), "Pointer(Batch.Starts)", "Sequences", Heads(a.Heads, a.Gradient, a.Dropout, a.Site, site)], ");");

            case ScatterKernel s:
                string clear = s.Target is SlotBuffer t ? $"Arrays.Clear(Team, {A(t)}, {t.Stride}L * {Size(t.Shape.Rows, site)});\n" : "";
                return $"{clear}Tables.ScatterAdd(Team, {Strided(s.Target)}, Pointer(Batch.{s.Index}), {Strided(s.Source)}, {Size(s.Source.Shape.Rows, site)}, {s.Source.Shape.Columns});";

            case GroupLogSumKernel g:
                return $"Team.Rows(new GroupLogSum({Strided(g.Source)}, {BatchVector(g.Index)}, {Size(g.Source.Shape.Rows, site)}, {Strided(g.Result)}, {g.Source.Shape.Columns}), {Size(g.Result.Shape.Rows, site)});";

            case ColumnSumKernel c:
                return $"ColumnSums.Add<V>(Team, {A(c.Partials)}, Chunks({Size(c.Rows, site)}), {c.Columns}, {A(c.Target)}, accumulate: {(c.Target is ParameterBuffer ? "true" : "false")});";

            case MatrixSumKernel m:
                return $"ColumnSums.AddRows<V>(Team, {Strided(m.Source)}, {Size(m.Rows, site)}, {m.Columns}, {A(m.Target)});";

            default:
                throw new InvalidOperationException(kernel.ToString());
        }
    }

    (string Type, string Construction) Epilogue(ProductKernel p, KernelStruct? own, CallSite site)
    {
        if (RuntimeEpilogue(p) is not { } plain) return (p.Name, $"new {p.Name}({string.Join(", ", own!.Arguments)})");
        string type = plain.Accumulate ? "AccumulateEpilogue" : "StoreEpilogue";
        return (type, $"new {type}({At(plain.Target, site)}, {plain.Target.Stride})");
    }

    string Matrix(Lower.Buffer b, bool transposed, CallSite site) => $"new({At(b, site)}, {b.Stride}{(transposed ? ", transposed: true" : "")})";

    static string Heads(int heads, Lower.Buffer context, double dropout, Graph.Site dropped, CallSite site) =>
        $"heads: {heads}, headSize: {context.Shape.Columns / heads}{(dropout == 0 ? "" : $", {KernelFields.KeyOf(dropped, site.Iteration)}, {Probability(dropout)}")}";

    // a weight that every iteration of a loop multiplies by is brought into the inner kernel's layout once
    string? Packed(ProductKernel p, CallSite site)
    {
        if (site.Iteration == "0" || p.B is not ParameterBuffer { Gradient: false, Reference.Varies: false } weight || !p.K.IsConstant) return null;
        var key = (weight.Name, p.TransposeB);
        if (!packed.ContainsKey(key)) packed[key] = (FieldNames.Unique($"{weight.Name}{(p.TransposeB ? "Transposed" : "")}Packed"), p);
        return packed[key].Field;
    }
}
