using System.Globalization;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Generators.Emit;
using AlbertCompiled.Generators.Passes;
using AlbertCompiled.Generators.Trace;

namespace AlbertCompiled.Generators;

/// <summary>Holds the planned bytes of training against [MemoryBudget].</summary>
internal static class BudgetCheck
{
    // weights, gradients, two moments
    const int ParameterArenas = 4;

    public static DiagnosticInfo? Run(TracedModel model, CompiledGraph compiled)
    {
        if (model.Budget is not { } budget) return null;
        long parameters = compiled.Layout.Length * sizeof(float) * ParameterArenas;
        var plan = compiled.Programs[0].Program.Plan;
        long arena = Bytes(plan, budget.Tokens, budget.Sequences, Math.Max(1, budget.Tokens / 5));
        if (parameters + arena <= budget.Bytes) return null;
        string N(long bytes) => bytes.ToString("#,0", CultureInfo.InvariantCulture);
        return new(Descriptors.BudgetExceeded, new Place(model.Declaration.FullName) { Attribute = "AlbertCompiled.MemoryBudgetAttribute" },
            $"Training {model.Name} with {N(budget.Tokens)} tokens in {N(budget.Sequences)} sequences takes {N(parameters + arena)} bytes ({N(parameters)} for parameters, {N(arena)} for the arena), more than the budget of {budget.Text}; lower Tokens, choose a stricter Recompute or raise the budget");
    }

    /// <summary>As ArenaPlan.Bytes of the runtime.</summary>
    public static long Bytes(MemoryPlan plan, int tokens, int sequences, int predictions)
    {
        static long Round(long rows) => (rows + 15) & ~15L;
        static long Chunks(long rows) => Round((rows + Slot.ChunkRows - 1) / Slot.ChunkRows);
        long Of(Region region) => plan.Totals.TryGetValue(region, out long units) ? units : 0;
        return sizeof(float) * (Of(Region.Token) * Round(tokens) + Of(Region.Sequence) * Round(sequences) + Of(Region.Prediction) * Round(predictions)
            + Of(Region.TokenChunk) * Chunks(tokens) + Of(Region.SequenceChunk) * Chunks(sequences) + Of(Region.PredictionChunk) * Chunks(predictions) + Of(Region.Fixed));
    }
}
