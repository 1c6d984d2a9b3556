using System.Security.Cryptography;
using System.Text.Json;
using AlbertCompiled.Commands;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>Files of runs and of their checkpoints.</summary>
internal static class FuzzedRuns
{
    static readonly ModelDescription Model = FakeModel.Describe(vocabulary: FuzzInputs.Vocabulary.Size);
    static readonly RunConfiguration Settings = new(
        "Fake", new Dictionary<string, string> { ["Vocabulary"] = "11" }, Recipes.For(Model, null) with { Stages = [new(16, 0.5), new(32, 0.5)], BatchTokens = 64, Steps = 8 }, 42, ["/text"], "a text", "key", 16, "fake",
        Loop: LoopOptions.Default);

    public static IReadOnlyList<FuzzedParser> All { get; } =
    [
        FuzzedParser.OfFile("run configuration", "config.json", () => [Json(Settings)], ReadRun),
        FuzzedParser.OfFile("fine-tuning configuration", "finetuning.json", () => [Json(Tuned("classification", ["no", "yes"])), Json(Tuned("SQuAD", null))], ReadTuned),
        FuzzedParser.OfFile("checkpoint state", "state.json", () => [Json(new CheckpointState("Fake", 3, 42, 1.5, 300))], p => CheckpointState.Read(Path.GetDirectoryName(p)!)),
        FuzzedParser.OfFile("checkpoint manifest", "manifest.json", Manifests, ReadManifest) with { ShortRun = 500 },
        FuzzedParser.OfFile("metrics", "metrics.jsonl", Metrics, ReadMetrics) with { Allocation = (2048, 1 << 20), ShortRun = 250 },
        FuzzedParser.OfFile("metrics of fine-tuning", "metrics.jsonl", TunedMetrics, p => FuzzInputs.RefuseUnless(FineTuningMetrics.Read(p).Epochs.Count > 0)),
        FuzzedParser.OfFile("measurements to go on from", "metrics.jsonl", Metrics, p => FuzzInputs.RefuseUnless(MetricsLog.Kept(File.ReadLines(p), 3).Any())),
    ];

    static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, JsonFiles.Options);

    static FineTuningConfiguration Tuned(string task, string[]? labels) =>
        new(task, "AlbertTinyClassifier", labels, new("text", null, "label", "question", "context", null, ["a", "b"], "words"), ["/train.csv", "/dev.csv"], 128, 64, new(), 42, 2048, "/run", "fake");

    static void ReadRun(string path)
    {
        var configuration = RunFolder.Open(Path.GetDirectoryName(path)!).Configuration;
        configuration.Check(Model, FuzzInputs.Vocabulary);
        configuration.Recipe.Schedule().At(configuration.Recipe.Steps / 2);
        SequenceStage.At(configuration.Recipe.Stages, configuration.Recipe.Steps, 3);
        configuration.Recipe.Update(1e-3f);
    }

    static void ReadTuned(string path)
    {
        var configuration = new FineTunedFolder(Path.GetDirectoryName(path)!).ReadConfiguration();
        TaskHead.Of(configuration.Task);
        TaskData.Split(configuration.Task, configuration.Data);
        configuration.LabelSet();
        ModelRegistry.Zoo.Find(configuration.Model);
    }

    static IReadOnlyList<byte[]> Manifests()
    {
        string folder = FuzzFiles.Folder("checkpoint manifest");
        File.WriteAllBytes(Path.Combine(folder, "a.bin"), [.. Enumerable.Range(0, 100).Select(i => (byte)i)]);
        Manifest.Write(folder, 3, 1.5, ["a.bin"], chunkBytes: 32);
        return [File.ReadAllBytes(Path.Combine(folder, "manifest.json"))];
    }

    static void ReadManifest(string path)
    {
        byte[] json = File.ReadAllBytes(path);
        string folder = Path.GetDirectoryName(path)!;
        File.WriteAllText(Path.Combine(folder, "manifest.sha256"), $"{Convert.ToHexStringLower(SHA256.HashData(json))}  manifest.json\n");
        Manifest.Verify(folder);
    }

    static IReadOnlyList<byte[]> Metrics()
    {
        const string Step = """{"kind":"step","step":1,"time":1.5,"loss":9.5,"mlm_loss":9,"sop_loss":0.5,"mlm_accuracy":0.1,"sop_accuracy":0.5,"learning_rate":0.001,"gradient_norm":2,"sequence":32,"tokens":512,"tokens_per_s":1000,"wait":0}""";
        const string HeldOut = """{"kind":"evaluation","step":2,"time":2.5,"loss":9.5,"mlm_loss":9,"sop_loss":0.5,"mlm_accuracy":0.1,"sop_accuracy":0.5,"sequences":16,"predictions":80}""";
        const string Baselines = """{"kind":"baselines","step":0,"time":0,"most_frequent_token":0.05,"previous_token":0.2,"first_tokens":0.5}""";
        return FuzzInputs.Texts($"{Baselines}\n{Step}\n{Step.Replace("\"step\":1", "\"step\":2").Replace("32", "64")}\n{HeldOut}\n", $"{Step}\n{HeldOut.Replace("evaluation", "final")}\n", "");
    }

    static IReadOnlyList<byte[]> TunedMetrics() => FuzzInputs.Texts(
        """{"kind":"step","step":1,"loss":0.5,"learning_rate":0.001,"gradient_norm":2,"tokens":512,"tokens_per_s":1000}""" + "\n" +
        """{"kind":"evaluation","step":1,"epoch":1,"training_loss":0.5,"best":true,"accuracy":0.9,"f1":0.8}""" + "\n");

    // read back by the report and by the event file
    static void ReadMetrics(string path)
    {
        var run = new RunFolder(Path.GetDirectoryName(path)!);
        HtmlReport.Write(run, Settings, Model);
        using (new TensorBoardEvents(path))
        {
        }

        FuzzInputs.RefuseUnless(MetricsLog.Read(path).Steps.Count > 0); // other lines are left out
    }
}
