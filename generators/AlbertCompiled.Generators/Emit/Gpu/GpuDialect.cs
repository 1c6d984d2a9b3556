using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;

namespace AlbertCompiled.Generators.Emit.Gpu;

/// <summary>ILGPU C#: views, and a group of lanes for each row, which share its columns. What is computed per row, every lane computes.</summary>
internal sealed class GpuDialect : Dialect
{
    public override string Floats => "ArrayView<float>";

    public override string Integers => "ArrayView<int>";

    public override string RowKernel => "IGpuRowKernel";

    public override string Epilogue => "IGpuEpilogue";

    public override string ApplyHeading => $"public void Apply(float {Lowering.Accumulator}, int row, int column)";

    public override string EpilogueType => "float";

    public override string? Attribute(bool inline) => null;

    public override string RowStart(string name, string row, int stride) => $"int {Own(name + "Row")} = {row} * {stride};";

    public override string OwnElement(string name, string column) => $"{name}[{Own(name + "Row")} + {column}]";

    public override string FirstOfRow(string name) => $"{name}[{Own(name + "Row")}]";

    public override string SharedElement(string name, string column) => $"{name}[{column}]";

    public override string EpilogueElement(string name, int stride) => $"{name}[row * {stride} + column]";

    public override string Load(string type, string element) => element;

    public override string Store(string type, string element, string value, bool accumulate) => $"{element} {(accumulate ? "+=" : "=")} {value};";

    public override string StorePerRow(string place, string value, bool accumulate) => $"if (Group.IdxX == 0) {place} {(accumulate ? "+=" : "=")} {value};";

    public override void ClearPartials(CSharpWriter w, string name, int columns) =>
        w.Line(columns == 1 ? $"if (Group.IdxX == 0) {name}[{Own(name + "Row")}] = 0f;" : $"for (int column = Group.IdxX; column < {columns}; column += Group.DimX) {name}[{Own(name + "Row")} + column] = 0f;");

    public override string OneHot(string type, string column, string index) => $"({index} == {column} ? 1f : 0f)";

    public override string KeepMask(string type, string arguments) => $"GpuMath.KeepMask({arguments})";

    public override (string Text, int Precedence) Function(string type, Op op, IReadOnlyList<string> arguments) => ($"GpuMath.{op}({string.Join(", ", arguments)})", 4);

    public override void ColumnLoops(CSharpWriter w, int columns, IReadOnlyList<Reduce> reductions, Action<string, string> body)
    {
        foreach (var r in reductions) w.Line($"float {Own(r.Target + "Lane")} = {(r.Op == Op.RowSum ? "0f" : "float.NegativeInfinity")};");
        w.Block($"for (int column = Group.IdxX; column < {columns}; column += Group.DimX)", () => body("float", "column"));
        foreach (var r in reductions) w.Line($"float {r.Target} = GroupReduce.{(r.Op == Op.RowSum ? "Sum" : "Max")}({Own(r.Target + "Lane")});");
    }

    public override string Accumulate(string type, Reduce r, string value) =>
        r.Op == Op.RowSum ? $"{Own(r.Target + "Lane")} += {value};" : $"{Own(r.Target + "Lane")} = GpuMath.Max({Own(r.Target + "Lane")}, {value});";
}
