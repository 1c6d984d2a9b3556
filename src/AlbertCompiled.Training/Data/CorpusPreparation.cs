using System.Diagnostics;
using System.Text;

namespace AlbertCompiled.Training;

/// <summary>How far a preparation has come.</summary>
/// <param name="Reading">The files are being read to their checksums; false: they are being tokenized.</param>
/// <param name="Bytes">Bytes of them done, about.</param>
/// <param name="TotalBytes">Bytes of them all.</param>
/// <param name="Documents">Documents written.</param>
/// <param name="Sentences">Sentences written.</param>
/// <param name="Tokens">Tokens written.</param>
/// <param name="Resumed">Documents that an earlier, interrupted preparation had written.</param>
/// <param name="TextBytes">Bytes of the text itself that was tokenized, in UTF-8: files may be packed, or hold more than text.</param>
public readonly record struct PreparationReport(bool Reading, long Bytes, long TotalBytes, int Documents, int Sentences, long Tokens, int Resumed, long TextBytes);

/// <summary>
/// Makes a dataset of a text: reads documents in their order, tokenizes groups of them on all cores, and writes them in their order again, so the files are
/// the same for any number of threads. An interrupted preparation goes on where it was committed last.
/// </summary>
/// <param name="source">The text.</param>
/// <param name="vocabulary">The vocabulary.</param>
/// <param name="threads">Threads that tokenize.</param>
public sealed class CorpusPreparation(ITextSource source, Vocabulary vocabulary, int threads)
{
    // in the key, so that a change of preparation prepares anew
    const string Version = "4";
    const int GroupCharacters = 1 << 18;

    static readonly TimeSpan BetweenCommits = TimeSpan.FromSeconds(5);

