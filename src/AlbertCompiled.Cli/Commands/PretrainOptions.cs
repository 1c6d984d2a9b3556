using System.CommandLine;

namespace AlbertCompiled.Cli;

/// <summary>The options of <c>albert pretrain</c>.</summary>
sealed class PretrainOptions
{
    public Option<string> Model { get; } = new("--model", "-m") { Description = "Name of the model; see albert models", HelpName = "name", DefaultValueFactory = _ => "AlbertTiny" };
    public TextOptions Texts { get; } = new();
    public Option<string?> Data { get; } = new("--data") { Description = "Dataset that albert prepare made, in place of --text", HelpName = "folder" };
    public Option<string?> Vocabulary { get; } = new("--vocabulary") { Description = "SentencePiece model file. Default: that of --data, or the 8,000 pieces that come with this program", HelpName = "file" };
    public Option<long?> Steps { get; } = new("--steps", "-n") { Description = "Training steps", HelpName = "number" };
    public Option<int?> BatchTokens { get; } = new("--batch-tokens") { Description = "Tokens that are computed on at once: what the device's memory must hold", HelpName = "number" };
    public Option<int?> Accumulate { get; } = new("--accumulate") { Description = "Batches whose gradients an update adds up, as if they were one. Default: 1", HelpName = "number" };
    public Option<int?> Sequence { get; } = new("--sequence") { Description = "Tokens of the longest sequence", HelpName = "number" };
    public Option<double?> LearningRate { get; } = new("--learning-rate") { Description = "Peak learning rate", HelpName = "number" };
    public Option<string?> Optimizer { get; } = new("--optimizer") { Description = "Update rule. Default: the one that the model declares", HelpName = "adamw|lamb" };
    public Option<string?> Precision { get; } = new("--precision") { Description = "What the operands of matrix products are rounded to. Default: what the model declares", HelpName = "fp32|bf16" };
    public Option<string?> Objective { get; } = new("--objective") { Description = "What is asked of two segments: were they swapped, does the second come from another document, or nothing. Default: sop", HelpName = "sop|nsp|none" };
    public Option<string?> Chunking { get; } = new("--chunking") { Description = "Where documents are cut into sequences. Default: the recipe's, see docs/data.md", HelpName = "sections|original" };
    public Option<string> Device { get; } = new("--device", "-d") { Description = "Where to train: auto, or a word of albert devices; cuda:1 is the second of several cards", HelpName = "word", DefaultValueFactory = _ => "auto" };
    public Option<int> Threads { get; } = new("--threads") { Description = "Threads of the cpu device and of preparation; 0: all cores. Results do not depend on it", HelpName = "number" };
    public Option<ulong> Seed { get; } = new("--seed") { Description = "Seed of weights, data and masks", HelpName = "number", DefaultValueFactory = _ => 42 };
    public Option<string?> From { get; } = new("--from") { Description = "Start from the weights and the vocabulary in this folder, a run's or a published model's", HelpName = "folder" };
    public Option<long?> EvaluateEvery { get; } = new("--evaluate-every") { Description = "Steps between evaluations on held-out text. Default: a tenth of all", HelpName = "steps" };
    public Option<long?> CheckpointSteps { get; } = new("--checkpoint-steps") { Description = "Steps between checkpoints", HelpName = "number" };
    public Option<double?> CheckpointMinutes { get; } = new("--checkpoint-minutes") { Description = "Minutes between checkpoints. Default: 1, unless --checkpoint-steps is given", HelpName = "number" };
    public Option<int?> Keep { get; } = new("--keep") { Description = "How many of the newest checkpoints stay, besides the best on held-out text. Default: 1", HelpName = "number" };
    public Option<string?> Run { get; } = new("--run", "--out", "-o") { Description = "Folder of the run: a new one begins, or the one that it holds goes on. Default: runs/<date-time>-<model>", HelpName = "folder" };
    public Option<bool> New { get; } = new("--new", "--overwrite") { Description = "Begin anew where --run holds a run; that one's files are removed" };
    public Option<string?> Resume { get; } = new("--resume") { Description = "As --run, but the folder must hold a run with a checkpoint", HelpName = "run" };

    public IEnumerable<Option> All =>
    [
        Run, New, Resume, Model, .. Texts.All, Data, Vocabulary, Steps, BatchTokens, Accumulate, Sequence, LearningRate, Optimizer, Precision, Objective, Chunking, Seed, From,
        EvaluateEvery, CheckpointSteps, CheckpointMinutes, Keep, Device, Threads,
    ];
}
