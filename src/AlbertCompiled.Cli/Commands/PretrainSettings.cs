using System.CommandLine;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary>Turns options into a recipe: the model's, with what the user changed.</summary>
static class PretrainSettings
{
    static readonly Dictionary<string, Optimizer> Optimizers = new(StringComparer.OrdinalIgnoreCase) { ["adamw"] = Optimizer.AdamW, ["lamb"] = Optimizer.Lamb };
    static readonly Dictionary<string, Compute> Precisions = new(StringComparer.OrdinalIgnoreCase) { ["fp32"] = Compute.Float32, ["bf16"] = Compute.BFloat16 };

    public static Recipe Recipe(ParseResult parsed, PretrainOptions options, ModelDescription model) =>
        Given(parsed, options, Recipes.For(model, Parse("optimizer", Optimizers, parsed.GetValue(options.Optimizer))));

    /// <summary>The recipe with what the options change.</summary>
    public static Recipe Given(ParseResult parsed, PretrainOptions options, Recipe recipe) => recipe with
    {
        Optimizer = Parse("optimizer", Optimizers, parsed.GetValue(options.Optimizer)) ?? recipe.Optimizer,
        Steps = parsed.GetValue(options.Steps) ?? recipe.Steps,
        BatchTokens = parsed.GetValue(options.BatchTokens) ?? recipe.BatchTokens,
        Accumulate = parsed.GetValue(options.Accumulate) ?? recipe.Accumulate,
        LearningRate = parsed.GetValue(options.LearningRate) ?? recipe.LearningRate,
        Precision = Parse("precision", Precisions, parsed.GetValue(options.Precision)) ?? recipe.Precision,
        Stages = parsed.GetValue(options.Sequence) is { } longest ? SequenceStage.UpTo(recipe.Stages, longest) : recipe.Stages,
    };

    /// <summary>When to evaluate and save: as recorded, with what the options change.</summary>
    public static LoopOptions Given(ParseResult parsed, PretrainOptions options, LoopOptions loop)
    {
        long? steps = parsed.GetValue(options.CheckpointSteps);
        var every = parsed.GetValue(options.CheckpointMinutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : steps is null ? loop.CheckpointEvery : null;
        var given = loop with
        {
            EvaluateEvery = parsed.GetValue(options.EvaluateEvery) ?? loop.EvaluateEvery,
            CheckpointSteps = steps ?? loop.CheckpointSteps,
            CheckpointEvery = every,
            Keep = parsed.GetValue(options.Keep) ?? loop.Keep,
        };
        given.Check();
        return given;
    }

    /// <summary>Checks that what is given again is what the run was begun with.</summary>
    /// <exception cref="TrainingException">An option differs.</exception>
    public static void CheckUnchanged(ParseResult parsed, PretrainOptions options, string folder, RunConfiguration recorded, CommandContext context)
    {
        bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };
        var given = recorded with
        {
            Model = IsGiven(options.Model) ? context.Models.Find(parsed.GetValue(options.Model)!).Description.Name : recorded.Model,
            Text = IsGiven(options.Text) ? FullPaths(parsed, options) : recorded.Text,
            From = IsGiven(options.From) ? From(parsed, options) : recorded.From,
            Seed = IsGiven(options.Seed) ? parsed.GetValue(options.Seed) : recorded.Seed,
            Recipe = Given(parsed, options, recorded.Recipe),
        };
        (Option Option, Func<RunConfiguration, string> Value)[] kept =
        [
            (options.Model, c => c.Model),
            (options.Text, c => string.Join(' ', c.Text)),
            (options.From, c => c.From ?? ""),
            (options.Seed, c => $"{c.Seed}"),
            (options.Steps, c => $"{c.Recipe.Steps}"),
            (options.BatchTokens, c => $"{c.Recipe.BatchTokens}"),
            (options.Accumulate, c => $"{c.Recipe.Accumulate}"),
            (options.Sequence, c => $"{c.Recipe.LongestSequence}"),
            (options.LearningRate, c => string.Create(CultureInfo.InvariantCulture, $"{c.Recipe.LearningRate}")),
            (options.Optimizer, c => $"{c.Recipe.Optimizer}".ToLowerInvariant()),
            (options.Precision, c => Precisions.First(p => p.Value == c.Recipe.Precision).Key),
        ];
        foreach (var (option, value) in kept)
            if (value(recorded) != value(given)) throw Changed(option, value(recorded), value(given));
        if (parsed.GetValue(options.Vocabulary) is { } vocabulary && !BytesOf(vocabulary).AsSpan().SequenceEqual(BytesOf(new RunFolder(folder).Vocabulary)))
            throw Changed(options.Vocabulary, new RunFolder(folder).Vocabulary, vocabulary);

        TrainingException Changed(Option option, string before, string now) =>
            new($"{folder} was begun with {option.Name} {(before.Length > 0 ? before : "of its own")}, not {now}: leave {option.Name} out to go on, choose another --run, or begin anew with --new");
    }

    static byte[] BytesOf(string vocabulary)
    {
        try
        {
            return File.ReadAllBytes(vocabulary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read the vocabulary {vocabulary}: {e.Message}", e);
        }
    }

    /// <summary>The text's paths: full ones, since a run may be resumed from another folder.</summary>
    public static string[] FullPaths(ParseResult parsed, PretrainOptions options) => [.. parsed.GetValue(options.Text)!.Select(Path.GetFullPath)];

    /// <summary>The folder of the first weights, in full.</summary>
    public static string? From(ParseResult parsed, PretrainOptions options) => parsed.GetValue(options.From) is { } folder ? Path.GetFullPath(folder) : null;

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
