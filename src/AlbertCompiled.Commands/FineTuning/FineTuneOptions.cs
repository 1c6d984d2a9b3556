using System.CommandLine;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>The options of <c>albert finetune</c>.</summary>
sealed class FineTuneOptions
{
    const int MostSeeds = 1000, MostWeight = 1000;

    static readonly FineTuningRecipe Default = new();

    public Argument<string?> Task { get; } = new("task") { Description = "Name of the task; see albert tasks", Arity = ArgumentArity.ZeroOrOne };
    public Option<string?> TaskOption { get; } = new("--task") { Description = "The same as an option", HelpName = "task" };
    public TaskOptions Data { get; } = new();
    public Option<string?> From { get; } = new("--from") { Description = "Start from the weights and the vocabulary in this folder: a run's, a published model's or a fine-tuned one's", HelpName = "folder" };
    public Option<string?> Model { get; } = new("--model", "-m") { Description = "Without --from: the model to train from scratch. Default: the first for such tasks that albert models lists", HelpName = "name" };
    public Option<string?> Vocabulary { get; } = new("--vocabulary") { Description = "Without --from: SentencePiece model file, or a folder that holds one. Default: the 8,000 pieces that come with this program", HelpName = "file" };
    public Option<int> Epochs { get; } = new Option<int>("--epochs", "-n") { Description = "Times that the training set is read at most", HelpName = "number", DefaultValueFactory = _ => Default.Epochs }.Whole(1);
    public Option<int> BatchSize { get; } = new Option<int>("--batch-size") { Description = "Examples of an update", HelpName = "number", DefaultValueFactory = _ => Default.BatchSize }.Whole(1);
    public Option<double?> LearningRate { get; } = new Option<double?>("--learning-rate") { Description = "Peak learning rate. Default: 5e-5, below a hidden size of 512 1e-3", HelpName = "number" }.Decimal(NumberRange.Positive);
    public Option<double> Warmup { get; } = new Option<double>("--warmup") { Description = "Share of the updates that warm up", HelpName = "share", DefaultValueFactory = _ => Default.Warmup }.Decimal(NumberRange.Share);
    public Option<double> WeightDecay { get; } = new Option<double>("--weight-decay") { Description = "Decay of matrices", HelpName = "number", DefaultValueFactory = _ => Default.WeightDecay }.Decimal(NumberRange.FromZero);
    public Option<double> ClipNorm { get; } = new Option<double>("--clip-norm") { Description = "Norm of the gradient that is not exceeded; 0: any", HelpName = "number", DefaultValueFactory = _ => Default.ClipNorm }.Decimal(NumberRange.FromZero);
    public Option<int> Patience { get; } = new Option<int>("--patience") { Description = "Stop after so many epochs without a better metric; 0: never", HelpName = "epochs" }.Whole(0);
    public Option<bool> Balance { get; } = new("--balance") { Description = "Draw examples of all classes equally often: in expectation, balanced class weights" };
    public Option<string[]> ClassWeights { get; } = new("--class-weights") { Description = "Draw examples of a class more or less often than their share: in expectation, these class weights. Classes that are not named have weight 1", HelpName = "class=weight", AllowMultipleArgumentsPerToken = true };
    public Option<int> Seeds { get; } = new Option<int>("--seeds") { Description = "Train with so many seeds, from --seed on, and tell the median", HelpName = "number", DefaultValueFactory = _ => 1 }.Whole(1, MostSeeds);
    public Option<ulong> Seed { get; } = new Option<ulong>("--seed") { Description = "Seed of the head, of dropout and of the order of examples", HelpName = "number", DefaultValueFactory = _ => 42 }.Whole(0UL);
    public Option<int> Sequence { get; } = new Option<int>("--sequence") { Description = "Tokens of the longest sequence", HelpName = "number", DefaultValueFactory = _ => 128 }.Whole(1);
    public Option<int> Stride { get; } = new Option<int>("--stride") { Description = "Tokens from one window of a long context to the next", HelpName = "number", DefaultValueFactory = _ => 64 }.Whole(1);
    public Option<int> BatchTokens { get; } = new Option<int>("--batch-tokens") { Description = "Tokens that are computed on at once: what the device's memory must hold. Results do not depend on it but for rounding and dropout", HelpName = "number", DefaultValueFactory = _ => 2048 }.Whole(1);
    public Option<string?> Run { get; } = new("--run", "--out", "-o") { Description = "Folder of the new model, or of an unfinished one, which then goes on. Default: runs/<date-time>-<task>", HelpName = "folder" };
    public Option<double> CheckpointMinutes { get; } = new Option<double>("--checkpoint-minutes") { Description = "Minutes between checkpoints within an epoch, from which an interrupted run goes on", HelpName = "number", DefaultValueFactory = _ => 10 }.Decimal(NumberRange.Minutes);
    public Option<bool> New { get; } = new("--new", "--overwrite") { Description = "Begin anew where --run holds a model, whole or not" };

