using System.Collections.Immutable;
using System.Globalization;
using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators.Emit;

/// <summary>Where a kernel is called.</summary>
/// <param name="Iteration">The variable of the loop over layers around the call, or 0.</param>
/// <param name="Band">The loop over bands around it, or null.</param>
internal sealed record CallSite(string Iteration, BandStep? Band = null);

/// <summary>Prints a lowered program as a class: its slots, its steps, its kernels. Devices differ in how they write kernels and calls.</summary>
internal abstract class ProgramEmitter(LoweredProgram program, string device)
{
    protected LoweredProgram Program { get; } = program;

    /// <summary>Names of fields beside the slots.</summary>
    protected Names FieldNames { get; } = new(program.Plan.Slots.Select(s => s.Name));

    /// <summary>train, evaluate, …</summary>
    public string Name => Program.Name;

    /// <summary>CpuTrain, GpuEvaluate, …</summary>
    public string ClassName { get; } = ClassOf(program, device);

    /// <summary>The program's memory as a table.</summary>
    public string Plan => PlanTable.Print(Program);

    /// <summary>The type of a slot.</summary>
    protected abstract string TypeOf(Slot slot);

    /// <summary>The type of a slot with several entries.</summary>
    protected abstract string EntriesOf(Slot slot);

    /// <summary>The type of an output.</summary>
    protected abstract string OutputType { get; }

    protected abstract string ExecutorType { get; }

    /// <summary>The first statements of Run.</summary>
    protected abstract IEnumerable<string> Prologue { get; }

    public static string ClassOf(LoweredProgram program, string device) => device + Identifier.Pascal(program.Name);

    /// <summary>The structs of the program's kernels, in order.</summary>
    public ImmutableArray<KernelStruct> Structs => [.. Printed.Select(p => p.Struct).OfType<KernelStruct>()];

    /// <summary>Kernels with their structs, if they have one, and where they are called.</summary>
    IReadOnlyList<(Kernel Kernel, KernelStruct? Struct, CallSite Site)> Printed => field ??= [.. Print()];

    Dictionary<Kernel, string> Calls => field ??= Printed.ToDictionary(p => p.Kernel, p => Call(p.Kernel, p.Struct, p.Site));

    IEnumerable<(Kernel Kernel, KernelStruct? Struct, CallSite Site)> Print()
    {
        foreach (var step in Program.Steps)
        {
            var site = new CallSite(step is LoopStep ? "layer" : "0", step as BandStep);
            foreach (var kernel in step.Kernels) yield return (kernel, Print(kernel, site), site);
        }
    }

    KernelStruct? Print(Kernel kernel, CallSite site)
    {
        if (!(kernel is RowKernel || kernel is ProductKernel product && RuntimeEpilogue(product) is null)) return null;
        var dialect = NewDialect();
        return KernelStruct.Print(kernel, new(dialect, b => At(b, site), v => BatchVector(v, site), site.Iteration), dialect);
    }

    protected abstract Dialect NewDialect();

    /// <summary>What a product's epilogue does, if it is one of the runtime's; null if it has a struct of its own.</summary>
    protected abstract Store? RuntimeEpilogue(ProductKernel kernel);

    /// <summary>A kernel's call.</summary>
    protected abstract string Call(Kernel kernel, KernelStruct? own, CallSite site);

    /// <summary>What lies so many elements behind the beginning of a slot or a vector.</summary>
    protected abstract string Behind(string start, string elements);

    /// <summary>A loop over bands: how often it runs, and the rows of a round.</summary>
    protected abstract (string Bound, string Rows) Band(string size, int most);

    /// <summary>The address of a parameter.</summary>
    protected abstract string ParameterAt(ParameterBuffer buffer, string offset);

    /// <summary>A vector of the batch.</summary>
    protected abstract string BatchVector(string name);

    /// <summary>A vector of the batch as a call sees it.</summary>
    protected string BatchVector(string name, CallSite site) => site.Band is null ? BatchVector(name) : Behind(BatchVector(name), "begin");

    /// <summary>A size as a call sees it.</summary>
    protected static string Size(Graph.Dim dimension, CallSite site) => site.Band?.Rows == dimension ? "rows" : KernelFields.SizeOf(dimension);

    /// <summary>Further fields, with what the constructor sets them to.</summary>
    protected abstract IEnumerable<(string Declaration, string Assignment)> Fields();

    /// <summary>Methods beyond the steps.</summary>
    protected virtual void PrintMethods(CSharpWriter w) { }

    /// <summary>A buffer as a call sees it.</summary>
    protected string At(Lower.Buffer buffer, CallSite site)
    {
        string start = At(buffer, site.Iteration);
        if (site.Band?.Rows != buffer.Shape.Rows) return start;
        return Behind(start, buffer.Stride == 1 ? "begin" : FormattableString.Invariant($"begin * {buffer.Stride}L"));
    }

