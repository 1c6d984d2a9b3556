namespace AlbertCompiled.Training;

/// <summary>Tells a folder that a new model may go to from one that holds the files of others, which it could replace.</summary>
static class RunFiles
{
    const string Vocabulary = "vocabulary.model", Aside = ".tmp";

    // what a run begins with
    static readonly HashSet<string> First = ["lock", Vocabulary];

    static readonly HashSet<string> Names =
    [
        .. First, "config.json", "finetuning.json", "checkpoints", "model.safetensors", "metrics.jsonl", "report.html", TensorBoardEvents.FileName,
        .. GlueTasks.All.SelectMany(t => t.Tests).Select(s => s.Name + ".tsv"), "dev.tsv", "dev.json", "dev.null_odds.json", "dev.conll",
    ];

    /// <summary>Checks that a folder without settings is new, empty, or holds what a crash leaves of a run.</summary>
    /// <exception cref="TrainingException">It holds something else, or cannot be read.</exception>
    public static void Check(string folder)
    {
        string[] found = [.. FileSearch.Entries(folder).Select(e => Path.GetFileName(e)).Order(StringComparer.Ordinal)];
        // the vocabulary comes first and goes last, so that without it nothing else is a run's
        bool begun = found.Contains(Vocabulary) || new CheckpointStore(folder).Latest() is not null;
        var own = begun ? Names : First;
        if (found.FirstOrDefault(name => !own.Contains(name.EndsWith(Aside, StringComparison.Ordinal) ? name[..^Aside.Length] : name) && !FineTunedFolder.IsOfSeed(Path.Combine(folder, name))) is { } other)
            throw new TrainingException($"{folder} is not empty and no run: it holds {other}; choose another --run");
    }
}
