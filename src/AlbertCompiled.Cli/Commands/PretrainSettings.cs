using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary>Turns options into a recipe: the model's, with what the user changed.</summary>
static class PretrainSettings
{
    static readonly Dictionary<string, Optimizer> Optimizers = new(StringComparer.OrdinalIgnoreCase) { ["adamw"] = Optimizer.AdamW, ["lamb"] = Optimizer.Lamb };
    static readonly Dictionary<string, Compute> Precisions = new(StringComparer.OrdinalIgnoreCase) { ["fp32"] = Compute.Float32, ["bf16"] = Compute.BFloat16 };
    static readonly Dictionary<string, Objective> Objectives = new(StringComparer.OrdinalIgnoreCase) { ["sop"] = Objective.SentenceOrder, ["nsp"] = Objective.NextSentence, ["none"] = Objective.None };
    static readonly Dictionary<string, Chunking> Chunkings = new(StringComparer.OrdinalIgnoreCase) { ["sections"] = Chunking.Sections, ["original"] = Chunking.Original };

    public static Recipe Recipe(ParseResult parsed, PretrainOptions options, ModelDescription model)
    {
        var recipe = Recipes.For(model, Parse("optimizer", Optimizers, parsed.GetValue(options.Optimizer)));
        return recipe with
        {
            Steps = parsed.GetValue(options.Steps) ?? recipe.Steps,
            BatchTokens = parsed.GetValue(options.BatchTokens) ?? recipe.BatchTokens,
            LearningRate = parsed.GetValue(options.LearningRate) ?? recipe.LearningRate,
            Precision = Parse("precision", Precisions, parsed.GetValue(options.Precision)) ?? recipe.Precision,
            Objective = Parse("objective", Objectives, parsed.GetValue(options.Objective)) ?? recipe.Objective,
            Chunking = Parse("chunking", Chunkings, parsed.GetValue(options.Chunking)) ?? recipe.Chunking,
            Stages = parsed.GetValue(options.Sequence) is { } longest ? SequenceStage.UpTo(recipe.Stages, longest) : recipe.Stages,
        };
    }

    public static ITextSource Text(IReadOnlyList<string> paths) => paths.Count > 0 ? new TextFiles(paths) : new SdkDocumentation(SdkLocator.FindRoot());

    public static string DefaultVocabulary => Path.Combine(AppContext.BaseDirectory, "docs-8000.model");

    /// <summary>The device and threads of the options.</summary>
    public static Device OpenDevice(ParseResult parsed, PretrainOptions options, CommandContext context)
    {
        int threads = parsed.GetValue(options.Threads);
        return threads >= 0 ? context.OpenDevice(parsed.GetValue(options.Device)!, threads) : throw new TrainingException($"{threads} threads: --threads must be 0 (all cores) or more");
    }

    static T? Parse<T>(string what, Dictionary<string, T> words, string? word) where T : struct =>
        word is null ? null
        : words.TryGetValue(word, out var value) ? value
        : throw new TrainingException($"no {what} is called {word}; there are {string.Join(" and ", words.Keys)}");
}
