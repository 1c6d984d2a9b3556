using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>model.safetensors.index.json: which of several files holds which tensor.</summary>
/// <param name="Files">Tensor name to file name, a plain name in the folder of the index.</param>
public sealed record ShardIndex(IReadOnlyDictionary<string, string> Files)
{
    /// <summary>What the index of a published folder is called.</summary>
    public const string FileName = "model.safetensors.index.json";

    /// <summary>The files, each once, in the order of their names.</summary>
    public IEnumerable<string> Shards => Files.Values.Distinct().Order(StringComparer.Ordinal);

    /// <summary>Reads an index.</summary>
    /// <exception cref="InvalidDataException">It is none, or names files outside its folder.</exception>
    public static ShardIndex Parse(ReadOnlyMemory<byte> json)
    {
        using var document = StrictJson.Parse(json, "the index");
        if (!document.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object) throw new InvalidDataException("the index has no weight_map");
        var files = new Dictionary<string, string>();
        foreach (var property in map.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String) throw new InvalidDataException($"the index gives no file name for {property.Name}");
            string file = property.Value.GetString()!;
            if (file is "" or "." or ".." || file.AsSpan().IndexOfAny("/\\:\0") >= 0) throw new InvalidDataException($"the index looks for {property.Name} in {file}, which is not a file beside it");
            files.Add(property.Name, file);
        }

        return files.Count > 0 ? new(files) : throw new InvalidDataException("the index names no tensor");
    }
}
