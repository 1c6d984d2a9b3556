using System.Security.Cryptography;
using System.Text.Json;
using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>How all small models are trained: what differs between two rows of a table is in the table.</summary>
public static class ExperimentRecipe
{
    /// <summary>Held-out sequences that every model is scored on, for each task.</summary>
    public const int EvaluationSequences = 1024;

    /// <summary>Steps of a run unless told otherwise.</summary>
    public const long DefaultSteps = 3000;

    /// <summary>The recipe of a run: that of small models, in smaller steps on shorter sequences.</summary>
    public static Recipe Of(Objective objective, long steps) => Recipes.SmallAdamW with
    {
        Objective = objective,
        Steps = steps,
        BatchTokens = 1024,
        Stages = [new(32, 0.35), new(64, 0.65)],
    };

    /// <summary>Tells a recipe from another: results of an earlier version are not taken for those of this one.</summary>
    public static string Checksum(Recipe recipe) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(recipe, ExperimentsJson.Default.Recipe)).AsSpan(0, 4));

    /// <summary>The room of a batch.</summary>
    public static Capacity Capacity { get; } = new(Of(Objective.None, 1).BatchTokens, EpochPlan.MostSequences(Of(Objective.None, 1).BatchTokens));
}
