using System.Globalization;

namespace AlbertCompiled.Training;

/// <summary>The files of a fine-tuned model: configuration, vocabulary, weights of the best epoch, metrics, report, predictions.</summary>
/// <param name="Folder">The folder.</param>
public sealed record FineTunedFolder(string Folder)
{
    const string SeedPrefix = "seed-";

    /// <summary>The settings.</summary>
    public string ConfigurationFile => Path.Combine(Folder, RunFiles.FineTuning);

    /// <summary>A copy of the vocabulary.</summary>
    public string VocabularyFile => Path.Combine(Folder, RunFiles.Vocabulary);

    /// <summary>The weights of the best epoch.</summary>
    public string Weights => Path.Combine(Folder, RunFiles.Weights);

    /// <summary>What was measured, a JSON object a line.</summary>
    public string Metrics => Path.Combine(Folder, RunFiles.Metrics);

    /// <summary>The page with curves and confusions.</summary>
    public string Report => Path.Combine(Folder, RunFiles.Report);

    /// <summary>Where an unfinished run goes on: the last update that was saved, and the best epoch by the main metric. Gone when the run is complete.</summary>
    public CheckpointStore Checkpoints => new(Folder);

    /// <summary>True if its run is complete: report and answers come after the last epoch, then the checkpoints go.</summary>
    public bool IsComplete => File.Exists(ConfigurationFile) && File.Exists(Weights) && Checkpoints.Latest() is null
        && (File.Exists(Report) || RunFiles.Judged.Any(name => File.Exists(Path.Combine(Folder, name))));

    /// <summary>True if a folder holds a fine-tuned model.</summary>
    /// <exception cref="TrainingException">The folder cannot be read.</exception>
    public static bool Exists(string folder) => FileSearch.Exists(new FineTunedFolder(folder).ConfigurationFile);

    /// <summary>The folder of one of several seeds.</summary>
    public static string OfSeed(string folder, ulong seed) => Path.Combine(folder, FormattableString.Invariant($"{SeedPrefix}{seed}"));

    /// <summary>The fine-tuned models in folders: each folder's own, or those of its seeds.</summary>
    /// <exception cref="TrainingException">A folder holds none, or cannot be read.</exception>
    public static IReadOnlyList<FineTunedFolder> Find(IEnumerable<string> folders) => [.. folders.SelectMany(folder =>
    {
        if (Exists(folder)) return [new(folder)];
        return SeedsIn(folder) is { Count: > 0 } seeds ? seeds : throw new TrainingException($"{folder} is not the folder of a fine-tuned model: {(Directory.Exists(folder) ? "it has no finetuning.json; albert finetune makes one" : File.Exists(folder) ? "it is a file, as data are: name it by --data" : "there is no such folder; albert finetune makes one")}");
    })];

    /// <summary>The models of several seeds in a folder.</summary>
    /// <exception cref="TrainingException">The folder cannot be read.</exception>
    public static IReadOnlyList<FineTunedFolder> SeedsIn(string folder) =>
        [.. SeedFolders(folder).Where(Exists).Order(StringComparer.Ordinal).Select(f => new FineTunedFolder(f))];

    /// <summary>Checks that a folder does not hold the models of several seeds in place of one.</summary>
    /// <exception cref="TrainingException">It does, or cannot be read.</exception>
    public static void CheckOne(string folder)
    {
        if (!Exists(folder) && !RunFolder.Exists(folder) && !PublishedFolder.IsPublished(folder) && SeedsIn(folder) is { Count: > 0 } seeds) throw new TrainingException($"{folder} holds several fine-tuned models: name one, such as {seeds[0].Folder}");
    }

