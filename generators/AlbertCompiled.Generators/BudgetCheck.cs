using System.Globalization;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Emit;
using AlbertCompiled.Generators.Graph;
using AlbertCompiled.Generators.Passes;
using AlbertCompiled.Generators.Trace;

namespace AlbertCompiled.Generators;

/// <summary>Holds the planned bytes of a model against [MemoryBudget].</summary>
internal static class BudgetCheck
{
    // weights, and for training gradients and two moments
    const int TrainedArenas = 4;

    public static DiagnosticInfo? Run(TracedModel model, CompiledGraph compiled)
    {
        if (model.Budget is not { } budget) return null;
        bool trains = compiled.Programs.Any(p => p.Program.Name == "train");
        long parameters = compiled.Layout.Length * sizeof(float) * (trains ? TrainedArenas : 1);
        int predictions = budget.Predictions > 0 ? budget.Predictions : compiled.Programs.Max(p => p.Rule.PredictionsOf(budget.Tokens, budget.Sequences));
        long arena = compiled.Programs.Max(p => Bytes(p.Program.Plan, budget.Tokens, budget.Sequences, predictions));
        if (parameters + arena <= budget.Bytes) return null;
        string N(long bytes) => bytes.ToString("#,0", CultureInfo.InvariantCulture);
        return new(Descriptors.BudgetExceeded, new Place(model.Declaration.FullName) { Attribute = "AlbertCompiled.MemoryBudgetAttribute" },
            $"{(trains ? "Training" : "Running")} {model.Name} with {N(budget.Tokens)} tokens in {N(budget.Sequences)} sequences, {N(predictions)} predictions, takes {N(parameters + arena)} bytes ({N(parameters)} for parameters, {N(arena)} for the arena), more than the budget of {budget.Text}; lower Tokens, {(trains ? "choose a stricter Recompute " : "")}or raise the budget");
    }

    /// <summary>As ArenaPlan.Bytes of the runtime.</summary>
    public static long Bytes(MemoryPlan plan, int tokens, int sequences, int predictions)
    {
        static long Round(long rows) => (rows + 15) & ~15L;
        static long Chunks(long rows) => Round((rows + Slot.ChunkRows - 1) / Slot.ChunkRows);
        long Of(Region region) => plan.Totals.TryGetValue(region, out long units) ? units : 0;
        long band = Math.Min(plan.Band.Rows, Round(plan.Band.Of.Kind switch { DimensionKind.Tokens => tokens, DimensionKind.Sequences => sequences, _ => predictions }));
        return sizeof(float) * (Of(Region.Token) * Round(tokens) + Of(Region.Sequence) * Round(sequences) + Of(Region.Prediction) * Round(predictions)
            + Of(Region.ExactToken) * Round(tokens) + Of(Region.ExactSequence) * Round(sequences) + Of(Region.ExactPrediction) * Round(predictions)
            + Of(Region.TokenChunk) * Chunks(tokens) + Of(Region.SequenceChunk) * Chunks(sequences) + Of(Region.PredictionChunk) * Chunks(predictions) + Of(Region.Fixed) + Of(Region.ExactFixed)
            + Of(Region.Band) * band);
    }
}
