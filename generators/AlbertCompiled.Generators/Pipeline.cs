using AlbertCompiled.Generators.Declare;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Lower;
using AlbertCompiled.Generators.Passes;

namespace AlbertCompiled.Generators;

/// <summary>The stages between a traced graph and a lowered program, in order.</summary>
internal static class Pipeline
{
    /// <summary>Forward and backward.</summary>
    public static LoweredProgram Train(ModelGraph graph, RecomputeMode recompute, ParameterNames names, int bandRows = 0, Action<string, ModelGraph>? observe = null)
    {
        graph = Observed("simplify", Simplify.Run(graph), observe);
        graph = Observed("differentiate", Differentiate.Run(graph, "loss"), observe);
        graph = Observed("simplify gradients", Simplify.Run(graph), observe);
        graph = Observed("add like terms", LikeTerms.Run(graph), observe);
        graph = Observed("sum rows apart", LinearSums.Run(graph), observe);
        graph = Observed("keep derivatives", KeepDerivatives.Run(graph, recompute), observe);
        graph = Observed("save or recompute", SaveOrRecompute.Run(graph, recompute), observe);
        return Lower("train", graph, names, bandRows, observe);
    }

    /// <summary>Forward only, dropout off.</summary>
    public static LoweredProgram Infer(string name, ModelGraph graph, ParameterNames names, int bandRows = 0, Action<string, ModelGraph>? observe = null) =>
        Lower(name, Observed("simplify", Simplify.Run(WithoutDropout.Run(graph)), observe), names, bandRows, observe);

    static LoweredProgram Lower(string name, ModelGraph graph, ParameterNames names, int bandRows, Action<string, ModelGraph>? observe)
    {
        graph = graph with { Outputs = [.. graph.Outputs.OrderBy(o => graph.Nodes.First(n => n.Id == o.Node).Shape.IsScalar ? 0 : 1)] };
        graph = Observed("own states", OwnStates.Run(graph), observe);
        graph = Observed("rematerialize", Rematerialize.Run(graph), observe);
        var schedule = Bands.Run(Fuse.Run(graph), bandRows);
        return Lowering.Run(name, schedule, PlanMemory.Run(schedule), names);
    }

    static ModelGraph Observed(string pass, ModelGraph graph, Action<string, ModelGraph>? observe)
    {
        observe?.Invoke(pass, graph);
        return graph;
    }
}
