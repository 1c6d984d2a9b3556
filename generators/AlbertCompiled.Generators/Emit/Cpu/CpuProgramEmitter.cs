using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit.Cpu;

/// <summary>Prints a lowered program as a class: its slots, its steps, its kernels.</summary>
internal sealed class CpuProgramEmitter(LoweredProgram program, ParameterLayout layout, string model, string name)
{
    public const string Usings = "System.Runtime.CompilerServices\nAlbertCompiled\nAlbertCompiled.Cpu";

    readonly Dictionary<string, (string Pointer, ProductKernel Kernel)> packed = [];

    /// <summary>File name ending → text.</summary>
    public IEnumerable<(string Hint, string Text)> Files(string ns)
    {
        var kernels = new CSharpWriter();
        var calls = PrintKernels(kernels);
        yield return ($"{name}", CSharpWriter.File(ns, Usings, $"{model}: the {program.Name} program for the CPU.", w => Class(w, () => PrintSteps(w, calls))));
        yield return ($"{name}.Kernels", CSharpWriter.File(ns, Usings, $"{model}: kernels of the {program.Name} program for the CPU.", w => Class(w, () =>
        {
            foreach (string line in kernels.ToString().Split('\n'))
            {
                if (line.Length == 0) w.Blank();
                else w.Line(line);
            }
        })));
        yield return ($"{name}.Plan", CSharpWriter.File(ns, Usings, $"{model}: the arena of the {program.Name} program.\n{PlanTable.Print(program)}", w => Class(w, () => PrintPlan(w))));
    }

    void Class(CSharpWriter w, Action body) => w.Block($"partial class {model}", () =>
        w.Block($"sealed unsafe partial class {name}<V> : CpuProgram where V : struct, ISimd<V>", body));

    void PrintPlan(CSharpWriter w)
    {
        foreach (var s in program.Plan.Slots) w.Line($"readonly float* {s.Name}; // {s.Shape}{(s.PerChunk ? " per chunk" : "")}{(s.Entries > 1 ? $" × {s.Entries}" : "")}");
        foreach (var p in packed.Values) w.Line($"readonly float* {p.Pointer}; // {p.Kernel.B.Shape} in the inner kernel's layout");
        w.Blank();
        w.Block($"public {name}(CpuExecutor executor) : base(executor, Compiled.Program(\"{program.Name}\")!)", () =>
        {
            foreach (var s in program.Plan.Slots) w.Line($"{s.Name} = {s.Region}({s.Offset});");
            foreach (var p in packed.Values) w.Line($"{p.Pointer} = Packed(PackedB.PackedLength({p.Kernel.N}, {p.Kernel.K}));");
        });
        w.Blank();
        w.Block("public override CpuOutput Output(int index) => index switch", () =>
        {
            for (int i = 0; i < program.Outputs.Length; i++)
                w.Line($"{i} => new({Address(program.Outputs[i].Value, "0")}, {program.Outputs[i].Value.Stride}), // {program.Outputs[i].Name}");
            w.Line("_ => throw new ArgumentOutOfRangeException(nameof(index)),");
        }, "};");
        foreach (var s in program.Plan.Slots.Where(s => s.Entries > 1))
        {
            w.Blank();
            string rows = s.Region == Region.Fixed ? $"{s.EntryUnits}L" : $"{s.EntryUnits} * {s.Region}Rows";
            w.Line($"float* {Names.Pascal(s.Name)}(int entry) => {s.Name} + entry * {(s.Region == Region.Fixed ? rows : $"({rows})")};");
        }
    }

    /// <summary>The address of a buffer, as the program's methods see it.</summary>
    string Address(Lower.Buffer buffer, string iteration) => buffer switch
    {
        SlotBuffer { Slot.Entries: 1 } s => s.Slot.Name,
        SlotBuffer s => $"{Names.Pascal(s.Slot.Name)}({EntryOf(s, iteration)})",
        ParameterBuffer p => $"{(p.Gradient ? "Gradients" : "Values")} + {ParameterOffsets.Of(p, layout, iteration)}",
        _ => throw new InvalidOperationException(),
    };

    static string EntryOf(SlotBuffer s, string iteration) => s.Entry switch
    {
        Entry.Iteration => iteration,
        Entry.Next => $"{iteration} + 1",
        Entry.Parity => $"{iteration} & 1",
        Entry.NextParity => $"({iteration} + 1) & 1",
        Entry.Constant => s.Constant.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => "0",
    };

    Dictionary<Kernel, string> PrintKernels(CSharpWriter w)
    {
        var calls = new Dictionary<Kernel, string>();
        foreach (var (kernel, loop) in program.Kernels) calls[kernel] = Call(w, kernel, loop);
        return calls;
    }

