using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>The options of <c>albert pretrain</c>.</summary>
sealed class PretrainOptions
{
    public const int MostThreads = 1024; // that a team of them takes

    public const ulong UsualSeed = 42;

    const int MostBatches = 10_000;

    public Option<string?> Model { get; } = new("--model", "-m") { Description = "Name of the model. Default: the first that albert models lists", HelpName = "name" };
    public TextOptions Texts { get; } = new();
    public Option<string?> Data { get; } = new("--data") { Description = "Dataset that albert prepare made, in place of --text", HelpName = "folder" };
    public Option<string?> Vocabulary { get; } = new("--vocabulary") { Description = "SentencePiece model file, or a folder that holds one. Default: that of --data, or the 8,000 pieces that come with this program", HelpName = "file" };
    public Option<long?> Steps { get; } = new Option<long?>("--steps", "-n") { Description = $"Training steps. Default: the recipe's, for small models {Recipes.SmallAdamW.Steps:#,0}", HelpName = "number" }.Whole(1);
    public Option<int?> BatchTokens { get; } = new Option<int?>("--batch-tokens") { Description = $"Tokens that are computed on at once: what the device's memory must hold. Default: the recipe's, for small models {Recipes.SmallAdamW.BatchTokens:#,0}", HelpName = "number" }.Whole(1);
    public Option<int?> Accumulate { get; } = new Option<int?>("--accumulate") { Description = "Batches whose gradients an update adds up, as if they were one. Default: 1", HelpName = "number" }.Whole(1, MostBatches);
    public Option<int?> Sequence { get; } = new Option<int?>("--sequence") { Description = $"Tokens of the longest sequence. Default: the recipe's, for small models {Recipes.SmallAdamW.LongestSequence}", HelpName = "number" }.Whole(1);
    public Option<double?> LearningRate { get; } = new Option<double?>("--learning-rate") { Description = FormattableString.Invariant($"Peak learning rate. Default: the recipe's, for small models {Recipes.SmallAdamW.LearningRate} (AdamW) or {Recipes.SmallLamb.LearningRate} (LAMB)"), HelpName = "number" }.Decimal(NumberRange.Positive);
    public Option<double?> Warmup { get; } = new Option<double?>("--warmup") { Description = "Share of the steps that warm up. Default: the recipe's, for small models 0.1", HelpName = "share" }.Decimal(NumberRange.Share);
    public Option<double?> WeightDecay { get; } = new Option<double?>("--weight-decay") { Description = "Decay of matrices. Default: 0.01", HelpName = "number" }.Decimal(NumberRange.FromZero);
    public Option<double?> ClipNorm { get; } = new Option<double?>("--clip-norm") { Description = "Norm of the gradient that is not exceeded; 0: any. Default: 1", HelpName = "number" }.Decimal(NumberRange.FromZero);
    public Option<string?> Optimizer { get; } = new("--optimizer") { Description = "Update rule. Default: the one that the model declares", HelpName = "adamw|lamb" };
    public Option<string?> Precision { get; } = new("--precision") { Description = "What the operands of matrix products are rounded to. Default: what the model declares", HelpName = "fp32|bf16" };
    public Option<string?> Objective { get; } = new("--objective") { Description = "What is asked of two segments: were they swapped, does the second come from another document, or nothing. Default: sop", HelpName = "sop|nsp|none" };
    public Option<string?> Chunking { get; } = new("--chunking") { Description = "Where documents are cut into sequences. Default: the recipe's, see docs/data.md", HelpName = "sections|original" };
    public Option<string> Device { get; } = new("--device", "-d") { Description = "Where to compute: auto, or a word of albert devices; cuda:1 is the second of several cards", HelpName = "word", DefaultValueFactory = _ => "auto" };
    public Option<int> Threads { get; } = new Option<int>("--threads") { Description = "Threads of the cpu device and of preparation; 0: all cores. Results do not depend on it", HelpName = "number" }.Whole(0, MostThreads);
    public Option<ulong> Seed { get; } = new Option<ulong>("--seed") { Description = "Seed of weights, data and masks", HelpName = "number", DefaultValueFactory = _ => UsualSeed }.Whole(0UL);
    public Option<string?> From { get; } = new("--from") { Description = "Start from the weights and the vocabulary in this folder, a run's or a published model's", HelpName = "folder" };
    public Option<long?> EvaluateEvery { get; } = new Option<long?>("--evaluate-every") { Description = "Steps between evaluations on held-out text. Default: a tenth of all", HelpName = "steps" }.Whole(1);
    public Option<long?> CheckpointSteps { get; } = new Option<long?>("--checkpoint-steps") { Description = "Steps between checkpoints", HelpName = "number" }.Whole(1);
    public Option<double?> CheckpointMinutes { get; } = new Option<double?>("--checkpoint-minutes") { Description = "Minutes between checkpoints. Default: 1, unless --checkpoint-steps is given", HelpName = "number" }.Decimal(NumberRange.Minutes);
    public Option<int?> Keep { get; } = new Option<int?>("--keep") { Description = "How many of the newest checkpoints stay, besides the best on held-out text. Default: 1", HelpName = "number" }.Whole(1);
    public Option<string?> Run { get; } = new("--run", "--out", "-o") { Description = "Folder of the run: a new one begins, or the one that it holds goes on. Default: runs/<date-time>-<model>", HelpName = "folder" };
    public Option<bool> New { get; } = new("--new", "--overwrite") { Description = "Begin anew where --run holds a run; that one's files are removed" };
    public Option<string?> Resume { get; } = new("--resume") { Description = "As --run, but the folder must hold a run with a checkpoint", HelpName = "run" };

    public IEnumerable<Option> All =>
    [
        Run, New, Resume, Model, .. Texts.All, Data, Vocabulary, Steps, BatchTokens, Accumulate, Sequence, LearningRate, Warmup, WeightDecay, ClipNorm, Optimizer, Precision, Objective, Chunking, Seed, From,
        EvaluateEvery, CheckpointSteps, CheckpointMinutes, Keep, Device, Threads,
    ];
}