    public IEnumerable<Option> All => [TaskOption, .. Data.All, From, Model, Vocabulary, Epochs, BatchSize, LearningRate, Warmup, WeightDecay, ClipNorm, Patience, Balance, ClassWeights, Seeds, Seed, Sequence, Stride, BatchTokens, CheckpointMinutes, Run, New];

    /// <summary>The task, however it was named.</summary>
    /// <exception cref="TrainingException">It was not, or twice.</exception>
    public string TaskOf(ParseResult parsed)
    {
        string? argument = parsed.GetValue(Task), option = parsed.GetValue(TaskOption);
        if (argument is not null && option is not null) throw new TrainingException("the task is named twice: leave --task out");
        string task = argument ?? option ?? throw new TrainingException("name a task: albert tasks lists them");
        return TaskKinds.Named(task);
    }

    /// <summary>The hyperparameters. Small models take larger steps.</summary>
    public FineTuningRecipe Recipe(ParseResult parsed, PretrainOptions place, ModelDescription model, IReadOnlyList<string>? labels)
    {
        bool small = model.Configuration.Any(p => p.Name == "Hidden" && int.TryParse(p.Value, out int hidden) && hidden < 512);
        var recipe = new FineTuningRecipe(
            parsed.GetValue(Epochs), parsed.GetValue(BatchSize), parsed.GetValue(LearningRate) ?? (small ? 1e-3 : Default.LearningRate), parsed.GetValue(Warmup), parsed.GetValue(WeightDecay), parsed.GetValue(ClipNorm),
            Patience: parsed.GetValue(Patience), Balance: parsed.GetValue(Balance), ClassWeights: Weights(parsed.GetValue(ClassWeights) ?? [], labels), Precision: PretrainSettings.Precision(parsed, place) ?? model.Precision);
        recipe.Check();
        return recipe;
    }

    static double[]? Weights(string[] named, IReadOnlyList<string>? labels)
    {
        if (named.Length == 0) return null;
        if (labels is null) throw new TrainingException("--class-weights is about classes of texts; this task has none");
        double[] weights = [.. labels.Select(_ => 1.0)];
        foreach (string pair in named)
        {
            int at = pair.LastIndexOf('=');
            if (at < 1 || !double.TryParse(pair.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) || weight is not (>= 0 and <= MostWeight))
                throw new TrainingException($"--class-weights {pair}: name a class and a weight from 0 to {MostWeight}, such as {labels[0]}=2");
            int label = Enumerable.Range(0, labels.Count).FirstOrDefault(i => labels[i] == pair[..at], -1);
            if (label < 0) throw new TrainingException($"--class-weights {pair}: there is no class {pair[..at]} in the training data; there are {string.Join(", ", labels)}");
            weights[label] = weight;
        }

        return weights;
    }
}
