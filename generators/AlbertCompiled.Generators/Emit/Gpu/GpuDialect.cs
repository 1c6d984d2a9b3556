using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit.Gpu;

/// <summary>
/// ILGPU C#: views, and a group of lanes for each row, which share its columns, a pack V of neighbours each. What is computed per row,
/// every lane computes.
/// </summary>
internal sealed class GpuDialect : Dialect
{
    public override string TypeOf(Lower.Buffer buffer) => $"ArrayView<{ElementOf(buffer)}>";

    public override string Integers => "ArrayView<int>";

    public override string Key => "DropoutKey";

    public override string Count => "Extent";

    public override string CountOf(string name) => $"{name}.Actual";

    public override string RowKernel => "IGpuRowKernel";

    public override string RunHeading => "public void Run<V, L>(int begin, int end, int chunk) where V : struct, IPack<V> where L : struct, IRowLanes";

    public override string? DeclareKept(string name) => $"Kept<V, L> {KeptName(name)} = default;";

    public override string LoadKept(string type, string name, string element) => $"{KeptName(name)}.Load({element})";

    public override string LoadAgain(string type, string name, string element) => $"{KeptName(name)}.Again({element})";

    public override string StoreKept(string type, string name, string element, string value) => $"{KeptName(name)}.Store({element}, {value});";

    public override string Epilogue => "IGpuEpilogue";

    public override string ApplyHeading => $"public void Apply<V>(V {Lowering.Accumulator}, int row, int column) where V : struct, IPack<V>";

    public override string SummedEpilogue => "IGpuSummedEpilogue";

    public override string SummedApplyHeading => $"public V Apply<V>(V {Lowering.Accumulator}, int row, int column) where V : struct, IPack<V>";

    public override string EpilogueType => "V";

    public override bool EpilogueTellsOperations => true;

    /// <summary>What a buffer holds: activations are kept as the program's T.</summary>
    public static string ElementOf(Lower.Buffer buffer) => buffer is SlotBuffer { Slot.IsElement: true } ? "T" : "float";

    public override string? Attribute(bool inline) => null;

    public override string RowStart(string name, string start, string row, int stride) => $"int {Own(start + "Row")} = {row} * {stride};";

    public override string OwnElement(string name, string start, string column) => $"{name}, {Own(start + "Row")} + {column}";

    public override string SharedElement(string name, string column) => $"{name}, {column}";

    public override string EpilogueElement(string name, int stride) => $"{name}, row * {stride} + column";

    public override string Load(string type, string element) => $"{type}.Load({element})";

    public override string Store(string type, string element, string value, bool accumulate) =>
        accumulate ? $"{type}.Store({element}, {type}.Load({element}) + {value});" : $"{type}.Store({element}, {value});";

    public override int StoredPrecedence => 0;

    public override string LoadPerRow(Lower.Buffer buffer, string place) => ElementOf(buffer) == "T" ? $"T.Read({place})" : place;

    public override string StorePerRow(Lower.Buffer buffer, string place, string value, bool accumulate) =>
        $"if (Group.IdxX == 0) {place} {(accumulate ? "+=" : "=")} {(ElementOf(buffer) == "T" ? $"T.Of({value})" : value)};";

    protected override string BeginPartials(string name, int columns) => $"var {SumOf(name)} = PartialSum<V, L>.Of({name}, chunk, {columns});";

    public override string AddToPartials(string type, string name, string column, string value) => $"{SumOf(name)}.Add({column}, {value});";

    protected override string EndPartials(string name) => $"{SumOf(name)}.Store();";

    protected override string StoreOnce(string place, string value) => $"if (Group.IdxX == 0) {place} = {value};";

    // every lane computes what is the same for a row, and a division takes as long as ten products
    public override (string Text, int Precedence) Quotient(string type, string a, string b) =>
        type == "V" ? base.Quotient(type, a, b)
        : b.EndsWith("f", StringComparison.Ordinal) && b.TrimEnd('f').All(c => char.IsDigit(c) || c == '.') ? ($"{a} * (1f / {b})", 2)
        : ($"GpuMath.Divide({a}, {b})", 4);

    public override string Widen(string type, string value) => $"((V){value})";

    public override string OneHot(string type, string column, string index) => type == "V" ? $"V.OneHot({column}, {index})" : $"({index} == {column} ? 1f : 0f)";

    public override string KeepMask(string type, string arguments) => type == "V" ? $"V.KeepMask({arguments})" : $"GpuMath.KeepMask({arguments})";

    public override (string Text, int Precedence) Function(string type, Op op, IReadOnlyList<string> arguments) =>
        ($"{(type == "V" ? "V" : "GpuMath")}.{op}({string.Join(", ", arguments)})", 4);

    public override void ColumnLoops(CSharpWriter w, int columns, IReadOnlyList<Reduce> reductions, Action<string, string> body)
    {
        foreach (var r in reductions) w.Line($"V {Own(r.Target + "Lane")} = {(r.Op == Op.RowSum ? "0f" : "float.NegativeInfinity")};");
        w.Block(Loop(columns), () => body("V", "column"));
        for (int i = 0; i < reductions.Count; i++)
        {
            var r = reductions[i];
            string lane = Own(r.Target + "Lane");
            if (i + 1 < reductions.Count && r.Op == Op.RowSum && reductions[i + 1] is { Op: Op.RowSum } second)
            {
                w.Line($"var ({r.Target}, {second.Target}) = GroupReduce.Sums(V.Sum({lane}), V.Sum({Own(second.Target + "Lane")}));");
                i++;
                continue;
            }

            w.Line($"float {r.Target} = {(r.Op == Op.RowSum ? $"GroupReduce.Sum(V.Sum({lane}))" : $"GroupReduce.Max(V.Maximum({lane}))")};");
        }
    }

    public override string Accumulate(string type, Reduce r, string value) =>
        r.Op == Op.RowSum ? $"{Own(r.Target + "Lane")} += {value};" : $"{Own(r.Target + "Lane")} = V.Max({Own(r.Target + "Lane")}, {value});";

    static string Loop(int columns) => $"for (int column = L.First<V>(); column < {columns}; column = L.Next<V>(column))";

    string KeptName(string name) => Own(name + "Kept");
}