    string Call(CSharpWriter w, Kernel kernel, LoopStep? loop)
    {
        string iteration = loop is null ? "0" : "layer";
        string At(Lower.Buffer b) => Address(b, iteration);
        string Matrix(Lower.Buffer b, bool transposed) => $"new({At(b)}, {b.Stride}{(transposed ? ", transposed: true" : "")})";
        switch (kernel)
        {
            case RowKernel r:
                var fields = new KernelFields(At);
                var emitter = new RowKernelEmitter(w, r, fields, iteration);
                Headings.Print(w, r);
                emitter.Print();
                return $"Team.Rows(new {r.Name}({fields.Arguments}), {Sizes.Of(r.Rows)});";

            case ProductKernel p:
                var (type, construction) = EpilogueEmitter.Print(w, p, At, iteration);
                string sizes = $"{Sizes.Of(p.M)}, {p.N}, {Sizes.Of(p.K)}";
                return Packed(p, loop) is { } pointer
                    ? $"PackedB.Multiply<V, {type}>(Team, {Matrix(p.A, p.TransposeA)}, {pointer}, {sizes}, {construction});"
                    : $"Gemm.Multiply<V, {type}>(Team, {Matrix(p.A, p.TransposeA)}, {Matrix(p.B, p.TransposeB)}, {sizes}, {construction});";

            case AttentionKernel a:
                return $"Attention.Forward<V>(Team, {At(a.QueryKeyValue)}, {a.QueryKeyValue.Stride}, {At(a.Context)}, {a.Context.Stride}, "
                    + $"{At(a.LogSum)}, {a.LogSum.Stride}, Pointer(Batch.Starts), Sequences, {a.Heads}, {a.Context.Shape.Columns / a.Heads}, {KeyOf(a.Dropout, a.Site, iteration)});";

            case AttentionGradientKernel a:
                return $"Attention.Backward<V>(Team, {At(a.QueryKeyValue)}, {a.QueryKeyValue.Stride}, {At(a.Context)}, {a.Context.Stride}, {At(a.LogSum)}, {a.LogSum.Stride}, "
                    + $"{At(a.Gradient)}, {a.Gradient.Stride}, {At(a.Result)}, {a.Result.Stride}, "
                    + $"Pointer(Batch.Starts), Sequences, {a.Heads}, {a.Gradient.Shape.Columns / a.Heads}, {KeyOf(a.Dropout, a.Site, iteration)});";

            case ScatterKernel s:
                string clear = s.Target is SlotBuffer t ? $"Arrays.Clear(Team, {At(t)}, {t.Stride}L * {Sizes.Of(t.Shape.Rows)});\n" : "";
                return clear + $"Tables.ScatterAdd(Team, {At(s.Target)}, {s.Target.Stride}, Pointer(Batch.{s.Index}), {At(s.Source)}, {s.Source.Stride}, {Sizes.Of(s.Source.Shape.Rows)}, {s.Source.Shape.Columns});";

            case ColumnSumKernel c:
                string chunks = $"Chunks({Sizes.Of(c.Rows)})";
                return $"ColumnSums.Add<V>(Team, {At(c.Partials)}, {chunks}, {c.Columns}, {At(c.Target)}, accumulate: {(c.Target is ParameterBuffer ? "true" : "false")});";

            default:
                throw new InvalidOperationException(kernel.ToString());
        }
    }

    static string KeyOf(double dropout, int site, string iteration) =>
        dropout == 0 ? "0, 0" : $"DropoutKey({site}, {iteration}), {dropout.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}";

    // a weight that every iteration of a loop multiplies by is brought into the inner kernel's layout once a step
    string? Packed(ProductKernel p, LoopStep? loop)
    {
        if (loop is null || p.B is not ParameterBuffer { Gradient: false, Reference.Varies: false } weight || !p.K.IsConstant) return null;
        string key = $"{weight.Name}{(p.TransposeB ? "T" : "")}";
        if (!packed.TryGetValue(key, out var known)) packed[key] = known = ($"{weight.Name}{(p.TransposeB ? "Transposed" : "")}Packed", p);
        return known.Pointer;
    }

    void PrintSteps(CSharpWriter w, Dictionary<Kernel, string> calls)
    {
        var sections = Sections.Of(program);
        w.Block("protected override void Run()", () =>
        {
            if (packed.Count > 0) w.Line("PackWeights();");
            if (program.Name == "train") w.Line($"Arrays.Clear(Team, Gradients, {layout.Length});");
            foreach (var section in sections) w.Line($"{section.Name}();");
        });
        if (packed.Count > 0)
        {
            w.Blank();
            w.Line("// weights that every layer uses, brought into the inner kernel's layout once a step");
            w.Block("void PackWeights()", () =>
            {
                foreach (var (pointer, p) in packed.Values)
                    w.Line($"PackedB.Pack<V>(Team, new({Address(p.B, "0")}, {p.B.Stride}{(p.TransposeB ? ", transposed: true" : "")}), {p.N}, {p.K}, {pointer});");
            });
        }

        foreach (var section in sections)
        {
            w.Blank();
            w.Block($"void {section.Name}()", () =>
            {
                if (section.Loop is { } loop)
                {
                    w.Block(loop.Reversed ? $"for (int layer = {loop.Count - 1}; layer >= 0; layer--)" : $"for (int layer = 0; layer < {loop.Count}; layer++)",
                        () => PrintCalls(w, section.Kernels, calls));
                }
                else
                {
                    PrintCalls(w, section.Kernels, calls);
                }
            });
        }
    }

    static void PrintCalls(CSharpWriter w, IEnumerable<Kernel> kernels, Dictionary<Kernel, string> calls)
    {
        string? source = null;
        foreach (var kernel in kernels)
        {
            string line = (kernel.Info.Backward ? "gradient of: " : "") + Headings.OneLine(kernel.Info.Source);
            if (line != source)
            {
                if (source is not null) w.Blank();
                w.Line($"// {line}");
            }

            source = line;
            foreach (string call in calls[kernel].Split('\n')) w.Line(call);
        }
    }
}
