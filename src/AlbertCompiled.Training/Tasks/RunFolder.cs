namespace AlbertCompiled.Training;

/// <summary>The files of a run: configuration, vocabulary, metrics, checkpoints, report.</summary>
/// <param name="Folder">The folder.</param>
public sealed record RunFolder(string Folder)
{
    /// <summary>The settings.</summary>
    public string Configuration => Path.Combine(Folder, "config.json");

    /// <summary>A copy of the vocabulary, so that the folder is complete in itself.</summary>
    public string Vocabulary => Path.Combine(Folder, "vocabulary.model");

    /// <summary>What was measured, a JSON object a line.</summary>
    public string Metrics => Path.Combine(Folder, "metrics.jsonl");

    /// <summary>The page with the curves.</summary>
    public string Report => Path.Combine(Folder, "report.html");

    /// <summary>The checkpoints.</summary>
    public CheckpointStore Checkpoints => new(Folder);

    /// <summary>Creates the folder of a new run.</summary>
    /// <exception cref="TrainingException">It cannot be written, or holds a run already.</exception>
    public static RunFolder Create(string folder, RunConfiguration configuration, Vocabulary vocabulary)
    {
        CheckNew(folder);
        var run = new RunFolder(folder);
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(run.Vocabulary, vocabulary.Bytes);
            File.WriteAllText(run.Metrics, "");
            JsonFiles.Write(run.Configuration, configuration);
            return run;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write the run folder {folder}: {e.Message}; choose another with --out", e);
        }
    }

    /// <summary>Checks that a folder can take a new run.</summary>
    /// <exception cref="TrainingException">It holds a run already, or is a file.</exception>
    public static void CheckNew(string folder)
    {
        if (File.Exists(folder)) throw new TrainingException($"cannot write the run folder {folder}: it is a file; choose another with --out");
        if (File.Exists(new RunFolder(folder).Configuration))
            throw new TrainingException($"{folder} holds a run already: go on with it by --resume {folder}, or choose another --out");
    }

    /// <summary>Opens the folder of a run.</summary>
    /// <exception cref="TrainingException">It is not there, or its configuration is damaged.</exception>
    public static (RunFolder Run, RunConfiguration Configuration) Open(string folder)
    {
        var run = new RunFolder(folder);
        if (!File.Exists(run.Configuration)) throw new TrainingException($"{folder} is not the folder of a run: it has no config.json");
        return (run, JsonFiles.Read<RunConfiguration>(run.Configuration));
    }
}
