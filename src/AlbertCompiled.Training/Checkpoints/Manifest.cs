using System.Security.Cryptography;

namespace AlbertCompiled.Training;

/// <summary>What a checkpoint is and consists of. Written last, with a checksum of its own beside it: a folder without it is not a checkpoint.</summary>
/// <param name="Step">Updates applied.</param>
/// <param name="HeldOutLoss">Loss on held-out text after that step; null if it was not measured.</param>
/// <param name="ChunkBytes">Bytes under one checksum.</param>
/// <param name="Files">Every other file.</param>
sealed record Manifest(long Step, double? HeldOutLoss, int ChunkBytes, IReadOnlyList<ManifestEntry> Files)
{
    const string FileName = "manifest.json", Checksum = "manifest.sha256";
    const int DefaultChunk = 1 << 20;

    /// <summary>The file of a checkpoint.</summary>
    public static string Of(string folder) => Path.Combine(folder, FileName);

    /// <exception cref="TrainingException">The folder cannot be read.</exception>
    public static bool Exists(string folder) => FileSearch.Exists(Of(folder));

    public static void Write(string folder, long step, double? heldOutLoss, IEnumerable<string> files, int chunkBytes = DefaultChunk)
    {
        string path = Of(folder);
        JsonFiles.Write(path, new Manifest(step, heldOutLoss, chunkBytes, [.. files.Select(name => ManifestEntry.Of(folder, name, chunkBytes))]));
        DurableFiles.Write(Path.Combine(folder, Checksum), ChecksumOf(path));
    }

    /// <summary>Reads the manifest alone.</summary>
    /// <exception cref="TrainingException">It is damaged.</exception>
    public static Manifest Read(string folder)
    {
        string path = Of(folder), checksum = Path.Combine(folder, Checksum);
        if (!File.Exists(checksum)) throw new TrainingException($"the checkpoint {folder} is incomplete: {Checksum} is missing");
        byte[] expected = ReadAll(checksum), actual = ChecksumOf(path);
        if (!expected.AsSpan().SequenceEqual(actual)) throw new TrainingException($"{path} is corrupted: its checksum is not the one in {checksum}");
        var manifest = JsonFiles.Read<Manifest>(path);
        return manifest.ChunkBytes > 0 && manifest.Files.All(f => f is not null && f.IsProper(manifest.ChunkBytes)) ? manifest : throw new TrainingException($"{path} is corrupted: it does not say what its files are");
    }

    /// <summary>Reads the manifest and every file.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="except">A file that is not wanted.</param>
    /// <exception cref="TrainingException">A file is missing, cut or changed; the message says which, and which bytes.</exception>
    public static Manifest Verify(string folder, string? except = null)
    {
        var manifest = Read(folder);
        foreach (var entry in manifest.Files.Where(f => f.Name != except)) entry.Verify(folder, manifest.ChunkBytes);
        return manifest;
    }

    /// <summary>The manifest; null if it is damaged.</summary>
    public static Manifest? TryRead(string folder)
    {
        try
        {
            return Read(folder);
        }
        catch (TrainingException)
        {
            return null;
        }
    }

    /// <summary>True if nothing is damaged.</summary>
    public static bool IsWhole(string folder)
    {
        try
        {
            Verify(folder);
            return true;
        }
        catch (TrainingException)
        {
            return false;
        }
    }

    // as sha256sum writes and checks it
    static byte[] ChecksumOf(string path) => System.Text.Encoding.ASCII.GetBytes($"{Convert.ToHexStringLower(SHA256.HashData(ReadAll(path)))}  {FileName}\n");

    static byte[] ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason(path)}", e);
        }
    }
}
