using System.Security.Cryptography;
using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>What a checkpoint consists of. Written last: a folder without it is not a checkpoint.</summary>
/// <param name="Files">Every other file.</param>
sealed record Manifest(IReadOnlyList<ManifestEntry> Files)
{
    const string FileName = "manifest.json";

    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    public static void Write(string folder, params IEnumerable<string> files)
    {
        var manifest = new Manifest([.. files.Select(name => Describe(folder, name))]);
        JsonFiles.Write(Path.Combine(folder, FileName), manifest);
    }

    /// <exception cref="TrainingException">A file is missing, cut or changed.</exception>
    public static void Verify(string folder)
    {
        var manifest = JsonFiles.Read<Manifest>(Path.Combine(folder, FileName));
        foreach (var expected in manifest.Files ?? throw new TrainingException($"{Path.Combine(folder, FileName)} is corrupted: it lists no files"))
        {
            string path = Path.Combine(folder, expected.Name ?? "");
            if (!File.Exists(path)) throw new TrainingException($"the checkpoint {folder} is incomplete: {expected.Name} is missing");
            var found = Describe(folder, expected.Name!);
            if (found.Bytes != expected.Bytes)
                throw new TrainingException($"{path} is truncated or damaged: it has {found.Bytes} bytes, {expected.Bytes} were written");
            if (found.Sha256 != expected.Sha256)
                throw new TrainingException($"{path} is corrupted: its checksum is not the one written");
        }
    }

    static ManifestEntry Describe(string folder, string name)
    {
        using var stream = File.OpenRead(Path.Combine(folder, name));
        return new(name, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}

/// <summary>One file of a checkpoint.</summary>
sealed record ManifestEntry(string Name, long Bytes, string Sha256);