    string At(Lower.Buffer buffer, string iteration) => buffer switch
    {
        SlotBuffer { Slot.Entries: 1 } s => s.Slot.Name,
        SlotBuffer s => $"{s.Slot.Name}[{EntryOf(s, iteration)}]",
        ParameterBuffer p => ParameterAt(p, ParameterOffsets.Of(p, iteration)),
        BatchBuffer b => BatchVector(b.Vector),
        _ => throw new InvalidOperationException(),
    };

    protected static string Probability(double dropout) => dropout.ToString("R", CultureInfo.InvariantCulture);

    static string EntryOf(SlotBuffer s, string iteration) => s.Entry switch
    {
        Entry.Iteration => iteration,
        Entry.Next => $"{iteration} + 1",
        Entry.Parity => $"{iteration} & 1",
        Entry.NextParity => $"({iteration} + 1) & 1",
        _ => s.Constant.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Prints the program's fields and its constructor.</summary>
    public void PrintPlan(CSharpWriter w)
    {
        _ = Calls;      // which say what fields there are
        foreach (var s in Program.Plan.Slots) w.Line($"readonly {(s.Entries > 1 ? EntriesOf(s) : TypeOf(s))} {s.Name}; // {s.Shape}{(s.IsBand ? " of a band" : "")}{(s.PerChunk ? " per chunk" : "")}{(s.Entries > 1 ? $" × {s.Entries}" : "")}");
        foreach (var (declaration, _) in Fields()) w.Line(declaration);
        w.Blank();
        w.Block($"public {ClassName}({ExecutorType} executor) : base(executor, Compiled.Program(\"{Program.Name}\")!)", () =>
        {
            foreach (var s in Program.Plan.Slots)
            {
                string start = FormattableString.Invariant($"{s.Region}Slot({s.Offset})");
                w.Line($"{s.Name} = {(s.Entries > 1 ? $"new({start}, {EntrySize(s)})" : start)};");
            }

            foreach (var (_, assignment) in Fields()) w.Line(assignment);
        });
        w.Blank();
        w.Block($"public override {OutputType} Output(int index) => index switch", () =>
        {
            for (int i = 0; i < Program.Outputs.Length; i++)
                w.Line($"{i} => new({At(Program.Outputs[i].Value, new CallSite("0"))}, {Program.Outputs[i].Value.Stride}), // {CSharpWriter.OneLine(Program.Outputs[i].Name)}");
            w.Line("_ => throw new ArgumentOutOfRangeException(nameof(index)),");
        }, "};");
    }

    // elements from one entry to the next
    static string EntrySize(Slot s) =>
        FormattableString.Invariant($"{s.EntryUnits}{(s.IsFixed ? "" : $" * {s.Shape.Rows.Kind.ToString().TrimEnd('s')}{(s.PerChunk ? "Chunk" : "")}Rows")}");

    /// <summary>Prints Run and the methods that it calls.</summary>
    public void PrintSteps(CSharpWriter w, SharedKernels shared)
    {
        var calls = Calls;
        var sections = Sections.Of(Program, shared);
        w.Block("protected override void Run()", () =>
        {
            foreach (string line in Prologue) w.Line(line);
            foreach (var section in sections) w.Line($"{section.Name}();");
        });
        PrintMethods(w);
        foreach (var section in sections)
        {
            w.Blank();
            w.Block($"void {section.Name}()", () =>
            {
                if (section.Loop is { } loop)
                {
                    w.Block(loop.Reversed ? $"for (int layer = {loop.Count - 1}; layer >= 0; layer--)" : $"for (int layer = 0; layer < {loop.Count}; layer++)",
                        () => PrintCalls(w, loop.Body, calls));
                }
                else
                {
                    PrintStraight(w, section.Steps, calls);
                }
            });
        }
    }

    void PrintStraight(CSharpWriter w, ImmutableArray<Step> steps, Dictionary<Kernel, string> calls)
    {
        var straight = new List<Kernel>();
        void Flush()
        {
            PrintCalls(w, straight, calls);
            w.Blank();
            straight.Clear();
        }

        foreach (var step in steps)
        {
            if (step is not BandStep band)
            {
                straight.AddRange(step.Kernels);
                continue;
            }

            Flush();
            string size = KernelFields.SizeOf(band.Rows);
            var (bound, rows) = Band(size, band.Most);
            w.Line(FormattableString.Invariant($"// a band of {band.Most} {band.Rows} at a time"));
            w.Block(FormattableString.Invariant($"for (int begin = 0; begin < {bound}; begin += {band.Most})"), () =>
            {
                w.Line(rows);
                w.Blank();
                PrintCalls(w, band.Body, calls);
            });
            w.Blank();
        }

        Flush();
    }

    // kernels of one statement of the definition stand together under it
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
            w.Lines(calls[kernel]);
        }
    }
}
