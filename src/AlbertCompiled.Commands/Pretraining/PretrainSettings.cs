using System.CommandLine;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

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
        var given = Given(parsed, options, recipe);
        return parsed.GetValue(options.LearningRate) is null ? Recipes.Changed(recipe, given) : given;
    }

    /// <summary>The recipe with what the options change.</summary>
    public static Recipe Given(ParseResult parsed, PretrainOptions options, Recipe recipe) => recipe with
    {
        Optimizer = Parse("optimizer", Optimizers, parsed.GetValue(options.Optimizer)) ?? recipe.Optimizer,
        Steps = parsed.GetValue(options.Steps) ?? recipe.Steps,
        BatchTokens = parsed.GetValue(options.BatchTokens) ?? recipe.BatchTokens,
        Accumulate = parsed.GetValue(options.Accumulate) ?? recipe.Accumulate,
        LearningRate = parsed.GetValue(options.LearningRate) ?? recipe.LearningRate,
        Warmup = parsed.GetValue(options.Warmup) ?? recipe.Warmup,
        WeightDecay = parsed.GetValue(options.WeightDecay) ?? recipe.WeightDecay,
        ClipNorm = parsed.GetValue(options.ClipNorm) ?? recipe.ClipNorm,
        Precision = Precision(parsed, options) ?? recipe.Precision,
        Objective = Parse("objective", Objectives, parsed.GetValue(options.Objective)) ?? recipe.Objective,
        Chunking = Parse("chunking", Chunkings, parsed.GetValue(options.Chunking)) ?? recipe.Chunking,
        Stages = parsed.GetValue(options.Sequence) is { } longest ? SequenceStage.UpTo(recipe.Stages, longest) : recipe.Stages,
    };

    /// <summary>The precision that is asked for; null: none.</summary>
    public static Compute? Precision(ParseResult parsed, PretrainOptions options) => Parse("precision", Precisions, parsed.GetValue(options.Precision));

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
            Format = options.Texts.Given(parsed, recorded.Format ?? TextFormat.Default),
            From = FullPath(parsed, options.From) ?? recorded.From,
            Seed = IsGiven(options.Seed) ? parsed.GetValue(options.Seed) : recorded.Seed,
            Recipe = Given(parsed, options, recorded.Recipe),
        };
        foreach (var (option, value) in Recorded(options))
            if (value(recorded) != value(given)) throw Changed(option, value(recorded), value(given));
        if (parsed.GetValue(options.Vocabulary) is { } vocabulary && !BytesOf(vocabulary).AsSpan().SequenceEqual(BytesOf(new RunFolder(folder).Vocabulary)))
            throw Changed(options.Vocabulary, new RunFolder(folder).Vocabulary, vocabulary);

        TrainingException Changed(Option option, string before, string now) =>
            new($"{folder} was begun with {option.Name} {(before.Length > 0 ? before : "of its own")}, not {now}{Way(option)}, or begin anew with --new");

        // a run that is complete does not go on; another one can start from its weights, with its model and vocabulary
        string Way(Option option) => !new RunFolder(folder).IsComplete(recorded) ? $": leave {option.Name} out to go on, choose another --run"
            : $", and is complete: {(option == options.Model || option == options.From || option == options.Vocabulary ? "choose another --run" : $"train on with {FurtherRun.Of(folder, "OTHER", given, context.Models.Find(recorded.Model).Description)}")}";
    }

    /// <summary>The options that a run is recorded with, and what each was.</summary>
    public static IReadOnlyList<(Option Option, Func<RunConfiguration, string> Value)> Recorded(PretrainOptions options) =>
    [
        (options.Model, c => c.Model),
        (options.Texts.Column, c => (c.Format ?? TextFormat.Default).Column),
        (options.Texts.Split, c => $"{(c.Format ?? TextFormat.Default).Split}".ToLowerInvariant()),
        (options.From, c => c.From ?? ""),
        (options.Seed, c => $"{c.Seed}"),
        (options.Steps, c => $"{c.Recipe.Steps}"),
        (options.BatchTokens, c => $"{c.Recipe.BatchTokens}"),
        (options.Accumulate, c => $"{c.Recipe.Accumulate}"),
        (options.Sequence, c => $"{c.Recipe.LongestSequence}"),
        (options.LearningRate, c => c.Recipe.LearningRate.ToString(CultureInfo.InvariantCulture)),
        (options.Warmup, c => c.Recipe.Warmup.ToString(CultureInfo.InvariantCulture)),
        (options.WeightDecay, c => c.Recipe.WeightDecay.ToString(CultureInfo.InvariantCulture)),
        (options.ClipNorm, c => c.Recipe.ClipNorm.ToString(CultureInfo.InvariantCulture)),
        (options.Optimizer, c => $"{c.Recipe.Optimizer}".ToLowerInvariant()),
        (options.Precision, c => Precisions.First(p => p.Value == c.Recipe.Precision).Key),
        (options.Objective, c => Objectives.First(o => o.Value == c.Recipe.Objective).Key),
        (options.Chunking, c => Chunkings.First(k => k.Value == c.Recipe.Chunking).Key),
    ];

    /// <summary>The settings of a run, with its text or dataset where the options say that it lies now: that it is the same is told by its key.</summary>
    /// <exception cref="TrainingException">It is not where it was, and no option says where it is.</exception>
    public static RunConfiguration Moved(ParseResult parsed, PretrainOptions options, string folder, RunConfiguration recorded)
    {
        if (FullPath(parsed, options.Data) is { } data) return recorded with { Data = data, Text = [] };
        if (parsed.GetResult(options.Texts.Text) is { Implicit: false }) return recorded with { Data = null, Text = FullPaths(parsed, options) };
        if ((recorded.Data is { } dataset ? [dataset] : recorded.Text).FirstOrDefault(p => !FileSearch.Exists(p) && !FileSearch.FolderExists(p)) is not { } missing) return recorded;
        Option option = recorded.Data is null ? options.Texts.Text : options.Data;
        throw new TrainingException($"{missing}, which {folder} was begun with, is not there: if it was moved, say where it is with {option.Name}");
    }

    static byte[] BytesOf(string vocabulary)
    {
        try
        {
            return File.ReadAllBytes(VocabularyFile.Of(vocabulary));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read the vocabulary {vocabulary}: {e.Reason()}", e);
        }
    }

    /// <summary>The text's paths: full ones, since a run may be resumed from another folder.</summary>
    public static string[] FullPaths(ParseResult parsed, PretrainOptions options) => [.. parsed.GetValue(options.Texts.Text)!.Select(Path.GetFullPath)];

    /// <summary>The folder that an option names, in full.</summary>
    public static string? FullPath(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } folder ? Path.GetFullPath(folder) : null;

    /// <summary>The text of a run that has no dataset.</summary>
    public static ITextSource Text(RunConfiguration configuration) => TextOptions.Source(configuration.Text, configuration.Format ?? TextFormat.Default);

    /// <summary>The vocabulary of the first weights, else the one that is asked for, else that of the dataset, else the one that comes along.</summary>
    /// <exception cref="TrainingException">The one that is asked for is not that of the first weights, or cannot be read.</exception>
    public static Vocabulary VocabularyOf(ParseResult parsed, PretrainOptions options, ModelSource? initial, string? data)
    {
        string? path = parsed.GetValue(options.Vocabulary);
        if (initial is null) return VocabularyFile.LoadOrDefault(path ?? (data is null ? null : Corpus.VocabularyOf(data)));
        if (path is not null && !VocabularyFile.Load(path).Bytes.AsSpan().SequenceEqual(initial.Vocabulary.Bytes))
            throw new TrainingException($"the weights in {parsed.GetValue(options.From)} were trained with another vocabulary than {path}: leave out --vocabulary");
        return initial.Vocabulary;
    }

    /// <summary>The device and threads of the options; tells if auto had to do without a card that is there.</summary>
    public static Device OpenDevice(ParseResult parsed, PretrainOptions options, CommandContext context)
    {
        var device = context.OpenDevice(parsed.GetValue(options.Device)!, parsed.GetValue(options.Threads));
        if (device.PassedOver is { } reason) context.Warn($"running on the processor, since the card could not be opened: {reason}");
        return device;
    }

    static T? Parse<T>(string what, Dictionary<string, T> words, string? word) where T : struct =>
        word is null ? null
        : words.TryGetValue(word, out var value) ? value
        : throw new TrainingException($"no {what} is called {word}; there are {string.Join(", ", words.Keys)}");
}
