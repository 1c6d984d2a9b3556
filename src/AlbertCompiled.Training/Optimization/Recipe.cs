using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace AlbertCompiled.Training;

/// <summary>The hyperparameters of a pretraining run that do not depend on the machine.</summary>
/// <param name="Optimizer">The update rule.</param>
/// <param name="LearningRate">Peak learning rate.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled decay of matrices.</param>
/// <param name="ClipNorm">Global gradient norm to clip at; 0: none.</param>
/// <param name="BiasCorrection">Correct the moments' start at 0.</param>
/// <param name="Warmup">Share of the steps that warm up.</param>
/// <param name="Decay">How the rate falls afterwards.</param>
/// <param name="Steps">Steps of a run.</param>
/// <param name="BatchTokens">Tokens that are computed on at once.</param>
/// <param name="Stages">Longest sequences along the run.</param>
/// <param name="ShortShare">Share of documents with a random target length.</param>
/// <param name="Masking">How tokens are masked.</param>
/// <param name="Precision">What the operands of products are rounded to.</param>
/// <param name="Accumulate">Batches whose gradients an update adds up.</param>
/// <param name="Objective">The second task.</param>
/// <param name="Chunking">Where documents are cut into sequences.</param>
public sealed record Recipe(
    [property: JsonConverter(typeof(JsonStringEnumConverter<Optimizer>))] Optimizer Optimizer,
    double LearningRate,
    double Beta1,
    double Beta2,
    double Epsilon,
    double WeightDecay,
    double ClipNorm,
    bool BiasCorrection,
    double Warmup,
    Decay Decay,
    long Steps,
    int BatchTokens,
    ImmutableArray<SequenceStage> Stages,
    double ShortShare,
    MaskingOptions Masking,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Compute>))] Compute Precision = Compute.Float32,
    int Accumulate = 1,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Objective>))] Objective Objective = Objective.SentenceOrder,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Chunking>))] Chunking Chunking = Chunking.Sections)
{
    /// <summary>The longest sequence of any stage.</summary>
    [JsonIgnore]
    public int LongestSequence => Stages.Max(s => s.Sequence);

    /// <summary>The most tokens of an update, in words.</summary>
    public string TokensAStep() => Accumulate == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{BatchTokens:#,0}")
        : string.Create(CultureInfo.InvariantCulture, $"{Accumulate:#,0} × {BatchTokens:#,0} = {(long)Accumulate * BatchTokens:#,0}");

    /// <summary>How documents become training sequences.</summary>
    [JsonIgnore]
    public PackingOptions Packing => new(Objective, Chunking, ShortShare);

    /// <summary>The schedule of the run.</summary>
    public Schedule Schedule() => new(LearningRate, (long)(Warmup * Steps), Steps, Decay);

    /// <summary>The settings of one update.</summary>
    public OptimizerSettings Update(float learningRate) => new(
        Optimizer, learningRate, (float)Beta1, (float)Beta2, (float)Epsilon, (float)WeightDecay, (float)ClipNorm, BiasCorrection);
}
