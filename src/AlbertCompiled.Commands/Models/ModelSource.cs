using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>A trained model in a folder: a run's, a published one, or a fine-tuned one.</summary>
/// <param name="Model">The compiled model that it is loaded into.</param>
/// <param name="Vocabulary">Its vocabulary.</param>
/// <param name="Seed">Seed of what the folder lacks.</param>
/// <param name="Load">Loads the weights; returns what a person should know of it, in a few words.</param>
/// <param name="Labels">The classes of a fine-tuned classifier.</param>
sealed record ModelSource(RegisteredModel Model, Vocabulary Vocabulary, ulong Seed, Func<CompiledModel, string> Load, LabelSet? Labels = null)
{
    const ulong PublishedSeed = 42;

    /// <summary>Says which checkpoint of a run is meant.</summary>
    public static Option<bool> BestOption() => new("--best") { Description = "Of a run: the checkpoint that was best on held-out text, in place of the newest" };

    /// <summary>Opens the folder of a run or of a published model.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="models">Where the model comes from.</param>
    /// <param name="program">A program that it must have, if it is to be found by its configuration.</param>
    /// <param name="best">Of a run, the best checkpoint.</param>
    /// <param name="required">Beginnings of names that a published folder must not lack.</param>
    /// <exception cref="TrainingException">It is neither, it is damaged, or no compiled model computes it.</exception>
    public static ModelSource Open(string folder, ModelRegistry models, string? program = null, bool best = false, params IReadOnlyList<string> required)
    {
        FineTunedFolder.CheckOne(folder);
        if (FineTunedFolder.Exists(folder))
            throw new TrainingException($"{folder} holds a fine-tuned model for {new FineTunedFolder(folder).ReadConfiguration().Task}: this takes a run of pretraining or a published model; albert predict answers with it");
        if (!PublishedFolder.IsPublished(folder)) return OpenRun(folder, models, best);
        return best ? throw NoCheckpoints(folder, "a published model") : OpenPublished(PublishedFolder.Open(folder), models, program, required);
    }

    /// <summary>Opens any folder with a model.</summary>
    /// <exception cref="TrainingException">There is none, or several, it is damaged, or no compiled model computes it.</exception>
    public static ModelSource OpenAny(string folder, CommandContext context, bool best)
    {
        if (!FineTunedFolder.Exists(folder)) return Open(folder, context.Models, PublishedFolder.IsPublished(folder) ? PublishedFolder.Open(folder).Config.Head() : null, best);
        return best ? throw NoCheckpoints(folder, "a fine-tuned model, of its best epoch") : OpenTuned(new(folder), context.Models);
    }

    /// <summary>The model created for a batch of this size, with its weights.</summary>
    public CompiledModel Create(Device device, Capacity capacity, out string loaded)
    {
        var instance = Model.Create(device, capacity, Seed, Compute.Float32);
        try
        {
            loaded = Load(instance);
            return instance;
        }
        catch
        {
            instance.Dispose();
            throw;
        }
    }

    static TrainingException NoCheckpoints(string folder, string what) => new($"--best chooses among the checkpoints of a run, but {folder} holds {what}: leave it out");

    static ModelSource OpenTuned(FineTunedFolder folder, ModelRegistry models)
    {
        var configuration = folder.ReadConfiguration();
        return new(models.Trained(folder.Folder, configuration.Model, folder.Weights), Vocabulary.Load(folder.VocabularyFile), configuration.Seed, instance =>
        {
            folder.Load(instance);
            configuration.Scores?.Fold(instance);
            return $"fine-tuned for {configuration.Task}";
        }, configuration.LabelSet());
    }

    static ModelSource OpenRun(string folder, ModelRegistry models, bool best)
    {
        var (run, configuration) = RunFolder.Open(folder);
        var model = models.Trained(folder, configuration.Model, run.Checkpoints.LatestWeights());
        var vocabulary = Vocabulary.Load(run.Vocabulary);
        configuration.Check(model.Description, vocabulary);
        return new(model, vocabulary, configuration.Seed, instance => $"after {Plural.Of(run.Checkpoints.LoadWeights(instance, best).Step, "step")}");
    }

    static ModelSource OpenPublished(PublishedFolder folder, ModelRegistry models, string? program, IReadOnlyList<string> required)
    {
        var model = models.Fitting(folder, program);
        var missing = folder.Match(model.Description).Missing.Where(n => required.Any(r => n.StartsWith(r, StringComparison.Ordinal))).ToList();
        if (missing.Count > 0) throw new TrainingException($"{folder.Folder} lacks {string.Join(", ", missing)}: it was published without that head ({folder.Config.Class})");
        return new(model, folder.OpenVocabulary(), PublishedSeed, instance => folder.Load(instance).ToString());
    }
}
