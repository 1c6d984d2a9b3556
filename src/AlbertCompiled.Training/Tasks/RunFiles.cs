namespace AlbertCompiled.Training;

/// <summary>
/// What in a folder is a run's: the names of its files, how they come and how they go. A note of the settings comes first and takes their name last, so that what a crash leaves of a run that
/// begins is known as one. Where there are neither settings nor note nor checkpoint, all is others', whatever its name. A log or notes may lie beside a run.
/// </summary>
public static class RunFiles
{
    internal const string Configuration = "config.json", FineTuning = "finetuning.json", Vocabulary = "vocabulary.model", Weights = "model.safetensors";
    internal const string Metrics = "metrics.jsonl", Report = "report.html", Checkpoints = "checkpoints", Lock = "lock", Begun = "run.begun";

    const string Aside = ".tmp"; // of earlier versions, which left vocabulary.model.tmp

    static readonly string[] Settings = [Configuration, FineTuning];

    /// <summary>What the answers to the development data are written to, which comes after the last epoch.</summary>
    internal static readonly string[] Judged = ["dev.tsv", "dev.json", "dev.conll"];

    static readonly HashSet<string> Names =
    [
        Lock, Begun, Vocabulary, .. Settings, Checkpoints, Weights, Metrics, Report, TensorBoardEvents.FileName,
        .. GlueTasks.All.SelectMany(t => t.Tests).Select(s => s.Name + ".tsv"), .. Judged, "dev.null_odds.json",
    ];

    // nobody's loss; whether a vocabulary is the same is seen in it
    static readonly string[] Harmless = [Lock, Begun, Vocabulary];

    /// <summary>True for the way from a run's folder, or from that of several seeds, to what a run there has or may have one day.</summary>
    /// <param name="way">Names of folders, and at last of what is meant.</param>
    public static bool IsOwn(params IReadOnlyList<string> way) =>
        way.Count > 0 && (Contains(way[0]) || (FineTunedFolder.IsSeed(way[0]) && (way.Count == 1 || Contains(way[1]))));

    /// <summary>True if a run began here, and had no settings yet when it was stopped.</summary>
    internal static bool IsBegun(string folder) => FileSearch.Exists(Path.Combine(folder, Begun));

    /// <summary>Checks that a new run would replace no file but a run's.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="settings">Name of the settings of such runs.</param>
    /// <param name="vocabulary">The new run's: the same may be there.</param>
    /// <param name="own">A name that is known not to be others'.</param>
    /// <exception cref="TrainingException">It would, or the folder cannot be read.</exception>
    internal static void Check(string folder, string settings, Vocabulary vocabulary, string? own = null)
    {
        if (FileSearch.Exists(Path.Combine(folder, settings)) || IsBegun(folder) || new CheckpointStore(folder).Latest() is not null) return;
        if (Corpus.Exists(folder)) throw new TrainingException($"{folder} holds a dataset, whose vocabulary a run would share: choose another --run");
        string[] found = [.. FileSearch.Entries(folder).Select(e => Path.GetFileName(e)).Order(StringComparer.Ordinal)];
        if (found.FirstOrDefault(name => Contains(name) && name != own && !Harmless.Contains(Final(name))) is { } other)
            throw new TrainingException($"{folder} is no run, and holds {other}, which a run would replace: choose another --run");
        if (found.Contains(Vocabulary) && !IsSame(Path.Combine(folder, Vocabulary), vocabulary))
            throw new TrainingException($"{folder} is no run, and holds another {Vocabulary}, which a run would replace: choose another --run");
    }

    /// <summary>Begins a run, in the place of one that is there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="settings">Name of the settings.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="results">Names of what such a run comes to.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static void Begin<T>(string folder, string settings, T configuration, Vocabulary vocabulary, params string[] results)
    {
        Directory.CreateDirectory(folder);
        string note = Path.Combine(folder, Begun), final = Path.Combine(folder, settings);
        JsonFiles.Write(note, configuration);
        File.Delete(final);
        new CheckpointStore(folder).Clear();
        foreach (string name in results) File.Delete(Path.Combine(folder, name));
        DurableFiles.Write(Path.Combine(folder, Vocabulary), vocabulary.Bytes);
        File.WriteAllText(Path.Combine(folder, Metrics), "");
        File.Move(note, final);
        DurableFiles.FlushFolder(folder);
    }

    /// <summary>Removes a run's files but for the lock. What else is in the folder stays.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static void Remove(string folder)
    {
        string note = Path.Combine(folder, Begun);
        DurableFiles.Write(note, []);
        foreach (string name in Settings) File.Delete(Path.Combine(folder, name));
        new CheckpointStore(folder).Clear();
        foreach (string file in Directory.GetFiles(folder))
            if (Path.GetFileName(file) is var name && Contains(name) && name is not (Lock or Begun)) File.Delete(file);
        File.Delete(note);
    }

    static bool Contains(string name) => Names.Contains(Final(name));

    // what a name aside becomes
    static string Final(string name) => FileTarget.OfAside(name) ?? (name.EndsWith(Aside, StringComparison.Ordinal) ? name[..^Aside.Length] : name);

    static bool IsSame(string file, Vocabulary vocabulary)
    {
        try
        {
            return File.ReadAllBytes(file).AsSpan().SequenceEqual(vocabulary.Bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // for all that can be told
        }
    }
}
