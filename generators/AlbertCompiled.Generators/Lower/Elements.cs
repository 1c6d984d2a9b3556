using AlbertCompiled.Generators.Graph;
using GraphNode = AlbertCompiled.Generators.Graph.Node;

namespace AlbertCompiled.Generators.Lower;

/// <summary>Instructions that row kernels and epilogues have in common.</summary>
internal static class Elements
{
    /// <summary>Reads or regenerates a value that another kernel computed, or that none does.</summary>
    public static Instruction Read(GraphNode n, string target, Lowering lowering) => n.Op switch
    {
        Op.Constant => new Literal(target, n.Value),
        Op.RowCount => new CountRows(target, n.Counted),
        Op.OneHot => new OneHot(target, n.Index),
        Op.KeepMask => new KeepMask(target, n.Probability, n.Site),
        _ => new Load(target, lowering.BufferOf(n.Id), n.Shape.Rows.IsOne ? RowMode.First : RowMode.Own, ""),
    };

    /// <summary>The value an instruction defines.</summary>
    public static string TargetOf(Instruction instruction) => instruction switch
    {
        Load i => i.Target,
        Literal i => i.Target,
        CountRows i => i.Target,
        OneHot i => i.Target,
        KeepMask i => i.Target,
        Compute i => i.Target,
        Reduce i => i.Target,
        _ => "",
    };

    /// <summary>FLOPs an element, a function counted as ten.</summary>
    public static int Flops(Op op) => op switch
    {
        Op.Exp or Op.Log or Op.Tanh or Op.Erf => 10,
        Op.Broadcast or Op.Detach or Op.Rows => 0,
        _ => 1,
    };
}

/// <summary>Names of the locals of one kernel.</summary>
internal sealed class LocalNames
{
    static readonly Dictionary<Op, string> ByOp = new()
    {
        [Op.Add] = "sum", [Op.Subtract] = "difference", [Op.Multiply] = "scaled", [Op.Divide] = "quotient", [Op.Exp] = "exponential",
        [Op.RowSum] = "total", [Op.RowMax] = "largest", [Op.Rsqrt] = "inverse", [Op.Negate] = "negative", [Op.KeepMask] = "mask",
        [Op.OneHot] = "target", [Op.RowCount] = "count", [Op.Constant] = "constant",
    };

    readonly HashSet<string> used = [Lowering.Accumulator, "row", "column", "first", "last", "chunk", "V", "W"];

    public string Of(GraphNode n)
    {
        string name = n.Origin.Variable ?? (ByOp.TryGetValue(n.Op, out string? op) ? op : n.Op.ToString());
        if (n.Op is Op.RowSum or Op.RowMax && n.Origin.Variable is not null) name += n.Op == Op.RowSum ? "Sum" : "Maximum";
        if (n.Backward) name = "d" + Passes.Names.Pascal(name);
        name = char.ToLowerInvariant(name[0]) + name[1..];
        string unique = name;
        for (int i = 2; !used.Add(unique); i++) unique = name + i;
        return unique;
    }
}
