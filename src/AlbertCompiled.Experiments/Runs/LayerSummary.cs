using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>How far the layers of a trained model move the vectors that they are given (Lan et al. 2020, Figure 1).</summary>
/// <param name="Distances">Mean L2 distance of input and output, a layer each.</param>
/// <param name="Degrees">Angle between them by the mean cosine, degrees.</param>
public sealed record LayerSummary(IReadOnlyList<double> Distances, IReadOnlyList<double> Degrees)
{
    /// <summary>Runs a model's definition on its weights.</summary>
    public static LayerSummary Of(CompiledModel model, TokenBatch batch)
    {
        var trace = new LayerTrace(keepsAttention: false);
        EagerRun.Evaluate(ModelGraph.Of(model), g => g.Program("Encoding")!(batch), trace);
        return new([.. trace.Changes.Select(c => c.Distance.Mean)], [.. trace.Changes.Select(c => Math.Acos(Math.Clamp(c.Cosine.Mean, -1, 1)) * 180 / Math.PI)]);
    }

    /// <summary>The mean change of the distance from a layer to the next, as a share of the mean distance: 0 where all layers move alike.</summary>
    public double Roughness => Distances.Count < 2 ? 0 : Distances.Skip(1).Zip(Distances, (next, d) => Math.Abs(next - d)).Average() / Distances.Average();

    /// <summary>How far the last layer moves, as a share of the mean: 0 where layers have come to rest.</summary>
    public double Last => Distances[^1] / Distances.Average();
}
