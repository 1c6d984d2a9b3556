using System.Collections.Immutable;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit.Cpu;

/// <summary>Prints a product's epilogue as a struct, unless one of the runtime's does.</summary>
internal static class EpilogueEmitter
{
    /// <summary>The expression that constructs the epilogue; prints its struct if it needs one.</summary>
    public static (string Type, string Construction) Print(CSharpWriter w, ProductKernel kernel, Func<Lower.Buffer, string> address, string iteration)
    {
        if (kernel.Epilogue is [Store { Value: Lowering.Accumulator } only])
        {
            string type = only.Accumulate ? "AccumulateEpilogue" : "StoreEpilogue";
            return (type, $"new {type}({address(only.Target)}, {only.Target.Stride})");
        }

        var fields = new KernelFields(address);
        var body = new CSharpWriter();
        Body(body, kernel.Epilogue, fields, iteration);
        Headings.Print(w, kernel);
        w.Block($"readonly struct {kernel.Name}({fields.Parameters}) : IEpilogue", () =>
        {
            w.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
            w.Block($"public void Apply<W>(W {Lowering.Accumulator}, int row, int column) where W : struct, ISimd<W>", () =>
            {
                foreach (string line in body.ToString().Split(['\n'], StringSplitOptions.RemoveEmptyEntries)) w.Line(line);
            });
        });
        return (kernel.Name, $"new {kernel.Name}({fields.Arguments})");
    }

    static void Body(CSharpWriter w, ImmutableArray<Instruction> instructions, KernelFields fields, string iteration)
    {
        var e = new Expressions("W", instructions, instructions);
        foreach (var instruction in instructions)
        {
            if (instruction is Store s)
            {
                string at = Address(fields.Of(s.Target), s.Target, s.Row);
                w.Line(s.Accumulate ? $"(W.Load({at}) + {e.Read(s.Value, 2)}).Store({at});" : $"{e.Read(s.Value, 3)}.Store({at});");
                continue;
            }

            var (text, precedence) = instruction switch
            {
                Literal i => (CSharpWriter.Float(i.Value), i.Value < 0 ? 2 : 4),
                CountRows i => (fields.Count(i.Dimension), 4),
                Load { Source.Shape.Columns: 1 } i => ($"{fields.Of(i.Source)}[{(i.Row == RowMode.First ? "0" : "row")}]", 3),
                Load i => ($"W.Load({Address(fields.Of(i.Source), i.Source, i.Row)})", 3),
                Lower.OneHot i => ($"W.OneHot(column, {fields.Index(i.Index)}[row])", 3),
                Lower.KeepMask i => ($"W.KeepMask(CounterRandom.RowKey({fields.Key(i.Site, iteration)}, row), column, 0x{Dropout.Threshold(i.Probability):X8}u, {CSharpWriter.Float(1 / (1 - i.Probability))})", 3),
                Compute c => e.Print(c),
                _ => throw new InvalidOperationException(instruction.ToString()),
            };
            string target = Elements.TargetOf(instruction);
            if (!e.NeedsLocal(instruction, text)) e.Inline(target, text, precedence);
            else w.Line($"{(instruction is CountRows or Load { Source.Shape.Columns: 1 } ? "float" : "W")} {target} = {text};");
        }
    }

    static string Address(string name, Lower.Buffer buffer, RowMode mode) =>
        mode == RowMode.First ? $"{name} + column" : $"{name} + row * {buffer.Stride}L + column";
}
