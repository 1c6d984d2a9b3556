using AlbertCompiled.Commands;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Numbers;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Published folders through the command line.</summary>
public sealed class PublishedCliTests : IDisposable
{
    static readonly ModelRegistry Models = new(
        new RegisteredModel(GoldenGroups.Compiled, GoldenGroups.Create), new RegisteredModel(GoldenTiny.Compiled, GoldenTiny.Create),
        new RegisteredModel(GoldenSharedAttention.Compiled, GoldenSharedAttention.Create), new RegisteredModel(OddEncoder.Compiled, OddEncoder.Create));

    readonly TemporaryFolder folder = new();

    public PublishedCliTests() => Environment.SetEnvironmentVariable("ALBERT_CACHE", Path.Combine(Path.GetTempPath(), "albert-test-cache"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Info_says_what_a_folder_holds_and_which_model_loads_it()
    {
        string path = PublishedFiles.Write(folder, "a_tiny", new(Shards: 2, Type: ElementType.BF16));
        string output = Run("info", path).Succeeds().Output;
        foreach (string part in (string[])[
            "a published model, AlbertForPreTraining", "  Vocabulary = 512", "weights: 32 tensors in 2 files, 61,090 values, 0.1 MB, BF16", "vocabulary: 512 pieces",
            "GoldenTiny computes this: 32 weights loaded; none missing; none not used"]) Assert.Contains(part, output);
        Assert.DoesNotContain("GoldenGroups", output);
        Assert.DoesNotContain("in training it differs", output);

        string other = PublishedFiles.Write(folder, "a_tiny", change: c => (c["hidden_act"], c["hidden_dropout_prob"]) = ("gelu", 0.1), name: "other");
        Assert.Contains("no compiled model computes this; GoldenTiny comes nearest, with Activation = GeluTanh, not GeluErf", Run("info", other).Succeeds().Output);
        string dropped = PublishedFiles.Write(folder, "a_tiny", change: c => c["hidden_dropout_prob"] = 0.1, name: "dropped");
        Assert.Contains("in training it differs: Dropout = 0, not 0.1", Run("info", dropped).Succeeds().Output);
    }

    [Fact]
    public void Fill_mask_reads_a_published_folder()
    {
        string path = PublishedFiles.Write(folder, "a_tiny"), text = "the [MASK] of";
        string[] lines = Run("fill-mask", path, text).Succeeds().Output.TrimEnd('\n').Split('\n');
        using var device = CompiledModels.Open("cpu");
        using var model = GoldenTiny.Create(device, new(64, 1, 4));
        PublishedFolder.Open(path).Load(model);
        var best = FillMask.Run(model, PublishedFolder.Open(path).OpenVocabulary(), text).Single();
        Assert.Equal(5, lines.Length);
        Assert.EndsWith(best[0].Piece.TrimStart('▁'), lines[0]);

        Run("fill-mask", PublishedFiles.Write(folder, "a_tiny", new(Heads: false), name: "bare"), text).Fails("lacks predictions.dense.weight", "published without that head (AlbertModel)");
        Run("fill-mask", PublishedFiles.Write(folder, "e_odd", name: "odd"), text).Fails("no compiled model computes this;", " comes nearest, with ", "albert declare", "prints the declaration");
        File.Delete(Path.Combine(path, "model.safetensors"));
        File.WriteAllText(Path.Combine(path, "pytorch_model.bin"), "pickled");
        Run("fill-mask", path, text).Fails("pytorch_model.bin, which is not read: convert it in Python");
        File.WriteAllText(Path.Combine(path, "config.json"), """{"model_type":"albert","sparsity":1}""");
        Run("fill-mask", path, text).Fails("config.json: the field sparsity is unknown");
    }

    [Fact]
    public void Export_writes_a_folder_that_is_read_again()
    {
        string path = PublishedFiles.Write(folder, "a_tiny");
        Assert.Matches(@"GoldenTiny, 32 weights loaded; none missing; none not used; 0\.\d MB, F16\n$", Run("export", path, "--folder", folder["half"], "--dtype", "f16").Succeeds().Output);
        Assert.Contains("weights: 32 tensors in 1 file, 61,090 values, 0.1 MB, F16", Run("info", folder["half"]).Succeeds().Output);
        Run("export", folder["half"], "--folder", folder["again"]).Succeeds();
        Assert.Equal(Tensor("half"), Tensor("again"));
        Run("export", path, "--folder", folder["half"]).Fails("is there already");
        Run("export", path, "--folder", folder["new"], "--dtype", "f8").Fails("no type of weights is called f8; there are f32, bf16, f16");
        Run("export", path, "--onnx", folder["m.onnx"]).Succeeds();
        Assert.Equal(2, Run("export", path).Fails("--folder or --onnx is required; see albert export --help").Code);

        float[] Tensor(string name)
        {
            using var file = Safetensors.Open(folder[$"{name}/model.safetensors"]);
            return file.ReadSingles("albert.pooler.weight");
        }
    }

    [Fact]
    public void Training_starts_from_a_published_folder_and_is_published()
    {
        string path = PublishedFiles.Write(folder, "a_tiny");
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        string[] training = ["pretrain", "--from", path, "--text", folder["text"], "--steps", "2", "--batch-tokens", "512", "--sequence", "64", "--learning-rate", "1e-12"];
        string output = Run([.. training, "--out", folder["run"]]).Succeeds().Output;
        Assert.Contains($"weights: {path}, 32 weights loaded; none missing; none not used", output);
        Assert.Contains("model: GoldenTiny", output);
        Assert.Contains(path, File.ReadAllText(folder["run/config.json"]));
        Run("export", folder["run"], "--folder", folder["out"]).Succeeds();
        using (var before = Safetensors.Open(Path.Combine(path, "model.safetensors")))
        using (var after = Safetensors.Open(folder["out/model.safetensors"]))
            foreach (var entry in before.Entries)
                Close.Assert(before.ReadDoubles(entry.Name), after.ReadSingles(entry.Name), 1e-6, 0, entry.Name);

        Assert.StartsWith("GoldenTiny\n", Run("info", folder["run"]).Succeeds().Output);
        Run([.. training, "--model", "GoldenGroups", "--out", folder["other"]]).Fails("is loaded into GoldenTiny: leave out --model");
        Run("pretrain", "--resume", folder["run"], "--from", folder["run"]).Fails("was begun with --from");
        Run("pretrain", "--from", folder["run"], "--text", folder["text"], "--steps", "1", "--batch-tokens", "512", "--sequence", "64", "--out", folder["second"]).Succeeds();
    }

    [Fact]
    public void A_run_of_no_published_architecture_is_told_so()
    {
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        CliRun.Of("pretrain", "--model", "Fake", "--text", folder["text"], "--steps", "12", "--batch-tokens", "512", "--sequence", "64", "--out", folder["run"]).Succeeds();
        CliRun.Of("export", folder["run"], "--folder", folder["out"]).Fails("Fake cannot be published: it is neither an ALBERT nor a BERT");
    }

    [Fact]
    public void Declare_prints_the_declaration_of_a_file_or_a_folder()
    {
        string path = PublishedFiles.Write(folder, "b_groups", name: "tiny-groups");
        string declared = Run("declare", Path.Combine(path, "config.json"), "--name", "Mine").Succeeds().Output;
        Assert.EndsWith("[Pretraining]\npublic sealed partial class Mine;\n", declared);
        Assert.Contains("Layers = 4, Groups = 2, InnerLayers = 2, Heads = 4", declared);
        Assert.Equal(declared.Replace("Mine", "TinyGroups"), Run("declare", path).Succeeds().Output);
        Run("declare", path, "--name", "not a name").Fails("not a name is no name for a type");
        Run("declare", folder["nothing"]).Fails("cannot read", "nothing");
        File.WriteAllText(Path.Combine(path, "config.json"), """{"model_type":"albert","gap_size":3}""");
        Run("declare", path).Fails("config.json: gap_size is 3, not 0");
    }

    [Fact]
    public void Declare_puts_another_head_on_a_model()
    {
        string path = PublishedFiles.Write(folder, "b_groups", name: "tiny-groups");
        Assert.EndsWith("[MultipleChoice]\npublic sealed partial class TinyGroupsChooser;\n", Run("declare", path, "--task", "race").Succeeds().Output);
        Assert.EndsWith("[Classification(labels: 3)]\npublic sealed partial class Mine;\n", Run("declare", path, "--task", "MNLI", "--name", "Mine").Succeeds().Output);
        Assert.Equal("""
            using AlbertCompiled;
            using AlbertCompiled.Models;

            [Albert(
                Vocabulary = 8000, Embedding = 128, Hidden = 128, Layers = 3, Heads = 2, Intermediate = 512, Positions = 512,
                AlwaysMap = true, Deviation = 0.05, SinusoidalPositions = 0.07071067811865477)]
            [TokenTags(labels: 32)]
            public sealed partial class MyAlbertTinyTagger;

            """, CliRun.Zoo("declare", "AlbertTiny", "--task", "tags").Succeeds().Output);
        Assert.Contains("    Sharing = Sharing.Attention)]\n[Pretraining]\n", Run("declare", "GoldenSharedAttention").Succeeds().Output);
        Assert.EndsWith("[Classification(labels: 32)]\npublic sealed partial class MyAlbertTinyClassifier;\n", CliRun.Zoo("declare", "AlbertTinyClassifier").Succeeds().Output);
        Assert.EndsWith("[TokenTags(labels: 32)]\npublic sealed partial class AlbertLargeTagger;\n", CliRun.Zoo("declare", "AlbertLarge", "--task", "tags").Succeeds().Output);
        Assert.EndsWith("public sealed partial class MyAlbertTinyTagger;\n", CliRun.Zoo("declare", "AlbertTinyClassifier", "--task", "tags").Succeeds().Output);
        Run("declare", path, "--name", "CommandLine", "--project", folder["own"]).Fails("the program has another type CommandLine");
        Run("declare", path, "--task", "chess").Fails("there is no task \"chess\"");
        Run("declare", "GoldenTinyy").Fails("no model is called GoldenTinyy: did you mean GoldenTiny?");
    }

    static CliRun Run(params string[] args) => CliRun.Compiled(Models, args);
}
