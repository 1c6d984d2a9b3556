using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Passes;

/// <summary>The program as it runs outside training: masks are 1, attention drops nothing.</summary>
internal static class WithoutDropout
{
    public static ModelGraph Run(ModelGraph graph) => graph with
    {
        Blocks = [.. graph.Blocks.Select(b => b with { Nodes = [.. b.Nodes.Select(Off)] })],
    };

    static Node Off(Node n) => n.Op switch
    {
        Op.KeepMask => new(n.Id, Op.Constant, n.Shape, []) { Value = 1, Origin = n.Origin },
        Op.Attention => n with { Probability = 0, Site = default },
        _ => n,
    };
}
