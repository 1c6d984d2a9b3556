using System.Text.Json.Nodes;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>How a published folder is written in a test.</summary>
/// <param name="Prefix">Names begin with "albert.", as those of a model with heads do.</param>
/// <param name="Heads">The prediction head and the order head are there.</param>
/// <param name="Type">What values are rounded to.</param>
/// <param name="Shards">Files that the tensors are spread over.</param>
/// <param name="Old">Old names of LayerNorm, the decoder repeated under its second name, and constant tables.</param>
internal sealed record PublishedVariant(bool Prefix = true, bool Heads = true, ElementType Type = ElementType.F32, int Shards = 1, bool Old = false);

/// <summary>Writes published folders from the weights of the golden data, in the ways in which they are found.</summary>
internal static class PublishedFiles
{
    const string Shared = "albert.embeddings.word_embeddings.weight";

    /// <summary>A vocabulary of the first pieces of the usual one.</summary>
    public static byte[] Pieces(int count)
    {
        byte[] all = TestText.Vocabulary.Bytes;
        int kept = 0, end = 0;
        for (int i = 0; i < TestText.Vocabulary.Size; i++)
        {
            if (i == count) kept = end;
            Assert.True(all[end] == 0x0A && all[end + 1] < 0x80); // field 1, a short message
            end += 2 + all[end + 1];
        }

        return [.. all[..kept], .. all[end..]];
    }

    /// <summary>Writes the folder of a golden case.</summary>
    public static string Write(TemporaryFolder folder, string golden, PublishedVariant? variant = null, Action<JsonObject>? change = null, string name = "published")
    {
        variant ??= new();
        string path = folder[name];
        Directory.CreateDirectory(path);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Golden.Folder, golden, "config.json")))!.AsObject();
        if (!variant.Heads) config["architectures"] = new JsonArray("AlbertModel");
        int pieces = (int)config["vocab_size"]!;
        change?.Invoke(config);
        File.WriteAllText(Path.Combine(path, "config.json"), config.ToJsonString());
        File.WriteAllBytes(Path.Combine(path, "spiece.model"), Pieces(pieces));
        using var weights = Golden.OpenTensors(golden, "model.safetensors");
        var tensors = Tensors(weights, variant);
        if (variant.Shards == 1) Safetensors.Write(Path.Combine(path, "model.safetensors"), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        else WriteShards(path, tensors, variant.Shards);
        return path;
    }

    /// <summary>The value that a float has in a file, found by search among the neighbours: the nearest, of two as near the even one.</summary>
    public static float Rounded(float value, ElementType type)
    {
        if (type == ElementType.F16) return (float)(Half)value;
        if (type == ElementType.F32 || !float.IsFinite(value)) return value;
        uint bits = BitConverter.SingleToUInt32Bits(value) >> 16 << 16;
        float lower = BitConverter.UInt32BitsToSingle(bits), upper = BitConverter.UInt32BitsToSingle(bits + 0x10000);
        double below = Math.Abs((double)value - lower), above = Math.Abs((double)upper - value);
        return below < above || below == above && (bits >> 16) % 2 == 0 ? lower : upper;
    }

    static List<SafetensorsSource> Tensors(Safetensors weights, PublishedVariant variant)
    {
        var tensors = new List<SafetensorsSource>();
        foreach (var entry in weights.Entries)
        {
            if (!variant.Heads && !entry.Name.StartsWith("albert.")) continue;
            string name = variant.Prefix ? entry.Name : entry.Name.Replace("albert.", "");
            if (variant.Old) name = name.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta");
            tensors.Add(Tensor(weights, entry, name, variant.Type));
            if (variant.Old && variant.Heads && entry.Name == Shared) tensors.Add(Tensor(weights, entry, "predictions.decoder.weight", variant.Type));
            if (variant.Old && entry.Name == "predictions.bias") tensors.Add(Tensor(weights, entry, "predictions.decoder.bias", variant.Type));
        }

        if (variant.Old) tensors.Add(new("albert.embeddings.position_ids", [1, 3], () => new long[] { 0, 1, 2 }, ElementType.I64));
        return tensors;
    }

    static SafetensorsSource Tensor(Safetensors weights, SafetensorsEntry entry, string name, ElementType type) =>
        new(name, entry.Shape, (first, values) => weights.ReadSingles(entry.Name, first, values), type);

    static void WriteShards(string path, List<SafetensorsSource> tensors, int shards)
    {
        var map = new JsonObject();
        for (int s = 0; s < shards; s++)
        {
            string file = $"model-{s + 1:D5}-of-{shards:D5}.safetensors";
            var part = tensors.Where((_, i) => i % shards == s).ToList();
            Safetensors.Write(Path.Combine(path, file), part);
            foreach (var tensor in part) map[tensor.Name] = file;
        }

        File.WriteAllText(Path.Combine(path, "model.safetensors.index.json"), new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = 1 }, ["weight_map"] = map }.ToJsonString());
    }
}