    readonly Lock gate = new();
    readonly Lazy<TaskFactory> tokenizers = new(() => new(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Math.Clamp(threads, 1, 512)).ConcurrentScheduler));
    PreparationReport report;
    SourceFile[]? sources;

    /// <summary>How far it is; safe to ask from another thread.</summary>
    public PreparationReport Report
    {
        get
        {
            lock (gate) return report;
        }
    }

    /// <summary>Reads the files to their checksums: the key of the dataset that they make.</summary>
    /// <exception cref="TrainingException">A file cannot be read.</exception>
    public string Key(CancellationToken cancellation)
    {
        Update(r => r with { Reading = true, TotalBytes = source.Files.Sum(f => SourceFile.Information(f)?.Length ?? 0) });
        sources ??= SourceFile.Of(source.Files, threads, n => Update(r => r with { Bytes = r.Bytes + n }), cancellation);
        return SourceFile.Key(Version, $"{source.GetType().Name} {source.Settings}", vocabulary, sources);
    }

    /// <summary>Makes the dataset, goes on with it, or opens it if it is whole already.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="cancellation">Stops after committing what is done.</param>
    /// <exception cref="TrainingException">The text is unreadable or too small, the folder holds something else or cannot be written.</exception>
    public Corpus Run(string folder, CancellationToken cancellation)
    {
        try
        {
            return Make(folder, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string next = File.Exists(new CorpusFiles(folder).Progress) ? "when that is put right, the same command goes on where it stopped" : "choose another folder with --out";
            throw new TrainingException($"cannot write the dataset {folder}: {e.Reason()}; {next}", e);
        }
    }

    /// <summary>The same; a folder that cannot be written is told by the exception of the system.</summary>
    internal Corpus Make(string folder, CancellationToken cancellation)
    {
        string key = Key(cancellation);
        if (Corpus.Exists(folder)) return OpenWhole(folder, key);
        var files = new CorpusFiles(folder);
        Directory.CreateDirectory(folder);
        try
        {
            if (Write(files, key, Begun(files, key), cancellation)) return OpenChecked(files);
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<TrainingException>().FirstOrDefault() is { } inner)
        {
            throw new TrainingException(inner.Message, e);
        }

        files.Delete();
        throw new TrainingException($"the corpus is empty: {source.Description} holds no text");
    }

    Corpus OpenWhole(string folder, string key)
    {
        var corpus = Corpus.Open(folder);
        if (corpus.Key == key) return corpus;
        using (corpus)
        {
            var before = corpus.Manifest.Sources.Select(s => s.Hash).ToHashSet();
            string why = corpus.Manifest.VocabularyHash != vocabulary.Hash ? "with another vocabulary"
                : sources!.FirstOrDefault(s => !before.Contains(s.Hash)) is { } changed ? $"of other text: {changed.Path} is new or has changed" : "of other files, or of files with other names, by which held-out documents are chosen";
            throw new TrainingException($"{folder} is a dataset made {why}; choose another folder with --out, or delete it");
        }
    }

    static CorpusProgress? Begun(CorpusFiles files, string key)
    {
        if (File.Exists(files.Progress))
        {
            var progress = SealedJson.Read<CorpusProgress>(files.Progress);
            return progress.Key == key ? progress
                : progress.Documents == 0 ? null
                : throw new TrainingException($"{files.Folder} holds an unfinished dataset of other text or another vocabulary; choose another folder with --out, or delete it");
        }

        return Directory.EnumerateFileSystemEntries(files.Folder).Any() ? throw new TrainingException($"{files.Folder} is not empty and no dataset; choose another folder with --out") : null;
    }

    // false if there is no text
    bool Write(CorpusFiles files, string key, CorpusProgress? from, CancellationToken cancellation)
    {
        using var writer = new CorpusWriter(files.Folder, vocabulary, from);
        var (file, document) = (from?.File ?? 0, from?.DocumentsOfFile ?? 0);
        Update(r => r with { Reading = false, Bytes = 0, Resumed = writer.Documents });
        writer.Commit(key, file, document);
        long committed = Stopwatch.GetTimestamp();
        try
        {
            foreach (var group in Tokenized(file, document))
            {
                if (Stopwatch.GetElapsedTime(committed) > BetweenCommits)
                {
                    writer.Commit(key, file, document);
                    committed = Stopwatch.GetTimestamp();
                }

                cancellation.ThrowIfCancellationRequested();
                foreach (var (heldOut, sentences) in group.Documents) writer.Add(heldOut, sentences);
                (file, document) = (group.File, group.DocumentsOfFile);
                Update(r => r with { Bytes = group.Bytes, Documents = writer.Documents, Sentences = writer.Sentences, Tokens = writer.Tokens, TextBytes = r.TextBytes + group.TextBytes });
            }

            if (writer.Tokens == 0) return false;
            writer.Finish(key, source.Description, sources!);
            return true;
        }
        catch (OperationCanceledException)
        {
            writer.Commit(key, file, document);
            throw;
        }
    }

    // in order; a fixed number of groups is on its way at a time
    IEnumerable<TokenizedGroup> Tokenized(int firstFile, long firstDocument)
    {
        var pending = new Queue<Task<TokenizedGroup>>();
        foreach (var group in Groups(firstFile, firstDocument))
        {
            pending.Enqueue(tokenizers.Value.StartNew(() => Tokenize(group)));
            if (pending.Count > 2 * Math.Clamp(threads, 1, 512)) yield return pending.Dequeue().GetAwaiter().GetResult();
        }

        while (pending.TryDequeue(out var task)) yield return task.GetAwaiter().GetResult();
    }

    IEnumerable<TextGroup> Groups(int firstFile, long firstDocument)
    {
        long bytesBefore = sources!.Take(firstFile).Sum(s => s.Bytes);
        for (int file = firstFile; file < sources!.Length; bytesBefore += sources[file++].Bytes)
        {
            long done = file == firstFile ? firstDocument : 0, document = 0, characters = 0, inGroup = 0;
            var group = new List<Document>();
            foreach (var read in source.Read(source.Files[file]))
            {
                int length = read.Sentences.Sum(s => s.Text.Length + 1);
                characters += length;
                if (document++ < done) continue;
                group.Add(read);
                if ((inGroup += length) < GroupCharacters) continue;
                yield return new(group, file, document, bytesBefore + Math.Min(characters, sources[file].Bytes));
                (group, inGroup) = ([], 0);
            }

            if (sources[file].HasChanged()) throw new TrainingException($"{sources[file].Path} changed while it was read: delete the unfinished dataset and prepare it again");
            yield return new(group, file + 1, 0, bytesBefore + sources[file].Bytes);
        }
    }

    TokenizedGroup Tokenize(TextGroup group) => new(
        [.. group.Documents.Select(d => (d.HeldOut, d.Sentences.Select(s => (vocabulary.Encode(s.Text), s.Section)).ToArray()))], group.File, group.DocumentsOfFile, group.Bytes,
        group.Documents.Sum(d => d.Sentences.Sum(s => Encoding.UTF8.GetByteCount(s.Text) + 1L)));

    Corpus OpenChecked(CorpusFiles files)
    {
        Corpus? corpus = null;
        try
        {
            corpus = Corpus.Open(files.Folder);
            if (HasPairs(corpus, corpus.TrainingDocuments) && HasPairs(corpus, corpus.HeldOutDocuments)) return corpus;
            throw new TrainingException(
                $"the corpus is too small: {source.Description} holds {corpus.Documents} document{(corpus.Documents == 1 ? "" : "s")}; at least two with two sentences each are needed, one to train on and one held out");
        }
        catch (TrainingException e)
        {
            corpus?.Dispose();
            if (Corpus.IsDamage(e)) files.Delete();
            throw;
        }
    }

    static bool HasPairs(Corpus corpus, int[] documents) => documents.Any(d => corpus.FirstSentence(d + 1) - corpus.FirstSentence(d) >= 2);

    void Update(Func<PreparationReport, PreparationReport> change)
    {
        lock (gate) report = change(report);
    }

    // File and DocumentsOfFile say where to go on after the group, Bytes how much of the text that is
    sealed record TextGroup(List<Document> Documents, int File, long DocumentsOfFile, long Bytes);

    sealed record TokenizedGroup((bool HeldOut, (int[] Ids, int Section)[] Sentences)[] Documents, int File, long DocumentsOfFile, long Bytes, long TextBytes);
}