    /// <summary>True for the name of a seed's folder.</summary>
    internal static bool IsSeed(string name) =>
        name.StartsWith(SeedPrefix, StringComparison.Ordinal) && ulong.TryParse(name.AsSpan(SeedPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) && name == OfSeed("", seed);

    static IEnumerable<string> SeedFolders(string folder) => FileSearch.Folders(folder, SeedPrefix).Where(f => IsSeed(Path.GetFileName(f)));

    /// <summary>Checks that models can be trained here.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="models">The models' folders: the same, or those of seeds in it.</param>
    /// <param name="vocabulary">Their vocabulary.</param>
    /// <param name="replace">What is left of a model may be replaced.</param>
    /// <exception cref="TrainingException">The folder holds another kind of model or other files, or cannot be read.</exception>
    public static void CheckPlace(string folder, IReadOnlyList<string> models, Vocabulary vocabulary, bool replace)
    {
        bool ofSeeds = SeedsIn(folder).Count > 0;
        foreach (string model in models.Prepend(folder).Distinct())
        {
            if (RunFolder.Exists(model) || PublishedFolder.IsPublished(model)) throw new TrainingException($"{model} holds another kind of model: choose another --run");
            if (!replace && !Exists(model) && new CheckpointStore(model).Latest() is { } left)
                throw new TrainingException($"{model} holds no finetuning.json, but a checkpoint, {left}: choose another --run, or replace it with --new");
            if (model != folder || !ofSeeds) RunFiles.Check(model, RunFiles.FineTuning, vocabulary);
            else if (models.Contains(folder)) RunFiles.Check(model, RunFiles.FineTuning, vocabulary, RunFiles.Report); // the seeds' summary
        }
    }

    /// <summary>Removes the models in a folder, its own and those of seeds: they would else join new ones. Files of others stay, and the folders that hold some.</summary>
    /// <exception cref="TrainingException">They cannot be removed.</exception>
    public static void Remove(string folder) => new FineTunedFolder(folder).Guard(() =>
    {
        string[] seeds = [.. SeedFolders(folder).Where(f => Exists(f) || RunFiles.IsBegun(f))];
        if (Exists(folder) || RunFiles.IsBegun(folder)) RunFiles.Remove(folder);
        else if (seeds.Length > 0) File.Delete(new FineTunedFolder(folder).Report);
        foreach (string seed in seeds)
        {
            RunFiles.Remove(seed);
            if (!Directory.EnumerateFileSystemEntries(seed).Any()) Directory.Delete(seed);
        }
    });

    /// <summary>Creates the folder of a new model.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public void Create(FineTuningConfiguration configuration, Vocabulary vocabulary) =>
        Guard(() => RunFiles.Begin(Folder, RunFiles.FineTuning, configuration, vocabulary, RunFiles.Weights, RunFiles.Report));

    /// <summary>Writes the settings anew, with what training has found.</summary>
    /// <exception cref="TrainingException">They cannot be written; the last ones are intact.</exception>
    public void Update(FineTuningConfiguration configuration) => Guard(() => JsonFiles.Write(ConfigurationFile, configuration));

    /// <summary>The settings.</summary>
    /// <exception cref="TrainingException">They are missing or damaged.</exception>
    public FineTuningConfiguration ReadConfiguration()
    {
        var configuration = JsonFiles.Read<FineTuningConfiguration>(ConfigurationFile);
        try
        {
            configuration.Check();
            return configuration;
        }
        catch (TrainingException e)
        {
            throw new TrainingException($"{ConfigurationFile} is corrupted: {e.Message}", e);
        }
    }

    /// <summary>Writes the weights.</summary>
    /// <exception cref="TrainingException">They cannot be written; the last ones are intact.</exception>
    public void SaveWeights(CompiledModel model) => Guard(() =>
    {
        model.Save(Weights);
        DurableFiles.FlushFolder(Folder);
    });

    /// <summary>Saves where a run stands after an epoch, and the epoch's weights if they are the best.</summary>
    /// <param name="model">The model.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="seconds">Time of all updates so far.</param>
    /// <param name="tokens">Tokens of them.</param>
    /// <exception cref="TrainingException">The folder cannot be written; what was saved last is intact.</exception>
    public void SaveEpoch(CompiledModel model, EpochResult epoch, double seconds, long tokens)
    {
        Checkpoints.Save(model, new(model.Description.Name, model.Step, model.Seed, seconds, tokens), epoch.Main.IsError ? epoch.Main.Value : -epoch.Main.Value);
        if (epoch.IsBest) SaveWeights(model); // after it: weights without a checkpoint are those of a complete run
    }

    /// <summary>Saves where a run stands within an epoch. Measurements up to there must be on the disk.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seconds">Time of all updates so far.</param>
    /// <param name="tokens">Tokens of them.</param>
    /// <exception cref="TrainingException">The folder cannot be written; what was saved last is intact.</exception>
    public void SaveWithin(CompiledModel model, double seconds, long tokens) =>
        Checkpoints.Save(model, new(model.Description.Name, model.Step, model.Seed, seconds, tokens));

    /// <summary>Restores a model to where its run was saved last; null if it was not.</summary>
    /// <exception cref="TrainingException">A checkpoint is damaged, or the measurements before it are not there.</exception>
    public FineTuningProgress? Resume(CompiledModel model)
    {
        if (Checkpoints.Latest() is not { } latest) return null;
        bool endsEpoch = Manifest.TryRead(latest)?.HeldOutLoss is not null;
        if (!File.Exists(Metrics)) throw new TrainingException($"{Metrics}, which leads to {latest}, is missing: begin anew with --new");
        var (allSteps, allEpochs) = FineTuningMetrics.Read(Metrics);
        float[]? best = null;
        if (endsEpoch || Checkpoints.Best() is not null)
        {
            Checkpoints.LoadWeights(model, best: true);
            SaveWeights(model); // a crash may have come between the two
            best = new float[model.Parameters.Length];
            model.Parameters.Read(ParameterState.Value, 0, best);
        }

        var state = Checkpoints.Load(model);
        // within an epoch: had it ended, its own checkpoint would be the last
        var epochs = allEpochs.TakeWhile(e => endsEpoch ? e.Step <= state.Step : e.Step < state.Step).ToList();
        var steps = allSteps.TakeWhile(s => s.Step <= state.Step).ToList();
        bool hasSteps = steps.Count > 0 && steps[^1].Step == state.Step && steps.Index().All(s => s.Item.Step == steps[0].Step + s.Index);
        bool hasEpochs = (epochs.Count > 0) == (best is not null) && epochs.Index().All(e => e.Item.Epoch == e.Index + 1);
        bool hasThis = !endsEpoch || (hasEpochs && epochs[^1].Step == state.Step);
        return hasSteps && hasEpochs && hasThis ? new(epochs, steps, state.TrainingSeconds, best) : throw new TrainingException($"{Metrics} does not lead to the checkpoint after step {state.Step}: begin anew with --new");
    }

    /// <summary>What came out of a complete run. The model gets its weights.</summary>
    /// <exception cref="TrainingException">Weights or measurements are missing or damaged.</exception>
    public FineTuningResult ReadResult(CompiledModel model, TaskSet development)
    {
        Load(model);
        var (steps, epochs) = FineTuningMetrics.Read(Metrics);
        var best = epochs.LastOrDefault(e => e.IsBest) ?? throw new TrainingException($"{Metrics} has no epoch: begin anew with --new");
        return new(epochs, best, Predictor.Run(model, development), steps, steps.Sum(s => s.Seconds));
    }

    /// <summary>Notes that the run is complete: its checkpoints go.</summary>
    /// <exception cref="TrainingException">They cannot be removed.</exception>
    public void Complete() => Guard(Checkpoints.Clear);

    /// <summary>Loads the weights.</summary>
    /// <exception cref="TrainingException">They are missing, damaged, or of another model.</exception>
    public void Load(CompiledModel model)
    {
        if (!File.Exists(Weights)) throw new TrainingException($"{Folder} has no weights: its first epoch did not end");
        model.Load(Weights);
    }

    void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write to {Folder}: {e.Reason()}; choose another folder with --run", e);
        }
    }
}
