using System.Buffers.Binary;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>Readers of published models.</summary>
internal static class FuzzedModels
{
    public static IReadOnlyList<FuzzedParser> All { get; } =
    [
        new("safetensors", SafetensorsSeeds, ReadSafetensors, typeof(InvalidDataException)) { Repair = RepairHeaderLength },
        new("shard index", () => FuzzInputs.Texts("""{"metadata":{"total_size":8},"weight_map":{"a":"m-1.safetensors","b.c":"m-2.safetensors"}}""", """{"weight_map":{}}"""), d => ShardIndex.Parse(d).Shards.Count(), typeof(InvalidDataException)),
        new("spiece.model", VocabularySeeds, d => Vocabulary.Parse(d, "made.model").EncodeWithOffsets("A cafe\u0301 of 1990, naïve ﬁsh \ud83d\ude00"), typeof(TrainingException)) { Allocation = (1024, 1 << 20) },
        new("config.json", ConfigSeeds, ReadConfig, typeof(InvalidDataException)),
        FuzzedParser.OfFile("kind of folder", "config.json", ConfigSeeds, p => FuzzInputs.RefuseUnless(PublishedFolder.IsPublished(Path.GetDirectoryName(p)!))),
    ];

    static IReadOnlyList<byte[]> SafetensorsSeeds()
    {
        static byte[] File(params SafetensorsSource[] tensors)
        {
            using var stream = new MemoryStream();
            Safetensors.Write(stream, tensors, new Dictionary<string, string> { ["format"] = "pt" });
            return stream.ToArray();
        }

        return
        [
            File(new("w", [2, 3], () => new float[6]), new("b", [3], () => new float[3])),
            File(new("half", [4], (_, v) => v.Fill(1), ElementType.F16), new("brain", [2, 2], (_, v) => v.Fill(2), ElementType.BF16), new("long", [1], () => new long[1], ElementType.I64)),
            File(new("scalar", [], () => new double[1], ElementType.F64), new("empty", [0, 4], () => Array.Empty<float>())),
            File(),
        ];
    }

    static void ReadSafetensors(byte[] data)
    {
        using var file = new Safetensors(new MemoryStream(data));
        foreach (var entry in file.Entries)
            if (entry.Type.IsReal()) file.ReadDoubles(entry.Name);
            else if (entry.Type == ElementType.I64) file.ReadIntegers(entry.Name);
    }

    // the header ends at the last bracket that could end it
    static byte[] RepairHeaderLength(byte[] data)
    {
        int end = data.AsSpan().LastIndexOf((byte)'}') + 1;
        if (end >= 10) BinaryPrimitives.WriteInt64LittleEndian(data, end - 8);
        return data;
    }

    static IReadOnlyList<byte[]> ConfigSeeds() =>
    [
        .. ((string[])["a_tiny", "b_groups"]).Select(name => File.ReadAllBytes(Path.Combine(Golden.Folder, name, "config.json"))),
        .. FuzzInputs.Texts(
            """{"model_type":"bert","architectures":["BertForSequenceClassification"],"id2label":{"0":"a","1":"b"},"hidden_act":"gelu","layer_norm_eps":1e-12,"pruned_heads":{}}""",
            """{"model_type":"albert","net_structure_type":0,"num_hidden_groups":6,"num_hidden_layers":12,"hidden_act":"gelu","tie_word_embeddings":true,"architectures":["AlbertModel"]}"""),
    ];

    static IReadOnlyList<byte[]> VocabularySeeds() =>
    [
        ModelBytes.Of(("▁", -2, PieceKind.Normal), ("▁a", -1, PieceKind.Normal), ("1990,", -3, PieceKind.Normal), ("e", -2.5f, PieceKind.Normal), ("<sep>", 0, PieceKind.UserDefined)),
        [.. ModelBytes.Of(("a", -1, PieceKind.Normal), ("b", -1.5f, PieceKind.Unused)), .. ModelBytes.Trainer((41, 2), (42, 3)), .. ModelBytes.Normalizer((3, 1), (4, 0), (5, 1))],
    ];

    // what parses is declared as well
    static void ReadConfig(byte[] data) => ModelDeclaration.Of(PublishedConfig.Parse(data), "Fuzzed");
}
