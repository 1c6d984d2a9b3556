using System.Text.RegularExpressions;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>The command line from end to end: a run, its files, and every error in one line.</summary>
public sealed class CliTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public CliTests()
    {
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        Environment.SetEnvironmentVariable("ALBERT_CACHE", Path.Combine(Path.GetTempPath(), "albert-test-cache"));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Pretraining_leaves_a_run_folder_and_ends_with_one_line_of_figures()
    {
        var run = Pretrain("--seed", "7").Succeeds();
        Assert.Matches(@"^step=12 loss=\d+\.\d{4} mlm_accuracy=[01]\.\d{4} sop_accuracy=[01]\.\d{4} tokens_per_s=\d+$", run.LastLine);
        Assert.Contains("a rule that sees only the first tokens of A and B", run.Output);
        Assert.Equal(
            ["checkpoints", "config.json", "events.out.tfevents.run", "metrics.jsonl", "report.html", "vocabulary.model"],
            Directory.GetFileSystemEntries(folder["run"]).Select(Path.GetFileName).Order());
        var log = MetricsLog.Read(folder["run/metrics.jsonl"]);
        Assert.Equal((12, true), (log.Steps.Count, log.Baselines is not null));
    }

    [Fact]
    public void An_interrupted_run_says_how_to_resume_and_resumes_bit_for_bit()
    {
        Pretrain().Succeeds();
        File.Move(folder["run/metrics.jsonl"], folder["whole.jsonl"]);
        Directory.Delete(folder["run"], true);

        var broken = CliRun.Interrupted(5, Arguments());
        Assert.Equal(130, broken.Code);
        Assert.Contains("interrupted after step 6 of 12", broken.Output);
        Assert.Matches($"go on with: .* pretrain --run {Regex.Escape(folder["run"])}\n", broken.Output);
        Assert.Empty(broken.Error);

        CliRun.Of("pretrain", "--resume", folder["run"]).Succeeds();
        Assert.Equal(WithoutTime(folder["whole.jsonl"]), WithoutTime(folder["run/metrics.jsonl"]));
    }

    [Fact]
    public void A_run_keeps_its_settings_and_its_text()
    {
        Pretrain().Succeeds();
        folder.Write("text/b.txt", "More text.\nThat was not there.\n");
        CliRun.Of("pretrain", "--resume", folder["run"]).Fails("the text has changed since the run began");
    }

    [Fact]
    public void A_dataset_is_prepared_once_and_trained_on()
    {
        string data = folder["data"];
        var prepared = CliRun.Of("prepare", "--text", folder["text"], "--out", data).Succeeds();
        Assert.Matches(@"pretrain --data \S+\n$", prepared.Output);
        Assert.Contains("was there already", CliRun.Of("prepare", "--text", folder["text"], "--out", data, "--threads", "1").Succeeds().Output);
        Assert.Contains("every byte fits its checksum", CliRun.Of("prepare", "--check", data).Succeeds().Output);

        string[] arguments = ["pretrain", "--model", "Fake", "--data", data, "--steps", "12", "--batch-tokens", "256", "--sequence", "64", "--out", folder["run"]];
        Assert.Contains("waited for data: ", CliRun.Of(arguments).Succeeds().Output);
        File.Move(folder["run/metrics.jsonl"], folder["whole.jsonl"]);
        Directory.Delete(folder["run"], true);
        Assert.Equal(130, CliRun.Interrupted(5, arguments).Code);
        folder.Write("text/b.txt", "More text.\nThat the dataset does not hold.\n");
        CliRun.Of("pretrain", "--resume", folder["run"]).Succeeds();
        Assert.Equal(WithoutTime(folder["whole.jsonl"]), WithoutTime(folder["run/metrics.jsonl"]));

        CliRun.Of("prepare", "--text", folder["text"], "--out", data).Fails("made of other text", "b.txt is new or has changed");
        CliRun.Of([.. arguments, "--text", folder["text"]]).Fails("--text and --data");
        byte[] tokens = File.ReadAllBytes(Path.Combine(data, "tokens.bin"));
        tokens[^3] ^= 4;
        File.WriteAllBytes(Path.Combine(data, "tokens.bin"), tokens);
        CliRun.Of("prepare", "--check", data).Fails("tokens.bin is damaged: bytes 0 to");
        Directory.Delete(folder["run"], true);
        CliRun.Of(arguments).Fails("tokens.bin is damaged");
    }

    [Fact]
    public void Prepare_tells_what_is_wrong()
    {
        CliRun.Of("prepare", "--text", folder["text"]).Fails("--out FOLDER is missing");
        CliRun.Of("prepare", "--text", folder["missing"], "--out", folder["data"]).Fails("no such text file or folder");
        CliRun.Of("prepare", "--check", folder["text"]).Fails("is not a dataset");
        CliRun.Of("pretrain", "--model", "Fake", "--data", folder["text"]).Fails("is not a dataset");
        CliRun.Of("prepare", "--text", folder["text"], "--out", folder["text"]).Fails("is not empty and no dataset");
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Theory]
    [InlineData("nsp", "next sentence told")]
    [InlineData("none", null)]
    public void A_run_records_its_objective_and_reports_what_it_tells(string objective, string? told)
    {
        var run = Pretrain("--objective", objective, "--chunking", "original").Succeeds();
        var recipe = RunFolder.Open(folder["run"]).Configuration.Recipe;
        Assert.Equal((objective == "nsp" ? Objective.NextSentence : Objective.None, Chunking.Original), (recipe.Objective, recipe.Chunking));
        Assert.DoesNotContain("order", run.Output[run.Output.IndexOf("held-out text", StringComparison.Ordinal)..].Replace("sop_accuracy", ""));
        if (told is null) Assert.DoesNotContain(" told", run.Output);
        else Assert.Contains(told, run.Output);
        Pretrain("--objective", "both").Fails("no objective is called both", "sop", "nsp", "none");
    }

    [Fact]
    public void A_run_records_its_precision()
    {
        Pretrain("--precision", "bf16").Succeeds();
        Assert.Equal(Compute.BFloat16, RunFolder.Open(folder["run"]).Configuration.Recipe.Precision);
    }

    [Fact]
    public void Usage_errors_are_one_line_each()
    {
        Assert.Equal(2, CliRun.Of("pretrain", "--steps", "many").Fails("'many'", "--steps", "pretrain --help").Code);
        Assert.Equal(2, CliRun.Of("practise").Fails("there is no practise", "albert --help").Code);
        Assert.Equal(2, CliRun.Of("info").Fails("model").Code);
    }

    [Fact]
    public void What_cannot_be_trained_is_refused_before_anything_is_written()
    {
        Pretrain("--model", "Nobody").Fails("no model is called Nobody; there are Fake, Other, Coder");
        Pretrain("--device", "abacus").Fails("no device called abacus");
        Pretrain("--optimizer", "sgd").Fails("no optimizer is called sgd", "adamw", "lamb");
        Pretrain("--model", "Other").Fails("the vocabulary has 8000 pieces, Other was compiled for 100");
        Pretrain("--vocabulary", folder["none.model"]).Fails("cannot read the vocabulary");
        Pretrain("--sequence", "129").Fails("a sequence of 129 tokens is longer than the 128 positions of Fake");
        Pretrain("--sequence", "128", "--batch-tokens", "100").Fails("does not fit into a batch of 100");
        Pretrain("--sequence", "4").Fails("too short");
        Pretrain("--steps", "0").Fails("--steps must be at least 1");
        Pretrain("--learning-rate", "-1").Fails("--learning-rate must be positive");
        Pretrain("--threads", "-1").Fails("--threads");
        Pretrain("--precision", "fp16").Fails("no precision is called fp16", "fp32", "bf16");
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void Text_that_is_missing_empty_or_too_small_is_told_so()
    {
        folder.Write("empty/a.txt", " \n\n");
        folder.Write("small/a.txt", "One sentence.\nAnother.\n");
        Directory.CreateDirectory(folder["nothing"]);
        PretrainOn("missing").Fails("no such text file or folder", folder["missing"]);
        PretrainOn("nothing").Fails("no text in");
        PretrainOn("empty").Fails("the corpus is empty");
        PretrainOn("small").Fails("the corpus is too small");
    }

    [Fact]
    public void A_run_folder_that_cannot_be_written_is_told_so()
    {
        folder.Write("file", "in the way");
        Pretrain("--out", folder["file"]).Fails("cannot write the run folder");
        Pretrain("--out", folder["file/run"]).Fails("cannot write the run folder", "--run");
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_the_run_in_one_line() =>
        CliRun.With(FakeModel.Describe(), 3, -1, Arguments()).Fails("the loss is NaN at step 4", $"the last good checkpoint is {folder["run/checkpoints/step-00000003"]}", "--learning-rate");

    [Fact]
    public void A_damaged_or_foreign_checkpoint_is_told_so()
    {
        Pretrain().Succeeds();
        string weights = folder["run/checkpoints/step-00000012/model.safetensors"];
        CliRun.With(FakeModel.Describe(columns: 3), -1, -1, "pretrain", "--resume", folder["run"]).Fails("another configuration", "word.weight is [8000, 2], not [8000, 3]");
        byte[] good = File.ReadAllBytes(weights);
        File.WriteAllBytes(weights, good[..1000]);
        CliRun.Of("pretrain", "--resume", folder["run"]).Fails("truncated");
        good[^1] ^= 1;
        File.WriteAllBytes(weights, good);
        CliRun.Of("fill-mask", folder["run"], "a [MASK]").Fails("corrupted");
        Directory.Delete(folder["run/checkpoints/step-00000012"], true);
        CliRun.Of("pretrain", "--resume", folder["run"]).Fails("no checkpoint in");
        File.WriteAllText(folder["run/config.json"], "{ \"model\":");
        CliRun.Of("pretrain", "--resume", folder["run"]).Fails("config.json is corrupted");
        CliRun.Of("pretrain", "--resume", folder["nowhere"]).Fails("is not the folder of a run");
    }

    [Fact]
    public void Fill_mask_prints_five_pieces_for_each_gap()
    {
        Pretrain().Succeeds();
        var run = CliRun.Of("fill-mask", folder["run"], "Returns the [MASK] of the [MASK].").Succeeds();
        string[] lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(12, lines.Length);
        Assert.Equal("[MASK] 1:", lines[0]);
        Assert.Equal($"{1 / (1 + Math.Exp(-1) + 7998 * Math.Exp(-20)),7:0.0%}  {TestText.Vocabulary.Piece(100).TrimStart('▁')}", lines[1]);
        Assert.Contains(TestText.Vocabulary.Piece(101).TrimStart('▁'), lines[7]);
        CliRun.Of("fill-mask", folder["run"], "no gap").Fails("the text has no [MASK]");
        CliRun.Of("fill-mask", folder["run"], string.Join(' ', Enumerable.Repeat("value", 200)) + " [MASK]").Fails("reads at most 128");
        CliRun.Of("fill-mask", folder["run"], string.Join(' ', Enumerable.Repeat("[MASK]", 100))).Fails("at most 64");
    }

    [Fact]
    public void Export_writes_the_model_of_a_run_and_says_what()
    {
        Pretrain().Succeeds();
        var run = CliRun.Of("export", folder["run"], "--onnx", folder["model.onnx"]).Succeeds();
        long bytes = new FileInfo(folder["model.onnx"]).Length;
        Assert.Equal(FormattableString.Invariant($"{folder["model.onnx"]}: Fake after 12 steps, {bytes / 1e6:0.0} MB, opset 17\n"), run.Output);
        Assert.Equal(16_002 * sizeof(float), bytes, 1000.0);
        Assert.False(File.Exists(folder["model.onnx.tmp"]));
    }

    [Fact]
    public void What_cannot_be_exported_is_told_so()
    {
        string file = folder["model.onnx"];
        Assert.Equal(2, CliRun.Of("export", folder["run"]).Fails("--onnx").Code);
        CliRun.Of("export", folder["nowhere"], "--onnx", file).Fails("is not the folder of a run");
        Pretrain().Succeeds();
        CliRun.Of("export", folder["run"], "--onnx", folder["nowhere/model.onnx"]).Fails("cannot write", "nowhere/model.onnx");
        CliRun.Of("export", folder["run"], "--onnx", folder.Path).Fails("cannot write", folder.Path);
        var blind = FakeModel.Describe();
        blind = blind with { Programs = [.. blind.Programs.Where(p => p.Name != "predict")] };
        CliRun.With(blind, -1, -1, "export", folder["run"], "--onnx", file).Fails("Fake was compiled without predict; its programs are train, evaluate");
        CliRun.Of("export", folder["run"], "--onnx", file, "--program", "encode").Fails("Fake was compiled without encode; its programs are train, evaluate, predict");
        Directory.Delete(folder["run/checkpoints/step-00000012"], true);
        CliRun.Of("export", folder["run"], "--onnx", file).Fails("no checkpoint in");
        Assert.Empty(Directory.GetFiles(folder.Path, "*.onnx*"));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp"));
    }

    [Fact]
    public void Models_devices_info_and_help_answer()
    {
        Assert.Contains("Fake          16,002 parameters", CliRun.Of("models").Succeeds().Output);
        Assert.Contains("a device of the tests", CliRun.Of("devices").Succeeds().Output);
        string info = CliRun.Of("info", "fake", "--batch-tokens", "256", "--sequences", "4").Succeeds().Output;
        foreach (string part in (string[])["word.weight", "[8000, 2]", "[2]", "16,002", "2 per token", "for 256 tokens in 4 sequences with 51 predictions", "GFLOP"])
            Assert.Contains(part, info);
        foreach (string command in (string[])["pretrain", "fill-mask", "export", "info", "declare", "models", "devices", "sentences"])
            Assert.Contains($"Examples:\n  albert {command}", CliRun.Of(command, "--help").Succeeds().Output);
        Assert.Contains("pretrain", CliRun.Of("--help").Succeeds().Output);
    }

    [Fact]
    public void A_model_for_inference_is_shown_but_not_trained()
    {
        string info = CliRun.Of("info", "Coder").Succeeds().Output;
        foreach (string part in (string[])["for 2,048 tokens in 16 sequences:", "encode", "  weights: 0.1 MB;"]) Assert.Contains(part, info);
        Assert.DoesNotContain("train", info);
        Assert.Contains("Coder         16,002 parameters  inference", CliRun.Of("models").Succeeds().Output);
        Pretrain("--model", "Coder").Fails("Coder cannot be trained: it is compiled for inference alone", "--model", "[Pretraining]");
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void The_encoder_of_the_zoo_has_no_head()
    {
        var encoder = AlbertCompiled.Cli.ModelRegistry.Zoo.Find("AlbertBaseEncoder").Description;
        Assert.Equal(["encode"], encoder.Programs.Select(p => p.Name));
        Assert.All(encoder.Parameters, p => Assert.StartsWith("albert.", p.Name));
    }

    [Fact]
    public void Sentences_are_those_of_training_each_once()
    {
        folder.Write("few/a.txt", "One sentence.\nAnother one.\nOne sentence.\n\nHeld out.\n");
        Assert.Equal("One sentence.\nAnother one.\n", CliRun.Of("sentences", "--text", folder["few"]).Succeeds().Output);
    }

    // options given again take the place of the usual ones
    CliRun Pretrain(params string[] more) => CliRun.Of(["pretrain", .. Arguments()[1..].Chunk(2).Where(pair => !more.Contains(pair[0])).SelectMany(pair => pair), .. more]);

    CliRun PretrainOn(string text) => Pretrain("--text", folder[text]);

    string[] Arguments() => ["pretrain", "--model", "Fake", "--text", folder["text"], "--steps", "12", "--batch-tokens", "512", "--sequence", "64", "--out", folder["run"]];

    static string[] WithoutTime(string metrics) => CliRun.Measured(metrics);
}
