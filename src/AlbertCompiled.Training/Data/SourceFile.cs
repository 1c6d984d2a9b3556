using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace AlbertCompiled.Training;

/// <summary>A file that a dataset was made of.</summary>
/// <param name="Path">Where it was.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Hash">SHA-256 of its contents.</param>
public sealed record SourceFile(string Path, long Bytes, string Hash)
{
    /// <summary>Ticks of the last write, to notice a change while it is read; not kept.</summary>
    [JsonIgnore]
    internal long Written { get; init; }

    /// <summary>Reads the files of a text to their checksums, several at a time.</summary>
    /// <param name="files">The files.</param>
    /// <param name="threads">How many at a time.</param>
    /// <param name="read">Is told the bytes of every piece read.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="TrainingException">A file cannot be read.</exception>
    internal static SourceFile[] Of(IReadOnlyList<string> files, int threads, Action<int> read, CancellationToken cancellation)
    {
        try
        {
            return [.. files.AsParallel().AsOrdered().WithDegreeOfParallelism(Math.Clamp(threads, 1, 64)).WithCancellation(cancellation).Select(f => Of(f, read, cancellation))];
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<TrainingException>().FirstOrDefault() is { } inner)
        {
            throw new TrainingException(inner.Message, e);
        }
    }

    /// <summary>What has become of the file since its checksum was taken, in words; null: nothing.</summary>
    /// <param name="cancellation">Stops reading.</param>
    public string? Change(CancellationToken cancellation)
    {
        if (Information(Path) is not { } now) return "is gone";
        return now.Length == Bytes && Of(Path, _ => { }, cancellation).Hash == Hash ? null : "has changed since";
    }

    /// <summary>Names a set of texts and the vocabulary that they are tokenized with.</summary>
    internal static string Key(string version, string kind, Vocabulary vocabulary, IEnumerable<SourceFile> files)
    {
        var text = new StringBuilder($"{version} {kind} {vocabulary.Hash}");
        // names count: they decide what is held out
        foreach (var file in files) text.Append($"\n{System.IO.Path.GetFileName(file.Path)}\n{file.Hash}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }

    /// <summary>True if the file is not as it was when its checksum was taken, by its length and time.</summary>
    internal bool HasChanged() => Information(Path) is not { } now || (now.Length, now.LastWriteTimeUtc.Ticks) != (Bytes, Written);

    /// <summary>Length and time of a file; of a link, those of what it leads to. Null: there is none.</summary>
    internal static FileInfo? Information(string path)
    {
        try
        {
            return new FileInfo(FileTarget.Resolve(path)) is { Exists: true } file ? file : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    static SourceFile Of(string file, Action<int> read, CancellationToken cancellation)
    {
        // text is read twice: for its checksum and for its tokens
        if (FileTarget.IsSpecial(file)) throw new TrainingException($"{file} is a pipe or a device, which cannot be read twice: write its text to a file");
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            long written = File.GetLastWriteTimeUtc(stream.SafeFileHandle).Ticks;
            byte[] buffer = new byte[1 << 20];
            long bytes = 0;
            for (int n; (n = stream.Read(buffer)) > 0; bytes += n)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, n);
                read(n);
            }

            return new(System.IO.Path.GetFullPath(file), bytes, Convert.ToHexStringLower(hash.GetHashAndReset())) { Written = written };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {file}: {e.Reason(file)}", e);
        }
    }
}
