using System.Security.Cryptography;

namespace AlbertCompiled.Training;

/// <summary>One file of a checkpoint.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Checksums of its chunks, in order.</param>
sealed record ManifestEntry(string Name, long Bytes, IReadOnlyList<string> Sha256)
{
    const int NamedTensors = 3;

    /// <summary>True if it names a file beside the manifest and has a checksum for each chunk.</summary>
    public bool IsProper(int chunkBytes) => Name.Length > 0 && Path.GetFileName(Name) == Name && Bytes >= 0 && Sha256.Count == (Bytes + chunkBytes - 1) / chunkBytes;

    public static ManifestEntry Of(string folder, string name, int chunkBytes)
    {
        using var stream = File.OpenRead(Path.Combine(folder, name));
        return new(name, stream.Length, [.. Checksums(stream, chunkBytes)]);
    }

    /// <exception cref="TrainingException">The file is missing, cut or changed.</exception>
    public void Verify(string folder, int chunkBytes)
    {
        string path = Path.Combine(folder, Name);
        if (!File.Exists(path)) throw new TrainingException($"the checkpoint {folder} is incomplete: {Name} is missing");
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length != Bytes) throw new TrainingException($"{path} is truncated or damaged: it has {stream.Length} bytes, {Bytes} were written");
            int chunk = 0;
            foreach (string found in Checksums(stream, chunkBytes))
            {
                if (found != Sha256[chunk]) throw Corrupted(path, chunk * (long)chunkBytes, Math.Min(Bytes, (chunk + 1) * (long)chunkBytes));
                chunk++;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason(path)}", e);
        }
    }

    static TrainingException Corrupted(string path, long first, long end) =>
        new($"{path} is corrupted: bytes {first} to {end - 1}{TensorsIn(path, first, end)} are not the ones written");

    static IEnumerable<string> Checksums(Stream stream, int chunkBytes)
    {
        var chunk = new byte[Math.Min(chunkBytes, stream.Length)];
        for (int read; (read = stream.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false)) > 0;)
        {
            yield return Convert.ToHexStringLower(SHA256.HashData(chunk.AsSpan(0, read)));
            if (read < chunk.Length) yield break;
        }
    }

    // what lies there, if it is a file of tensors whose header can still be read
    static string TensorsIn(string path, long first, long end)
    {
        try
        {
            using var file = Safetensors.Open(path);
            long start = new FileInfo(path).Length - file.Entries.Sum(e => e.Bytes);
            string[] names = [.. file.Entries.Where(e => start + e.Offset < end && start + e.Offset + e.Bytes > first).Select(e => e.Name)];
            if (names.Length == 0) return "";
            string more = names.Length > NamedTensors ? $" and {names.Length - NamedTensors} more" : "";
            return $", of {string.Join(", ", names.Take(NamedTensors))}{more},";
        }
        catch (InvalidDataException)
        {
            return "";
        }
    }
}
