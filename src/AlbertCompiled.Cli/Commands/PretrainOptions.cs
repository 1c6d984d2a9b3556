using System.CommandLine;

namespace AlbertCompiled.Cli;

/// <summary>The options of <c>albert pretrain</c>.</summary>
sealed class PretrainOptions
{
    public Option<string> Model { get; } = new("--model", "-m") { Description = "Name of the model; see albert models", HelpName = "name", DefaultValueFactory = _ => "AlbertTiny" };
    public Option<string[]> Text { get; } = new("--text", "-t") { Description = "Text files, or folders of *.txt: a sentence a line with a blank line between documents, or prose. Default: the documentation of the .NET SDK", HelpName = "path", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
    public Option<string?> Data { get; } = new("--data") { Description = "Dataset that albert prepare made, in place of --text", HelpName = "folder" };
    public Option<string?> Vocabulary { get; } = new("--vocabulary") { Description = "SentencePiece model file. Default: that of --data, or the 8,000 pieces that come with this program", HelpName = "file" };
    public Option<long?> Steps { get; } = new("--steps", "-n") { Description = "Training steps", HelpName = "number" };
    public Option<int?> BatchTokens { get; } = new("--batch-tokens") { Description = "Tokens a step", HelpName = "number" };
    public Option<int?> Sequence { get; } = new("--sequence") { Description = "Tokens of the longest sequence", HelpName = "number" };
    public Option<double?> LearningRate { get; } = new("--learning-rate") { Description = "Peak learning rate", HelpName = "number" };
    public Option<string?> Optimizer { get; } = new("--optimizer") { Description = "Update rule. Default: the one that the model declares", HelpName = "adamw|lamb" };
    public Option<string?> Precision { get; } = new("--precision") { Description = "What the operands of matrix products are rounded to. Default: what the model declares", HelpName = "fp32|bf16" };
    public Option<string?> Objective { get; } = new("--objective") { Description = "What is asked of two segments: were they swapped, does the second come from another document, or nothing. Default: sop", HelpName = "sop|nsp|none" };
    public Option<string?> Chunking { get; } = new("--chunking") { Description = "Where documents are cut into sequences. Default: the recipe's, see docs/data.md", HelpName = "sections|original" };
    public Option<string> Device { get; } = new("--device", "-d") { Description = "Where to train; see albert devices", HelpName = "word", DefaultValueFactory = _ => "auto" };
    public Option<int> Threads { get; } = new("--threads") { Description = "Threads of the cpu device and of preparation; 0: all cores. Results do not depend on it", HelpName = "number" };
    public Option<ulong> Seed { get; } = new("--seed") { Description = "Seed of weights, data and masks", HelpName = "number", DefaultValueFactory = _ => 42 };
    public Option<string?> Out { get; } = new("--out", "-o") { Description = "Folder of the run. Default: runs/<date-time>-<model>", HelpName = "folder" };
    public Option<string?> Resume { get; } = new("--resume") { Description = "Go on with the run in this folder, with its own settings", HelpName = "run" };

    /// <summary>Options whose values a run keeps: they cannot be given again when it is resumed.</summary>
    public IEnumerable<Option> Fixed => [Model, Text, Data, Vocabulary, Steps, BatchTokens, Sequence, LearningRate, Optimizer, Precision, Objective, Chunking, Seed, Out];

    public IEnumerable<Option> All => [.. Fixed, Device, Threads, Resume];
}
