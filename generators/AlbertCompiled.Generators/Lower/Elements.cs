using System.Collections.Immutable;
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

    /// <summary>The values an instruction reads.</summary>
    public static IEnumerable<string> ReadBy(Instruction instruction) => instruction switch
    {
        Compute i => i.Arguments,
        Reduce i => [i.Argument],
        Store i => [i.Value],
        AddToPartial i => [i.Value],
        _ => [],
    };

    /// <summary>An instruction whose values have other names.</summary>
    public static Instruction Renamed(Instruction instruction, Func<string, string> name) => instruction switch
    {
        Load i => i with { Target = name(i.Target) },
        Literal i => i with { Target = name(i.Target) },
        CountRows i => i with { Target = name(i.Target) },
        OneHot i => i with { Target = name(i.Target) },
        KeepMask i => i with { Target = name(i.Target) },
        Compute i => i with { Target = name(i.Target), Arguments = [.. i.Arguments.Select(name)] },
        Reduce i => i with { Target = name(i.Target), Argument = name(i.Argument) },
        Store i => i with { Value = name(i.Value) },
        AddToPartial i => i with { Value = name(i.Value) },
        _ => throw new InvalidOperationException(instruction.ToString()),
    };

    /// <summary>FLOPs an element, a function counted as ten.</summary>
    public static int Flops(Op op) => op switch
    {
        _ when op.IsFunction() => 10,
        Op.Broadcast or Op.Detach or Op.Rows => 0,
        _ => 1,
    };
}
