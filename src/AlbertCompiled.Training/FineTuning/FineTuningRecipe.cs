using System.Text.Json.Serialization;

namespace AlbertCompiled.Training;

/// <summary>The hyperparameters of fine-tuning (Devlin et al. 2019, section A.3; Lan et al. 2020, table 14).</summary>
/// <param name="Epochs">Times that the training set is read at most.</param>
/// <param name="BatchSize">Items of an update: texts, windows, or questions with their options.</param>
/// <param name="LearningRate">Peak learning rate.</param>
/// <param name="Warmup">Share of all updates that warm up; the rate then falls to 0 in a line.</param>
/// <param name="WeightDecay">Decoupled decay of matrices.</param>
/// <param name="ClipNorm">Global gradient norm to clip at; 0: none.</param>
/// <param name="Patience">Epochs without a better main metric after which training stops; 0: never.</param>
/// <param name="Balance">Draw as many examples of each class, whatever their share: in expectation the loss with balanced class weights.</param>
/// <param name="ClassWeights">[classes] weights by which examples of a class are drawn more or less often than their share, or null: in expectation the loss with these weights.</param>
/// <param name="Precision">What the operands of products are rounded to: the model must have been created so.</param>
public sealed record FineTuningRecipe(
    int Epochs = 3, int BatchSize = 32, double LearningRate = 5e-5, double Warmup = 0.1, double WeightDecay = 0.01, double ClipNorm = 1, int Patience = 0, bool Balance = false, IReadOnlyList<double>? ClassWeights = null,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Compute>))] Compute Precision = Compute.Float32)
{
    /// <summary>Checks the values.</summary>
    /// <exception cref="TrainingException">One of them makes no sense.</exception>
    public void Check()
    {
        if (Epochs < 1) throw new TrainingException($"{Epochs} epochs: --epochs must be at least 1");
        if (BatchSize < 1) throw new TrainingException($"updates of {BatchSize} examples: --batch-size must be at least 1");
        if (!(LearningRate > 0 && double.IsFinite(LearningRate))) throw new TrainingException($"a learning rate of {LearningRate}: --learning-rate must be positive");
        if (!(Warmup is >= 0 and <= 1)) throw new TrainingException($"a warm-up of {Warmup}: --warmup is a share, from 0 to 1");
        if (!(WeightDecay >= 0 && double.IsFinite(WeightDecay))) throw new TrainingException($"a weight decay of {WeightDecay}: --weight-decay must not be negative");
        if (!(ClipNorm >= 0 && double.IsFinite(ClipNorm))) throw new TrainingException($"a norm of {ClipNorm} to clip at: --clip-norm must not be negative");
        if (ClassWeights?.Any(w => !(w >= 0 && double.IsFinite(w))) == true) throw new TrainingException($"class weights {string.Join(", ", ClassWeights)}: none of --class-weights may be negative");
        if (Balance && ClassWeights is not null) throw new TrainingException("--balance is a choice of class weights: leave it or --class-weights out");
        if (Patience < 0) throw new TrainingException($"a patience of {Patience} epochs: --patience must not be negative");
    }

    /// <summary>The learning rate of a run of this many updates.</summary>
    public Schedule Schedule(long updates) => new(LearningRate, (long)(Warmup * updates), updates, Decay.Linear);

    /// <summary>The settings of an update; moments are corrected for their start at 0, without which small sets train unstably (Mosbach et al. 2021).</summary>
    public OptimizerSettings Update(float learningRate) =>
        new(Optimizer.AdamW, learningRate, WeightDecay: (float)WeightDecay, ClipNorm: (float)ClipNorm, BiasCorrection: true);
}
