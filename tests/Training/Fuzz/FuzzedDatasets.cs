using System.Text.Json;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>Files of datasets. Checksums are made to fit half of the inputs, so that what stands behind them is reached.</summary>
internal static class FuzzedDatasets
{
    static readonly string[] Tables = ["tokens.bin", "sentences.bin", "documents.bin"];

    public static IReadOnlyList<FuzzedParser> All { get; } =
    [
        .. Tables.Append("checksums.bin").Append("vocabulary.model").Select(Row),
        Row("manifest.json") with { Repair = Sealed<CorpusManifest> },
        Row("progress.json") with { Repair = Sealed<CorpusProgress>, Allocation = (2048, 1 << 22) }, // files are written through large buffers
    ];

    static FuzzedParser Row(string file)
    {
        string name = $"dataset {file}";
        var folder = new Lazy<Dictionary<string, byte[]>>(() => Make(name, whole: file != "progress.json"));
        var random = new Random(1);
        return new(name, () => [folder.Value[file]], Parse, typeof(TrainingException)) { Allocation = (2048, 1 << 20), ShortRun = 250 };

        void Parse(byte[] data)
        {
            string path = FuzzFiles.Folder(name);
            File.WriteAllBytes(Path.Combine(path, file), data);
            if (file.EndsWith(".bin", StringComparison.Ordinal) && random.Next(4) > 0) Seal(path, sealTables: file != "checksums.bin");
            if (file == "progress.json") GoOn(path, folder.Value);
            else Read(path);
        }
    }

    // a small dataset, or the beginning of one; its files
    static Dictionary<string, byte[]> Make(string name, bool whole)
    {
        string path = FuzzFiles.Folder(name);
        using (var writer = new CorpusWriter(path, FuzzInputs.Vocabulary))
        {
            for (int d = 0; d < 6; d++) writer.Add(d % 3 == 2, [.. Enumerable.Range(0, 3 + d).Select(s => (Enumerable.Range(0, 2 + s * d % 5).Select(t => 5 + (t + s) % 6).ToArray(), s / 2))]);
            if (whole) writer.Finish("key", "text", [new("/text/a.txt", 100, "00")]);
            else writer.Commit("key", 0, 6);
        }

        return Directory.GetFiles(path).ToDictionary(p => Path.GetFileName(p)!, File.ReadAllBytes);
    }

    // all of it, as training would
    static void Read(string path)
    {
        using var corpus = Corpus.Open(path);
        corpus.Check(default);
        var filler = new BatchFiller(corpus, FuzzInputs.Vocabulary, new(), 16);
        var batch = new TokenBatch(new(64, 8));
        foreach (int[] documents in (int[][])[corpus.TrainingDocuments, corpus.HeldOutDocuments])
        {
            if (documents.Length == 0) continue;
            var plan = new EpochPlanner(corpus, documents, new(Objective.NextSentence, Chunking.Original), 16, batch.Capacity, 1).Draw(0, 0, keepRest: true);
            for (int i = 0; i < plan.Batches; i++) filler.Fill(plan.Batch(i), 1, i, batch);
        }
    }

    // as preparation goes on; the files were cut to what the note says, and are put back
    static void GoOn(string path, Dictionary<string, byte[]> files)
    {
        foreach (string table in Tables) File.WriteAllBytes(Path.Combine(path, table), files[table]);
        var progress = SealedJson.Read<CorpusProgress>(Path.Combine(path, "progress.json"));
        using var writer = new CorpusWriter(path, FuzzInputs.Vocabulary, progress);
        writer.Add(false, [([5, 6], 0)]);
    }

    // checksums that fit what is in the files
    static void Seal(string path, bool sealTables)
    {
        string checksums = Path.Combine(path, "checksums.bin"), manifest = Path.Combine(path, "manifest.json");
        if (sealTables) File.WriteAllBytes(checksums, [.. Tables.SelectMany(t => File.ReadAllBytes(Path.Combine(path, t)).Chunk(CorpusFiles.ChunkBytes)).SelectMany(c => BitConverter.GetBytes(Crc32C.Of(c)))]);
        var read = JsonSerializer.Deserialize<CorpusManifest>(File.ReadAllBytes(manifest), JsonFiles.Options)!;
        File.WriteAllBytes(manifest, SealedJson.Bytes(read with { Checksums = Crc32C.Of(File.ReadAllBytes(checksums)) }));
    }

    static byte[] Sealed<T>(byte[] json) where T : class, ISealed<T>
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, JsonFiles.Options) is { } value ? SealedJson.Bytes(value) : json;
        }
        catch (JsonException)
        {
            return json;
        }
    }
}
