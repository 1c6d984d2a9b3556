using AlbertCompiled.Generators.Declare;
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
        Op.Column => new Load(target, new BatchBuffer(n.Index, n.Shape), RowMode.Own, ""),
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
        _ when op.IsFunction() => 10,
        Op.Broadcast or Op.Detach or Op.Rows => 0,
        _ => 1,
    };
}

/// <summary>Names of the locals of one kernel: the definition's own where they are free, else the operation's.</summary>
internal sealed class LocalNames(IEnumerable<string> reserved)
{
    static readonly Dictionary<Op, string> ByOp = new()
    {
        [Op.Add] = "sum",
        [Op.Subtract] = "difference",
        [Op.Multiply] = "scaled",
        [Op.Divide] = "quotient",
        [Op.Exp] = "exponential",
        [Op.RowSum] = "total",
        [Op.RowMax] = "largest",
        [Op.Rsqrt] = "inverse",
        [Op.Negate] = "negative",
        [Op.KeepMask] = "mask",
        [Op.OneHot] = "target",
        [Op.RowCount] = "count",
        [Op.Constant] = "constant",
        [Op.Max] = "larger",
        [Op.Min] = "smaller",
        [Op.Log] = "logarithm",
        [Op.Sqrt] = "root",
        [Op.GreaterOrEqual] = "reaches",
        [Op.Equal] = "equal",
        [Op.Rows] = "looked",
    };

    readonly HashSet<string> used = [.. reserved, .. Passes.Names.Words];

    public string Of(GraphNode n)
    {
        string op = ByOp.TryGetValue(n.Op, out string? known) ? known : Camel(n.Op.ToString());
        string local = n.Op is Op.RowSum or Op.RowMax or Op.Rows ? op : Camel(n.GradientOf ?? n.Origin.Variable ?? op);
        if (n.Backward) (op, local) = ("d" + Identifier.Pascal(op), "d" + Identifier.Pascal(local));
        if (used.Add(local)) return local;
        string unique = op;
        for (int i = 2; !used.Add(unique); i++) unique = op + i;
        return unique;
    }

    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
