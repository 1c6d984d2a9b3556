using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit;

/// <summary>Prints a row kernel as a struct: a loop over rows, in it one loop over columns for each phase.</summary>
internal sealed class RowKernelPrinter
{
    readonly CSharpWriter w;
    readonly RowKernel kernel;
    readonly KernelFields fields;
    readonly Dialect dialect;
    readonly List<Instruction> all;
    readonly HashSet<string> declared = [];
    readonly HashSet<string> perRow = [];
    readonly Dictionary<(Lower.Buffer, string), Phase> kept;
    readonly HashSet<Lower.Buffer> severalRows;

    public RowKernelPrinter(CSharpWriter writer, RowKernel kernel, KernelFields fields, Dialect dialect)
    {
        (w, this.kernel, this.fields, this.dialect) = (writer, kernel, fields, dialect);
        all = [.. kernel.Phases.SelectMany(p => p.Instructions)];
        // fields are named first, in the order in which the kernel touches them
        fields.Avoid(all);
        foreach (var i in all) Touch(i);
        dialect.Reserve([.. fields.Names, .. all.Select(Elements.TargetOf)]);
        foreach (var phase in kernel.Phases)
            foreach (var i in phase.Instructions)
                if (phase.Columns == 1 || i is Reduce) perRow.Add(Elements.TargetOf(i));
        kept = KeptElements(kernel);
        severalRows = [.. all.Select(KeyOf).OfType<(Lower.Buffer Buffer, string Index)>().Select(k => (k.Buffer, Index: k.Index.TrimStart('+'))).Distinct()
            .GroupBy(k => k.Buffer).Where(g => g.Count() > 1).Select(g => g.Key)];
    }

    /// <summary>
    /// Elements of rows that several passes touch, with the pass that does so first. What a pass writes after another has read it is not
    /// among them, nor what is the same for all rows.
    /// </summary>
    static Dictionary<(Lower.Buffer, string), Phase> KeptElements(RowKernel kernel)
    {
        var touches = kernel.Phases.Where(p => p.Columns != 1).SelectMany(p => p.Instructions.Select(i => (Phase: p, Key: KeyOf(i), IsStore: i is Store))).Where(t => t.Key is not null);
        return touches.GroupBy(t => t.Key!.Value)
            .Where(g => g.Select(t => t.Phase).Distinct().Count() > 1 && !g.Skip(1).Any(t => t.IsStore))
            .ToDictionary(g => g.Key, g => g.First().Phase);
    }

    static (Lower.Buffer, string)? KeyOf(Instruction instruction) => instruction switch
    {
        Load { Source.Shape.Columns: not 1, Row: not RowMode.First } i => (i.Source, i.Row == RowMode.Indexed ? i.Index : ""),
        Store { Target.Shape.Columns: not 1 } i => (i.Target, i.Accumulate ? "+" : ""),
        _ => null,
    };

