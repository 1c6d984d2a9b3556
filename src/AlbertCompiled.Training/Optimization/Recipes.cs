namespace AlbertCompiled.Training;

/// <summary>Which recipe a model is trained with unless told otherwise.</summary>
public static class Recipes
{
    /// <summary>AdamW for a small model on one machine: found on two CPU cores, short sequences first.</summary>
    public static Recipe SmallAdamW { get; } = new(
        Optimizer.AdamW, LearningRate: 2e-3, Beta1: 0.9, Beta2: 0.98, Epsilon: 1e-6, WeightDecay: 0.01, ClipNorm: 1, BiasCorrection: true,
        Warmup: 0.1, Decay.Linear, Steps: 2600, BatchTokens: 2048, [new(32, 0.35), new(128, 0.65)], ShortShare: 0.1, new());

    /// <summary>AdamW for models of the size of BERT base, after Devlin et al. 2019.</summary>
    public static Recipe LargeAdamW { get; } = SmallAdamW with
    {
        LearningRate = 1e-4,
        Beta2 = 0.999,
        Warmup = 0.01,
        Steps = 1_000_000,
        BatchTokens = 16_384,
        Stages = [new(128, 0.9), new(512, 0.1)],
    };

    /// <summary>
    /// LAMB as in ALBERT's original code (Lan et al. 2020): updates of 4,096 sequences of 512, rate 0.00176, no bias correction, documents cut as there.
    /// </summary>
    public static Recipe OriginalLamb { get; } = new(
        Optimizer.Lamb, LearningRate: 0.00176, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-6, WeightDecay: 0.01, ClipNorm: 1, BiasCorrection: false,
        Warmup: 0.025, Decay.LinearFromStart, Steps: 125_000, BatchTokens: 16_384, [new(512, 1)], ShortShare: 0.1, new(), Accumulate: 128, Chunking: Chunking.Original);

    /// <summary>The same with updates from one batch and the rate that belongs to them.</summary>
    public static Recipe LargeLamb { get; } = WithLambRate(OriginalLamb with { Accumulate = 1 });

    /// <summary>LAMB at the size of <see cref="SmallAdamW"/>.</summary>
    public static Recipe SmallLamb { get; } = LargeLamb with
    {
        LearningRate = 3e-3,
        Warmup = 0.1,
        Steps = SmallAdamW.Steps,
        BatchTokens = SmallAdamW.BatchTokens,
        Stages = SmallAdamW.Stages,
        Chunking = SmallAdamW.Chunking,
    };

    // the first row that fits counts
    static readonly (Optimizer Optimizer, long MostParameters, Recipe Recipe)[] Table =
    [
        (Optimizer.AdamW, 20_000_000, SmallAdamW),
        (Optimizer.Lamb, 8_000_000, SmallLamb),
        (Optimizer.AdamW, long.MaxValue, LargeAdamW),
        (Optimizer.Lamb, long.MaxValue, LargeLamb),
    ];

    /// <summary>The recipe for a model: by optimizer and size.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">The update rule; null: the one that the model declares.</param>
    public static Recipe For(ModelDescription model, Optimizer? optimizer = null)
    {
        var recipe = Table.First(row => row.Optimizer == (optimizer ?? model.Optimizer) && model.ParameterCount <= row.MostParameters).Recipe;
        if (model.Precision != recipe.Precision) recipe = recipe with { Precision = model.Precision };
        int positions = model.Positions();
        return recipe.LongestSequence <= positions ? recipe : Changed(recipe, recipe with { Stages = SequenceStage.UpTo(recipe.Stages, positions) });
    }

    /// <summary>
    /// A recipe with another size of its updates. LAMB's rate goes with the root of an update's sequences (You et al. 2020, arXiv 1904.00962): one that does so goes on doing so.
    /// </summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="changed">What was made of it, its rate as it was.</param>
    public static Recipe Changed(Recipe recipe, Recipe changed) => recipe.Optimizer == Optimizer.Lamb && recipe == WithLambRate(recipe) ? WithLambRate(changed) : changed;

    static Recipe WithLambRate(Recipe recipe) => recipe with { LearningRate = OriginalLamb.LearningRate * Math.Sqrt(Sequences(recipe) / Sequences(OriginalLamb)) };

    static double Sequences(Recipe recipe) => (double)recipe.BatchTokens * recipe.Accumulate / recipe.LongestSequence;
}
