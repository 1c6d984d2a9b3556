using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit.Cpu;

/// <summary>
/// SIMD C#: pointers, and elements as vectors V of the machine's width. Columns that no vector divides end in a loop over single lanes.
/// </summary>
internal sealed class CpuDialect : Dialect
{
    // the widest vector; row widths that it divides need no tail
    const int Lanes = 16;

    int loops;

    public override string TypeOf(Lower.Buffer buffer) => "float*";

    public override string Integers => "int*";

    public override string RowKernel => "IRowKernel";

    public override string BytesPerRow(int bytes) => $"public static int BytesPerRow => {bytes};";

    public override string Epilogue => "IEpilogue";

    public override string ApplyHeading => $"public void Apply<W>(W {Lowering.Accumulator}, int row, int column) where W : struct, ISimd<W>";

    public override string EpilogueType => "W";

    public override string Attribute(bool inline) => $"[MethodImpl(MethodImplOptions.Aggressive{(inline ? "Inlining" : "Optimization")})]";

    public override string RowStart(string name, string start, string row, int stride) => $"float* {Own(start + "Row")} = {name} + {row} * {stride}L;";

    public override string OwnElement(string name, string start, string column) => $"{Own(start + "Row")} + {column}";

    public override string SharedElement(string name, string column) => $"{name} + {column}";

    public override string EpilogueElement(string name, int stride) => $"{name} + row * {stride}L + column";

    public override string PrefetchHeading => "public void Prefetch(int row, int column)";

    public override string Prefetch(string element) => $"Simd.Prefetch({element});";

    public override string Load(string type, string element) => $"{type}.Load({element})";

    public override string Store(string type, string element, string value, bool accumulate) =>
        accumulate ? $"({type}.Load({element}) + {value}).Store({element});" : $"{value}.Store({element});";

    public override string StorePerRow(Lower.Buffer buffer, string place, string value, bool accumulate) => $"{place} {(accumulate ? "+=" : "=")} {value};";

    protected override string BeginPartials(string name, int columns) =>
        $"{RowStart(name, name, "chunk", columns)}\nnew Span<float>({Own(name + "Row")}, {columns}).Clear();";

    public override string Widen(string type, string value) => $"(({type}){value})";

    public override string OneHot(string type, string column, string index) =>
        type == "float" ? $"({index} == {column} ? 1f : 0f)" : $"{type}.OneHot({column}, {index})";

    public override string KeepMask(string type, string arguments) => type == "float" ? $"Lanes1.KeepMask({arguments}).Sum()" : $"{type}.KeepMask({arguments})";

    public override (string Text, int Precedence) Function(string type, Op op, IReadOnlyList<string> a)
    {
        string all = string.Join(", ", a);
        if (type != "float") return ($"{type}.{op}({all})", 4);
        return op switch
        {
            Op.Exp or Op.Log or Op.Tanh or Op.Sqrt or Op.Max or Op.Min => ($"MathF.{op}({all})", 4),
            Op.Rsqrt => ($"1f / MathF.Sqrt({all})", 2),
            _ => ($"Lanes1.{op}({all}).Sum()", 4),
        };
    }

    public override void ColumnLoops(CSharpWriter w, int columns, IReadOnlyList<Reduce> reductions, Action<string, string> body)
    {
        bool vectors = columns >= Lanes, tail = columns % Lanes != 0;
        foreach (var r in reductions)
        {
            string start = r.Op == Op.RowSum ? "0f" : "float.NegativeInfinity";
            if (vectors) w.Line($"V {Own(r.Target + "Lanes")} = {start};");
            if (tail) w.Line($"Lanes1 {Own(r.Target + "Tail")} = {start};");
        }

        if (vectors && tail)
        {
            string column = loops++ == 0 ? "column" : Own($"column{loops}");
            w.Line($"int {column} = 0;");
            w.Block($"for (; {column} <= {columns} - V.Count; {column} += V.Count)", () => body("V", column));
            w.Block($"for (; {column} < {columns}; {column}++)", () => body("Lanes1", column));
        }
        else
        {
            string type = vectors ? "V" : "Lanes1";
            w.Block($"for (int column = 0; column < {columns}; column += {type}.Count)", () => body(type, "column"));
        }

        foreach (var r in reductions)
        {
            string Reduced(string lanes) => r.Op == Op.RowSum ? $"{Own(r.Target + lanes)}.Sum()" : $"{Own(r.Target + lanes)}.Maximum()";
            string value = !vectors ? Reduced("Tail") : !tail ? Reduced("Lanes")
                : r.Op == Op.RowSum ? $"{Reduced("Lanes")} + {Reduced("Tail")}" : $"MathF.Max({Reduced("Lanes")}, {Reduced("Tail")})";
            w.Line($"float {r.Target} = {value};");
        }
    }

    public override string Accumulate(string type, Reduce r, string value)
    {
        string lanes = Own(r.Target + (type == "V" ? "Lanes" : "Tail"));
        return r.Op == Op.RowSum ? $"{lanes} += {value};" : $"{lanes} = {type}.Max({lanes}, {value});";
    }
}
