using System.Collections.Immutable;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit;

/// <summary>Prints a product's epilogue as a struct.</summary>
internal static class EpiloguePrinter
{
    /// <summary>The store or accumulation that is the whole epilogue, for which the runtime has a struct; null otherwise.</summary>
    public static Store? Plain(ProductKernel kernel) => kernel.Epilogue is [Store { Value: Lowering.Accumulator } only] ? only : null;

    public static void Print(CSharpWriter w, ProductKernel kernel, KernelFields fields, Dialect dialect)
    {
        var body = new List<string>();
        Print(body, kernel.Epilogue, fields, dialect);
        bool sums = kernel.ColumnSum is not null;
        w.Block(fields.Heading(kernel.Name, sums ? dialect.SummedEpilogue : dialect.Epilogue), () =>
        {
            if (dialect.Attribute(inline: true) is { } attribute) w.Line(attribute);
            w.Block(sums ? dialect.SummedApplyHeading : dialect.ApplyHeading, () => body.ForEach(w.Line));
            if (dialect.EpilogueTellsOperations && Costs.Operations(kernel) is > 0 and int operations)
            {
                w.Blank();
                w.Line($"public static int Operations => {operations};");
            }

            if (dialect.PrefetchHeading is not { } heading) return;
            w.Blank();
            if (dialect.Attribute(inline: true) is { } again) w.Line(again);
            w.Block(heading, () => Touched(kernel.Epilogue).ForEach(b => w.Line(dialect.Prefetch(dialect.EpilogueElement(fields.Of(b), b.Stride)))));
        });
    }

    /// <summary>The tensors of which an epilogue reads or writes the element of each product.</summary>
    static List<Lower.Buffer> Touched(ImmutableArray<Instruction> instructions) =>
        [.. instructions.Select(i => i switch
        {
            Load { Row: not RowMode.First, Source.Shape.Columns: not 1 } l => l.Source,
            Store { Row: not RowMode.First } s => s.Target,
            _ => null,
        }).OfType<Lower.Buffer>().Distinct()];

    static void Print(List<string> lines, ImmutableArray<Instruction> instructions, KernelFields fields, Dialect dialect)
    {
        string type = dialect.EpilogueType;
        fields.Avoid(instructions);
        var e = new Expressions(dialect, type, instructions, instructions);
        var vectors = new HashSet<string> { Lowering.Accumulator };
        foreach (var instruction in instructions)
        {
            if (instruction is Store s)
            {
                lines.Add(dialect.Store(type, Element(s.Target, s.Row), s.Accumulate ? e.Read(s.Value, 2) : vectors.Contains(s.Value) ? e.Read(s.Value, dialect.StoredPrecedence) : dialect.Widen(type, e.Read(s.Value, 4)), s.Accumulate));
                continue;
            }

            if (instruction is AddToPartial a)
            {
                lines.Add($"return {e.Read(a.Value)};");
                continue;
            }

            bool perRow = instruction is CountRows or Load { Source.Shape.Columns: 1 };
            var (text, precedence) = instruction switch
            {
                Literal i => (CSharpWriter.Float(i.Value), i.Value < 0 ? 3 : 4),
                CountRows i => (fields.Count(i.Dimension), 4),
                Load { Source.Shape.Columns: 1 } i => (dialect.LoadPerRow(i.Source, $"{fields.Of(i.Source)}[{(i.Row == RowMode.First ? "0" : "row")}]"), 4),
                Load i => (dialect.Load(type, Element(i.Source, i.Row)), 4),
                OneHot i => (dialect.OneHot(type, "column", $"{fields.Index(i.Index)}[row]"), 4),
                KeepMask i => (dialect.KeepMask(type, KernelFields.MaskArguments($"CounterRandom.RowKey({fields.Key(i.Site)}, row)", "column", i.Probability)), 4),
                Compute c => e.Print(c),
                _ => throw new InvalidOperationException(instruction.ToString()),
            };
            string? line = e.Define(instruction, perRow ? "float" : type, text, precedence);
            if (line is not null) lines.Add(line);
            bool vector = instruction is Compute c2 ? line is not null || precedence == 4 || c2.Arguments.Any(vectors.Contains) : !perRow && instruction is not Literal;
            if (vector) vectors.Add(Elements.TargetOf(instruction));
        }

        string Element(Lower.Buffer buffer, RowMode mode) =>
            mode == RowMode.First ? dialect.SharedElement(fields.Of(buffer), "column") : dialect.EpilogueElement(fields.Of(buffer), buffer.Stride);
    }
}
