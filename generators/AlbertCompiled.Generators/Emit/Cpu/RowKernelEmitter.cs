using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit.Cpu;

/// <summary>Prints a row kernel as a struct: a loop over rows, in it one loop over columns for each phase.</summary>
internal sealed class RowKernelEmitter
{
    readonly RowKernel kernel;
    readonly KernelFields fields;
    readonly string iteration;
    readonly CSharpWriter w;
    readonly List<Instruction> all;
    readonly HashSet<string> declared = [];
    readonly HashSet<string> perRow = [];

    public RowKernelEmitter(CSharpWriter writer, RowKernel kernel, KernelFields fields, string iteration)
    {
        (w, this.kernel, this.fields, this.iteration) = (writer, kernel, fields, iteration);
        all = [.. kernel.Phases.SelectMany(p => p.Instructions)];
        // fields are named first, in the order in which the kernel touches them
        foreach (var i in all) Touch(i);
        foreach (var phase in kernel.Phases)
            foreach (var i in phase.Instructions)
                if (phase.Columns == 1 || i is Reduce) perRow.Add(Elements.TargetOf(i));
    }

    void Touch(Instruction instruction)
    {
        switch (instruction)
        {
            case Load i:
                fields.Of(i.Source);
                if (i.Row == RowMode.Indexed) fields.Index(i.Index);
                break;
            case Store i: fields.Of(i.Target); break;
            case AddToPartial i: fields.Of(i.Partials); break;
            case Lower.OneHot i: fields.Index(i.Index); break;
            case Lower.KeepMask i: fields.Key(i.Site, iteration); break;
            case CountRows i: fields.Count(i.Dimension); break;
        }
    }

    public void Print()
    {
        w.Block($"readonly struct {kernel.Name}({fields.Parameters}) : IRowKernel", () =>
        {
            w.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
            w.Block("public void Run(int first, int last, int chunk)", () =>
            {
                foreach (var (name, columns) in all.OfType<AddToPartial>().Select(a => (fields.Of(a.Partials), a.Partials.Shape.Columns)).Distinct())
                {
                    w.Line($"float* {name}Row = {name} + chunk * {columns}L;");
                    w.Line($"new Span<float>({name}Row, {columns}).Clear();");
                }

                w.Block("for (int row = first; row < last; row++)", () =>
                {
                    foreach (var phase in kernel.Phases) Print(phase);
                });
            });
        });
    }

    void Print(Phase phase)
    {
        foreach (var i in phase.Instructions) DeclareRow(i, phase.Columns);
        if (phase.Columns == 1)
        {
            PrintBody("float", phase);
            return;
        }

        var reductions = phase.Instructions.OfType<Reduce>().ToList();
        bool vectors = phase.Columns >= 16, tail = phase.Columns % 16 != 0;
        foreach (var r in reductions)
        {
            string zero = r.Op == Op.RowSum ? "0f" : "float.NegativeInfinity";
            if (vectors) w.Line($"V {r.Target}Lanes = {zero};");
            if (tail) w.Line($"Lanes1 {r.Target}Tail = {zero};");
        }

        if (vectors && tail)
        {
            string column = Unique("column");
            w.Line($"int {column} = 0;");
            w.Block($"for (; {column} <= {phase.Columns} - V.Count; {column} += V.Count)", () => PrintBody("V", phase, column));
            w.Block($"for (; {column} < {phase.Columns}; {column}++)", () => PrintBody("Lanes1", phase, column));
        }
        else
        {
            string type = vectors ? "V" : "Lanes1";
            w.Block($"for (int column = 0; column < {phase.Columns}; column += {type}.Count)", () => PrintBody(type, phase));
        }

        foreach (var r in reductions)
        {
            string Reduced(string lanes) => r.Op == Op.RowSum ? $"{r.Target}{lanes}.Sum()" : $"{r.Target}{lanes}.Maximum()";
            string value = !vectors ? Reduced("Tail") : !tail ? Reduced("Lanes")
                : r.Op == Op.RowSum ? $"{Reduced("Lanes")} + {Reduced("Tail")}" : $"MathF.Max({Reduced("Lanes")}, {Reduced("Tail")})";
            w.Line($"float {r.Target} = {value};");
        }
    }

    int columnNames;

    string Unique(string name) => columnNames++ == 0 ? name : name + columnNames;

    // the row's own pointers and keys, where they are first needed
    void DeclareRow(Instruction instruction, int columns)
    {
        switch (instruction)
        {
            case Load { Source.Shape.Columns: not 1 } i when i.Row != RowMode.First: RowPointer(i.Source, i.Row, i.Index); break;
            case Store { Target.Shape.Columns: not 1 } i: RowPointer(i.Target, i.Row, ""); break;
            case Lower.OneHot i: Once($"int {fields.Index(i.Index)}Column = {fields.Index(i.Index)}[row];"); break;
            case Lower.KeepMask i: Once($"uint {fields.Key(i.Site, iteration)}Row = CounterRandom.RowKey({fields.Key(i.Site, iteration)}, row);"); break;
        }
    }