    public void Print()
    {
        w.Block(fields.Heading(kernel.Name, dialect.RowKernel), () =>
        {
            if (dialect.BytesPerRow((int)Math.Ceiling(kernel.Info.Bytes)) is { } cost)
            {
                w.Line(cost);
                w.Blank();
            }

            if (dialect.Attribute(inline: false) is { } attribute) w.Line(attribute);
            w.Block(dialect.RunHeading, () =>
            {
                var partials = all.OfType<AddToPartial>().Select(a => (Name: fields.Of(a.Partials), a.Partials.Shape.Columns)).Distinct().ToList();
                foreach (var (name, columns) in partials) dialect.BeginPartials(w, name, columns);

                w.Block("for (int row = begin; row < end; row++)", () =>
                {
                    foreach (var (buffer, index) in kept.Keys)
                        if (dialect.DeclareKept(KeptName(buffer, index)) is { } declaration) w.Line(declaration);
                    foreach (var phase in kernel.Phases) Print(phase);
                });
                foreach (var (name, columns) in partials) dialect.EndPartials(w, name, columns);
            });
        });
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
            case OneHot i: fields.Index(i.Index); break;
            case KeepMask i: fields.Key(i.Site); break;
            case CountRows i: fields.Count(i.Dimension); break;
        }
    }

    void Print(Phase phase)
    {
        foreach (var i in phase.Instructions) DeclareRow(i);
        if (phase.Columns == 1) PrintBody("float", phase, null);
        else dialect.ColumnLoops(w, phase.Columns, [.. phase.Instructions.OfType<Reduce>()], (type, column) => PrintBody(type, phase, column));
    }

    // the row's own beginnings and keys, where they are first needed
    void DeclareRow(Instruction instruction)
    {
        string Row(RowMode mode, string index) => mode == RowMode.Indexed ? $"{fields.Index(index)}[row]" : "row";
        switch (instruction)
        {
            case Load { Source.Shape.Columns: not 1 } i when i.Row != RowMode.First: Once(dialect.RowStart(fields.Of(i.Source), StartName(i.Source, i.Index), Row(i.Row, i.Index), i.Source.Stride)); break;
            case Store { Target.Shape.Columns: not 1 } i: Once(dialect.RowStart(fields.Of(i.Target), StartName(i.Target, ""), "row", i.Target.Stride)); break;
            case OneHot i: Once($"int {dialect.Own(fields.Index(i.Index) + "Column")} = {fields.Index(i.Index)}[row];"); break;
            case KeepMask i: Once($"uint {dialect.Own(fields.Key(i.Site) + "Row")} = CounterRandom.RowKey({fields.Key(i.Site)}, row);"); break;
        }
    }

    void Once(string line)
    {
        if (declared.Add(line)) w.Line(line);
    }

    // column is null for values per row
    void PrintBody(string type, Phase phase, string? column)
    {
        // a value per row may be read in a later phase, an element is seen in its own alone
        var e = new Expressions(dialect, type, phase.Instructions, column is null ? all : phase.Instructions);
        var elements = new HashSet<string>();
        foreach (var instruction in phase.Instructions)
        {
            switch (instruction)
            {
                case Reduce r when column is null:
                    w.Line($"float {r.Target} = {e.Read(r.Argument)};");
                    break;
                case Reduce r:
                    w.Line(dialect.Accumulate(type, r, e.Read(r.Argument)));
                    break;
                case Store s when column is null:
                    w.Line(dialect.StorePerRow(s.Target, Place(s.Target, s.Row, ""), e.Read(s.Value), s.Accumulate));
                    break;
                case AddToPartial a when column is null:
                    w.Line(dialect.AddToPartial(fields.Of(a.Partials), e.Read(a.Value)));
                    break;
                case Store s when KeyOf(s) is { } key && kept.ContainsKey(key):
                    w.Line(dialect.StoreKept(type, KeptName(s.Target, ""), Element(s.Target, "", column), Value(s.Value, false)));
                    break;
                case Store s:
                    w.Line(dialect.Store(type, Element(s.Target, "", column), Value(s.Value, s.Accumulate), s.Accumulate));
                    break;
                case AddToPartial a:
                    w.Line(dialect.AddToPartials(type, fields.Of(a.Partials), column, Value(a.Value, true)));
                    break;
                default:
                    var (text, precedence) = Text(instruction, type, phase, column, e);
                    string target = Elements.TargetOf(instruction);
                    if (instruction is Load { Source.Shape.Columns: not 1 } or OneHot or KeepMask) elements.Add(target);
                    // what is made of values per row alone becomes a vector when it becomes an element
                    if (instruction is Compute c && column is not null && elements.Add(target) && !c.Arguments.Any(elements.Contains))
                        (text, precedence) = (dialect.Widen(type, $"({text})"), 4);
                    if (e.Define(instruction, type, text, precedence) is { } line) w.Line(line);
                    break;
            }
        }

        string Value(string name, bool accumulate) =>
            accumulate ? e.Read(name, 2) : perRow.Contains(name) || !elements.Contains(name) ? dialect.Widen(type, e.Read(name, 4)) : e.Read(name, dialect.StoredPrecedence);
    }

    string PerRow(Lower.Buffer buffer, RowMode mode, string index) => dialect.LoadPerRow(buffer, Place(buffer, mode, index));

    string Place(Lower.Buffer buffer, RowMode mode, string index)
    {
        string at = mode switch { RowMode.First => "0", RowMode.Indexed => $"{fields.Index(index)}[row]", _ => "row" };
        return $"{fields.Of(buffer)}[{at}]";
    }

    string Element(Lower.Buffer buffer, string index, string column) => dialect.OwnElement(fields.Of(buffer), StartName(buffer, index), column);

    // of a matrix that the kernel reads by several indices each has a row of its own
    string StartName(Lower.Buffer buffer, string index) => severalRows.Contains(buffer) ? KeptName(buffer, index) : fields.Of(buffer);

    string KeptName(Lower.Buffer buffer, string index) => fields.Of(buffer) + (index.Length > 0 ? "By" + index : "");

    (string Text, int Precedence) Text(Instruction instruction, string type, Phase phase, string? column, Expressions e) => instruction switch
    {
        Literal i => (CSharpWriter.Float(i.Value), i.Value < 0 ? 3 : 4),
        CountRows i => (fields.Count(i.Dimension), 4),
        Load i when column is null || i.Source.Shape.Columns == 1 => (PerRow(i.Source, i.Row, i.Index), 4),
        Load { Row: RowMode.First } i => (dialect.Load(type, dialect.SharedElement(fields.Of(i.Source), column)), 4),
        Load i when KeyOf(i) is { } key && kept.TryGetValue(key, out var first) => (first == phase
            ? dialect.LoadKept(type, KeptName(i.Source, key.Item2), Element(i.Source, i.Index, column))
            : dialect.LoadAgain(type, KeptName(i.Source, key.Item2), Element(i.Source, i.Index, column)), 4),
        Load i => (dialect.Load(type, Element(i.Source, i.Index, column)), 4),
        OneHot i => (dialect.OneHot(type, column ?? "0", dialect.Own(fields.Index(i.Index) + "Column")), 4),
        KeepMask i => (dialect.KeepMask(type, KernelFields.MaskArguments(dialect.Own(fields.Key(i.Site) + "Row"), column ?? "0", i.Probability)), 4),
        Compute c => e.Print(c),
        _ => throw new InvalidOperationException(instruction.ToString()),
    };
}
