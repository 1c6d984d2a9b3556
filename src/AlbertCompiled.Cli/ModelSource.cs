using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary>A trained model in a folder: a run's, or a published one.</summary>
/// <param name="Model">The compiled model that it is loaded into.</param>
/// <param name="Vocabulary">Its vocabulary.</param>
/// <param name="Seed">Seed of what the folder lacks.</param>
/// <param name="Load">Loads the weights; returns what a person should know of it, in a few words.</param>
sealed record ModelSource(RegisteredModel Model, Vocabulary Vocabulary, ulong Seed, Func<CompiledModel, string> Load)
{
    const ulong PublishedSeed = 42;

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="models">Where the model comes from.</param>
    /// <param name="program">A program that it must have, if it is to be found by its configuration.</param>
    /// <param name="required">Beginnings of names that a published folder must not lack.</param>
    /// <exception cref="TrainingException">It is neither, it is damaged, or no compiled model computes it.</exception>
    public static ModelSource Open(string folder, ModelRegistry models, string? program = null, params IReadOnlyList<string> required) =>
        PublishedFolder.IsPublished(folder) ? OpenPublished(PublishedFolder.Open(folder), models, program, required) : OpenRun(folder, models);

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

    static ModelSource OpenRun(string folder, ModelRegistry models)
    {
        var (run, configuration) = RunFolder.Open(folder);
        var model = models.Find(configuration.Model);
        var vocabulary = Vocabulary.Load(run.Vocabulary);
        configuration.Check(model.Description, vocabulary);
        return new(model, vocabulary, configuration.Seed, instance => FormattableString.Invariant($"after {run.Checkpoints.LoadWeights(instance).Step:#,0} steps"));
    }

    static ModelSource OpenPublished(PublishedFolder folder, ModelRegistry models, string? program, IReadOnlyList<string> required)
    {
        var model = models.Fitting(folder, program);
        var missing = folder.Match(model.Description).Missing.Where(n => required.Any(r => n.StartsWith(r, StringComparison.Ordinal))).ToList();
        if (missing.Count > 0) throw new TrainingException($"{folder.Folder} lacks {string.Join(", ", missing)}: it was published without that head ({folder.Config.Class})");
        return new(model, folder.OpenVocabulary(), PublishedSeed, instance => folder.Load(instance).ToString());
    }
}
