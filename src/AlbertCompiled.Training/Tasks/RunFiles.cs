namespace AlbertCompiled.Training;

/// <summary>The names that runs give to their files; they tell a folder that a new model may go to from one with files of others that it would replace. A log or notes may be there.</summary>
static class RunFiles
{
    public const string Configuration = "config.json", FineTuning = "finetuning.json", Vocabulary = "vocabulary.model", Weights = "model.safetensors";
    public const string Metrics = "metrics.jsonl", Report = "report.html", Checkpoints = "checkpoints", Lock = "lock";

    const string Aside = ".tmp";

    // with which it begins
    static readonly HashSet<string> First = [Lock, Vocabulary];

    static readonly HashSet<string> Others =
    [
        Configuration, FineTuning, Checkpoints, Weights, Metrics, Report, TensorBoardEvents.FileName,
        .. GlueTasks.All.SelectMany(t => t.Tests).Select(s => s.Name + ".tsv"), "dev.tsv", "dev.json", "dev.null_odds.json", "dev.conll",
    ];

    /// <summary>True for a name that a run gives to a file or a folder of its own.</summary>
    public static bool Contains(string name) => First.Contains(Plain(name)) || Others.Contains(Plain(name));

    /// <summary>Checks that a folder without settings has no file that a run would replace, but for what a crash leaves of one.</summary>
    /// <exception cref="TrainingException">It has, or cannot be read.</exception>
    public static void Check(string folder)
    {
        string[] found = [.. FileSearch.Entries(folder).Select(e => Path.GetFileName(e)).Order(StringComparer.Ordinal)];
        // the vocabulary comes first and goes last, so that without it nothing else is a run's
        if (found.Contains(Vocabulary) || new CheckpointStore(folder).Latest() is not null) return;
        if (found.FirstOrDefault(name => Others.Contains(Plain(name))) is { } other)
            throw new TrainingException($"{folder} is no run, and holds {other}, which a run would replace: choose another --run");
    }

    static string Plain(string name) => name.EndsWith(Aside, StringComparison.Ordinal) ? name[..^Aside.Length] : name;
}