    void RowPointer(Lower.Buffer buffer, RowMode mode, string index)
    {
        string name = fields.Of(buffer);
        string row = mode == RowMode.Indexed ? $"{fields.Index(index)}[row]" : "row";
        Once($"float* {name}Row = {name} + {row} * {buffer.Stride}L;");
    }

    void Once(string line)
    {
        if (declared.Add(line)) w.Line(line);
    }

    void PrintBody(string type, Phase phase, string column = "column")
    {
        var e = new Expressions(type, phase.Instructions, all);
        var elements = new HashSet<string>();
        foreach (var instruction in phase.Instructions)
        {
            switch (instruction)
            {
                case Reduce r:
                    string lanes = type == "V" ? "Lanes" : "Tail";
                    w.Line(type == "float" ? $"float {r.Target} = {e.Read(r.Argument)};"
                        : r.Op == Op.RowSum ? $"{r.Target}{lanes} += {e.Read(r.Argument)};" : $"{r.Target}{lanes} = {type}.Max({r.Target}{lanes}, {e.Read(r.Argument)});");
                    break;
                case Store s:
                    w.Line(StoreText(type, Address(s.Target, s.Row, "", type, column), s.Value, e, s.Accumulate));
                    break;
                case AddToPartial a:
                    w.Line(StoreText(type, fields.Of(a.Partials) + "Row" + (type == "float" ? "[0]" : $" + {column}"), a.Value, e, true));
                    break;
                default:
                    var (text, precedence) = Text(instruction, type, column, e);
                    string target = Elements.TargetOf(instruction);
                    if (instruction is Load { Source.Shape.Columns: not 1 } or Lower.OneHot or Lower.KeepMask) elements.Add(target);
                    if (instruction is Compute c && type != "float" && elements.Add(target) && !c.Arguments.Any(elements.Contains))
                        (text, precedence) = ($"({type})({text})", 3);
                    if (!e.NeedsLocal(instruction, text)) e.Inline(target, text, precedence);
                    else w.Line($"{type} {target} = {text};");
                    break;
            }
        }
    }

    string StoreText(string type, string address, string value, Expressions e, bool accumulate)
    {
        if (type == "float") return $"{address} {(accumulate ? "+=" : "=")} {e.Read(value)};";
        if (accumulate) return $"({type}.Load({address}) + {e.Read(value, 2)}).Store({address});";
        return perRow.Contains(value) ? $"(({type}){e.Read(value, 3)}).Store({address});" : $"{e.Read(value, 3)}.Store({address});";
    }

    string Address(Lower.Buffer buffer, RowMode mode, string index, string type, string column)
    {
        string name = fields.Of(buffer);
        if (buffer.Shape.Columns == 1)
        {
            string at = mode switch { RowMode.First => "0", RowMode.Indexed => $"{fields.Index(index)}[row]", _ => "row" };
            return buffer.Stride == 1 || at == "0" ? $"{name}[{at}]" : $"{name}[{at} * {buffer.Stride}L]";
        }

        return mode == RowMode.First ? $"{name} + {column}" : $"{name}Row + {column}";
    }

    (string Text, int Precedence) Text(Instruction instruction, string type, string column, Expressions e) => instruction switch
    {
        Literal i => (CSharpWriter.Float(i.Value), i.Value < 0 ? 2 : 4),
        CountRows i => (fields.Count(i.Dimension), 4),
        Load { Source.Shape.Columns: 1 } i => (Address(i.Source, i.Row, i.Index, type, column), 3),
        Load i => ($"{type}.Load({Address(i.Source, i.Row, i.Index, type, column)})", 3),
        Lower.OneHot i when type == "float" => ($"({fields.Index(i.Index)}Column == 0 ? 1f : 0f)", 4),
        Lower.OneHot i => ($"{type}.OneHot({column}, {fields.Index(i.Index)}Column)", 3),
        Lower.KeepMask i when type == "float" => ($"Lanes1.KeepMask({Mask(i, "0")}).Sum()", 3),
        Lower.KeepMask i => ($"{type}.KeepMask({Mask(i, column)})", 3),
        Compute c => e.Print(c),
        _ => throw new InvalidOperationException(instruction.ToString()),
    };

    string Mask(Lower.KeepMask i, string column) =>
        $"{fields.Key(i.Site, iteration)}Row, {column}, 0x{Dropout.Threshold(i.Probability):X8}u, {CSharpWriter.Float(1 / (1 - i.Probability))}";
}

/// <summary>Constants of dropout.</summary>
internal static class Dropout
{
    /// <summary>As CounterRandom.Threshold of the runtime.</summary>
    public static uint Threshold(double probability) => (uint)(probability * 4294967296.0);
}
