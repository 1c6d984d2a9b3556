namespace AlbertCompiled.Training;

/// <summary>The tensors of one safetensors file, or of several that share an index. Not thread-safe.</summary>
public sealed class TensorFiles : IDisposable
{
    readonly Dictionary<string, (Safetensors File, string Path)> owners = [];
    readonly List<Safetensors> files = [];

    TensorFiles()
    {
    }

    /// <summary>All tensors, file after file.</summary>
    public IEnumerable<SafetensorsEntry> Entries => files.SelectMany(f => f.Entries);

    /// <summary>What the writer left in the first file.</summary>
    internal IReadOnlyDictionary<string, string> Metadata => files[0].Metadata;

    /// <summary>The number of files.</summary>
    public int Count => files.Count;

    /// <summary>Opens one file.</summary>
    /// <exception cref="TrainingException">It cannot be read, or is no such file.</exception>
    public static TensorFiles Open(string path) => Guard(path, () =>
    {
        var tensors = new TensorFiles();
        tensors.Add(Safetensors.Open(path), path);
        return tensors;
    });

    /// <summary>Opens the files of an index.</summary>
    /// <exception cref="TrainingException">One cannot be read, or does not hold what the index says.</exception>
    public static TensorFiles OpenShards(string indexPath) => Guard(indexPath, () =>
    {
        var index = ShardIndex.Parse(File.ReadAllBytes(indexPath));
        var tensors = new TensorFiles();
        try
        {
            foreach (string shard in index.Shards)
            {
                string path = Path.Combine(Path.GetDirectoryName(indexPath)!, shard);
                if (!File.Exists(path)) throw new InvalidDataException($"the shard {shard} is missing");
                var file = Guard(path, () => Safetensors.Open(path));
                tensors.Add(file, path);
                foreach (var entry in file.Entries)
                    if (!index.Files.TryGetValue(entry.Name, out string? expected) || expected != shard)
                        throw new InvalidDataException($"{shard} holds {entry.Name}, which the index looks for {(expected is null ? "nowhere" : $"in {expected}")}");
            }

            if (index.Files.FirstOrDefault(f => !tensors.Contains(f.Key)) is { Key: { } lost, Value: { } place }) throw new InvalidDataException($"{lost} is not in {place}");
            return tensors;
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    });

    /// <summary>True if there is a tensor of this name.</summary>
    public bool Contains(string name) => owners.ContainsKey(name);

    /// <summary>The place of a tensor.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public SafetensorsEntry this[string name] => owners.TryGetValue(name, out var owner) ? owner.File[name] : throw new KeyNotFoundException($"there is no tensor {name}");

    /// <summary>The file that holds a tensor.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public string FileOf(string name) => owners[name].Path;

    /// <summary>Some values of a tensor; see <see cref="Safetensors.ReadSingles(string, long, Span{float})"/>.</summary>
    /// <exception cref="InvalidDataException">It does not hold floating point.</exception>
    public void ReadSingles(string name, long first, Span<float> values) => owners[name].File.ReadSingles(name, first, values);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }

    /// <summary>Turns what reading a file can throw into one line.</summary>
    internal static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason(path)}", e);
        }
    }

    void Add(Safetensors file, string path)
    {
        files.Add(file);
        foreach (var entry in file.Entries)
            if (!owners.TryAdd(entry.Name, (file, path))) throw new InvalidDataException($"two files hold {entry.Name}");
    }
}
