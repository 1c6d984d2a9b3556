using System.Security.Cryptography;
using System.Text;

namespace AlbertCompiled.Training;

/// <summary>Prepared corpora by content: the same text and vocabulary are tokenized once.</summary>
public static class CorpusCache
{
    // in the key, so that a change of preparation prepares anew
    const string Version = "3";

    /// <summary>The folder: $ALBERT_CACHE, or one of the user's in the temporary folder.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable("ALBERT_CACHE") is { Length: > 0 } chosen ? chosen : Path.Combine(Path.GetTempPath(), $"albert-cache-{Environment.UserName}");

    /// <summary>Opens the prepared corpus of a text, preparing it first if need be.</summary>
    /// <param name="source">The text.</param>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="threads">Threads that tokenize.</param>
    /// <param name="folder">Where prepared corpora are kept.</param>
    /// <param name="cancellation">Stops the preparation.</param>
    /// <exception cref="TrainingException">The text is empty or too small, or the folder cannot be written.</exception>
    public static Corpus Open(ITextSource source, Vocabulary vocabulary, int threads, string folder, CancellationToken cancellation = default)
    {
        string path = Path.Combine(folder, Key(source, vocabulary) + ".corpus");
        try
        {
            return Corpus.TryOpen(path) ?? Prepare(source, vocabulary, threads, path, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write the prepared corpus to {path}: {e.Message}; set ALBERT_CACHE to a folder with room", e);
        }
    }

    static Corpus Prepare(ITextSource source, Vocabulary vocabulary, int threads, string path, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var writer = new CorpusWriter(temporary, vocabulary.Size))
            {
                var encoded = source.Read().AsParallel().AsOrdered().WithDegreeOfParallelism(Math.Clamp(threads, 1, 512)).WithCancellation(cancellation)
                    .Select(d => (d.HeldOut, Sentences: Encode(d, vocabulary)));
                foreach (var (heldOut, sentences) in encoded) writer.Add(heldOut, sentences);
                writer.Finish();
            }

            Check(source, temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<TrainingException>().FirstOrDefault() is { } inner)
        {
            throw new TrainingException(inner.Message, e);
        }
        finally
        {
            File.Delete(temporary);
        }

        return Corpus.TryOpen(path) ?? throw new IOException("the file just written cannot be read");
    }

    static (int[], int)[] Encode(Document document, Vocabulary vocabulary) =>
        [.. document.Sentences.Select(s => (vocabulary.Encode(s.Text), s.Section))];

    static void Check(ITextSource source, string path)
    {
        using var corpus = Corpus.TryOpen(path) ?? throw new IOException("the file just written cannot be read");
        if (corpus.Tokens == 0) throw new TrainingException($"the corpus is empty: {source.Description} holds no text");
        if (!HasPairs(corpus, corpus.TrainingDocuments) || !HasPairs(corpus, corpus.HeldOutDocuments))
            throw new TrainingException(
                $"the corpus is too small: {source.Description} holds {corpus.Documents} documents; at least two with two sentences each are needed, one to train on and one held out");
    }

    static bool HasPairs(Corpus corpus, int[] documents) => documents.Any(d => corpus.FirstSentence(d + 1) - corpus.FirstSentence(d) >= 2);

    static string Key(ITextSource source, Vocabulary vocabulary)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Version} {source.GetType().Name} {source.Settings} {vocabulary.Hash}"));
        var buffer = new byte[1 << 20];
        foreach (string file in source.Files)
        {
            // names count: they decide what is held out
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{Path.GetFileName(file)}\n"));
            try
            {
                using var stream = File.OpenRead(file);
                for (int read; (read = stream.Read(buffer)) > 0;) hash.AppendData(buffer, 0, read);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new TrainingException($"cannot read {file}: {e.Message}", e);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }
}
