namespace AlbertCompiled.Training;

/// <summary>Datasets by content: the same text and vocabulary are tokenized once.</summary>
public static class CorpusCache
{
    static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    /// <summary>The folder: $ALBERT_CACHE, or one of the user's in the temporary folder.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable("ALBERT_CACHE") is { Length: > 0 } chosen ? chosen : Path.Combine(Path.GetTempPath(), $"albert-cache-{Environment.UserName}");

    /// <summary>Opens the dataset of a text, preparing it first if need be, and again if it is damaged.</summary>
    /// <param name="source">The text.</param>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="threads">Threads that tokenize.</param>
    /// <param name="folder">Where datasets are kept.</param>
    /// <param name="cancellation">Stops the preparation.</param>
    /// <exception cref="TrainingException">The text is empty or too small, or the folder cannot be written.</exception>
    public static Corpus Open(ITextSource source, Vocabulary vocabulary, int threads, string folder, CancellationToken cancellation = default) =>
        Open(new CorpusPreparation(source, vocabulary, threads), folder, cancellation);

    /// <summary>The same, with a preparation whose progress can be followed.</summary>
    /// <param name="preparation">How to prepare it.</param>
    /// <param name="folder">Where datasets are kept.</param>
    /// <param name="cancellation">Stops the preparation.</param>
    /// <exception cref="TrainingException">The text is empty or too small, or the folder cannot be written.</exception>
    public static Corpus Open(CorpusPreparation preparation, string folder, CancellationToken cancellation = default)
    {
        if (File.Exists(folder)) throw new TrainingException($"cannot keep prepared text in {folder}: it is a file; set ALBERT_CACHE to a folder");
        string path = Path.Combine(folder, preparation.Key(cancellation));
        try
        {
            return TryOpen(path) ?? Prepare(preparation, path, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write the prepared corpus to {path}: {e.Reason()}; {(e is IOException ? "make room there and it goes on, or " : "")}set ALBERT_CACHE to a folder with room", e);
        }
    }

    static Corpus? TryOpen(string path)
    {
        if (!Directory.Exists(path)) return null;
        try
        {
            return Corpus.Open(path);
        }
        catch (TrainingException e) when (Corpus.IsDamage(e))
        {
            Directory.Delete(path, recursive: true);
            return null;
        }
    }

    // aside, then renamed; one process at a time, which goes on where one before it was interrupted
    static Corpus Prepare(CorpusPreparation preparation, string path, CancellationToken cancellation)
    {
        using var only = Take(path + ".lock", cancellation);
        if (TryOpen(path) is { } made) return made; // by the process that had the lock
        string unfinished = path + ".tmp";
        for (bool begun = Directory.Exists(unfinished); ; begun = false)
        {
            try
            {
                preparation.Make(unfinished, cancellation).Dispose();
                Directory.Move(unfinished, path);
                return Corpus.Open(path);
            }
            catch (TrainingException e) when (Corpus.IsDamage(e)) // not a full disk, after which it goes on
            {
                DurableFiles.TryDelete(unfinished);
                if (!begun) throw; // what an earlier process left may have been damaged
            }
        }
    }

    static IDisposable Take(string path, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            if (FileLock.TryTake(path) is { } taken) return taken;
            if (cancellation.WaitHandle.WaitOne(BetweenTries)) cancellation.ThrowIfCancellationRequested();
        }
    }
}
