namespace AlbertCompiled.Training;

/// <summary>The files of a fine-tuned model: configuration, vocabulary, weights of the best epoch, metrics, report, predictions.</summary>
/// <param name="Folder">The folder.</param>
public sealed record FineTunedFolder(string Folder)
{
    const string SeedPrefix = "seed-";

    /// <summary>The settings.</summary>
    public string ConfigurationFile => Path.Combine(Folder, "finetuning.json");

    /// <summary>A copy of the vocabulary.</summary>
    public string VocabularyFile => Path.Combine(Folder, "vocabulary.model");

    /// <summary>The weights of the best epoch.</summary>
    public string Weights => Path.Combine(Folder, "model.safetensors");

    /// <summary>What was measured, a JSON object a line.</summary>
    public string Metrics => Path.Combine(Folder, "metrics.jsonl");

    /// <summary>The page with curves and confusions.</summary>
    public string Report => Path.Combine(Folder, "report.html");

    /// <summary>True if a folder holds a fine-tuned model.</summary>
    public static bool Exists(string folder) => File.Exists(new FineTunedFolder(folder).ConfigurationFile);

    /// <summary>The folder of one of several seeds.</summary>
    public static string OfSeed(string folder, ulong seed) => Path.Combine(folder, FormattableString.Invariant($"{SeedPrefix}{seed}"));

    /// <summary>The fine-tuned models in folders: each folder's own, or those of its seeds.</summary>
    /// <exception cref="TrainingException">A folder holds none.</exception>
    public static IReadOnlyList<FineTunedFolder> Find(IEnumerable<string> folders) => [.. folders.SelectMany(folder =>
    {
        if (Exists(folder)) return [new(folder)];
        FineTunedFolder[] seeds = Directory.Exists(folder) ? [.. Directory.GetDirectories(folder, SeedPrefix + "*").Where(Exists).Order(StringComparer.Ordinal).Select(f => new FineTunedFolder(f))] : [];
        return seeds.Length > 0 ? seeds : throw new TrainingException($"{folder} is not the folder of a fine-tuned model: it has no finetuning.json; albert finetune makes one");
    })];

    /// <summary>Creates the folder of a new model.</summary>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public void Create(FineTuningConfiguration configuration, Vocabulary vocabulary) => Guard(() =>
    {
        Directory.CreateDirectory(Folder);
        File.Delete(ConfigurationFile); // first: without it, what a crash leaves is no model
        File.Delete(Weights);
        File.Delete(Report);
        File.WriteAllBytes(VocabularyFile, vocabulary.Bytes);
        File.WriteAllText(Metrics, "");
        JsonFiles.Write(ConfigurationFile, configuration);
    });

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

    /// <summary>Writes the weights aside, then puts them in place.</summary>
    /// <exception cref="TrainingException">They cannot be written; the last ones are intact.</exception>
    public void Save(CompiledModel model) => Guard(() =>
    {
        string temporary = Weights + ".tmp";
        model.Save(temporary);
        File.Move(temporary, Weights, overwrite: true);
        DurableFiles.FlushFolder(Folder);
    });

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
            throw new TrainingException($"cannot write to {Folder}: {e.Message}; choose another folder with --run", e);
        }
    }
}
