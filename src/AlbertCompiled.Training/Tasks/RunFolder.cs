namespace AlbertCompiled.Training;

/// <summary>The files of a run: configuration, vocabulary, metrics, checkpoints, report.</summary>
/// <param name="Folder">The folder.</param>
public sealed record RunFolder(string Folder)
{
    /// <summary>The settings.</summary>
    public string Configuration => Path.Combine(Folder, RunFiles.Configuration);

    /// <summary>A copy of the vocabulary, so that the folder is complete in itself.</summary>
    public string Vocabulary => Path.Combine(Folder, RunFiles.Vocabulary);

    /// <summary>What was measured, a JSON object a line.</summary>
    public string Metrics => Path.Combine(Folder, RunFiles.Metrics);

    /// <summary>The page with the curves.</summary>
    public string Report => Path.Combine(Folder, RunFiles.Report);

    /// <summary>The checkpoints.</summary>
    public CheckpointStore Checkpoints => new(Folder);

    /// <summary>True if the folder holds a run, begun at least.</summary>
    /// <exception cref="TrainingException">The folder cannot be read.</exception>
    public static bool Exists(string folder) => FileSearch.Exists(new RunFolder(folder).Configuration);

    /// <summary>Creates the folder of a new run.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="replace">Remove the files of a run that is there.</param>
    /// <exception cref="TrainingException">It cannot be written, or holds a run already.</exception>
    public static RunFolder Create(string folder, RunConfiguration configuration, Vocabulary vocabulary, bool replace = false)
    {
        CheckNew(folder, vocabulary, replace);
        try
        {
            RunFiles.Begin(folder, RunFiles.Configuration, configuration, vocabulary, RunFiles.Report);
            return new(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(folder, e);
        }
    }

    /// <summary>Checks that a folder can take a new run.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="vocabulary">The run's vocabulary.</param>
    /// <param name="replace">A run that is there may be replaced.</param>
    /// <exception cref="TrainingException">It holds a run already, another kind of model or other files, or is a file.</exception>
    public static void CheckNew(string folder, Vocabulary vocabulary, bool replace = false)
    {
        if (File.Exists(folder)) throw new TrainingException($"cannot write the run folder {folder}: it is a file; choose another with --run");
        CheckKind(folder);
        if (Exists(folder))
        {
            if (replace) return;
            throw new TrainingException($"{folder} holds a run already: choose another --run, or replace it with --new");
        }

        if (!replace && new CheckpointStore(folder).Latest() is { } left)
            throw new TrainingException($"{folder} holds no config.json, but a checkpoint, {left}: choose another --run, or replace it with --new");
        RunFiles.Check(folder, RunFiles.Configuration, vocabulary);
    }

    /// <summary>Checks that a folder holds no other kind of model.</summary>
    /// <exception cref="TrainingException">It does.</exception>
    public static void CheckKind(string folder)
    {
        string? kind = FineTunedFolder.Exists(folder) ? "a fine-tuned model" : FineTunedFolder.SeedsIn(folder).Count > 0 ? "several fine-tuned models" : PublishedFolder.IsPublished(folder) ? "a published model" : null;
        if (kind is not null) throw new TrainingException($"{folder} holds {kind}, no run of pretraining: choose another --run");
    }

    /// <summary>Creates a folder if it is not there, and keeps other processes from training in it until the lock is disposed of or the process ends.</summary>
    /// <exception cref="TrainingException">It cannot be written, or another process trains in it.</exception>
    public static IDisposable Lock(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return FileLock.TryTake(Path.Combine(folder, RunFiles.Lock)) ?? throw new TrainingException($"another process is training in {folder}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(folder, e);
        }
    }

    /// <summary>Opens the folder of a run.</summary>
    /// <exception cref="TrainingException">It is not there, cannot be read, or its configuration is damaged.</exception>
    public static (RunFolder Run, RunConfiguration Configuration) Open(string folder)
    {
        var run = new RunFolder(folder);
        if (!Exists(folder)) throw new TrainingException($"{folder} is not the folder of a run: {(Directory.Exists(folder) ? "it has no config.json" : File.Exists(folder) ? "it is a file" : "there is no such folder")}");
        return (run, JsonFiles.Read<RunConfiguration>(run.Configuration));
    }

    /// <summary>True if all steps of the run are done.</summary>
    /// <exception cref="TrainingException">The newest checkpoint is damaged.</exception>
    public bool IsComplete(RunConfiguration configuration) => Checkpoints.Latest() is { } newest && CheckpointState.Read(newest).Step >= configuration.Recipe.Steps;

    /// <summary>Writes the settings anew, of a run whose text has been moved.</summary>
    /// <exception cref="TrainingException">They cannot be written; the last ones are intact.</exception>
    public void Update(RunConfiguration configuration)
    {
        try
        {
            JsonFiles.Write(Configuration, configuration);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(Folder, e);
        }
    }

    static TrainingException CannotWrite(string folder, Exception e) => new($"cannot write the run folder {folder}: {e.Reason()}; choose another with --run", e);
}
