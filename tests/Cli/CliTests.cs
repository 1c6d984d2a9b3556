using System.IO.Compression;
using System.Text.RegularExpressions;
using AlbertCompiled.Commands;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>The command line from end to end: a run and its files.</summary>
public sealed class CliTests : PretrainingCommandTests
{
    [Fact]
    public void Pretraining_leaves_a_run_folder_and_ends_with_one_line_of_figures()
    {
        var run = Pretrain("--seed", "7").Succeeds();
        Assert.Matches(@"^step=12 loss=\d+\.\d{4} mlm_accuracy=[01]\.\d{4} sop_accuracy=[01]\.\d{4} tokens_per_s=\d+$", run.LastLine);
        Assert.Contains("a rule that sees only the first tokens of A and B", run.Output);
        string settings = $"--steps 24 --text {folder["text"]} --seed 7 --batch-tokens 512 --sequence 64";
        Assert.Contains($" yet: train it longer, for example with --from {folder["run"]} --run {folder["run"]}-2 {settings}\n", run.Output);
        CliRun.Of("pretrain", "--run", folder["run"], "--steps", "24")
            .Fails($"{folder["run"]} was begun with --steps 12, not 24, and is complete: train on with --from {folder["run"]} --run OTHER {settings}, or begin anew with --new");
        CliRun.Of("pretrain", "--run", folder["run"], "--model", "Other").Fails("--model Fake, not Other, and is complete: choose another --run, or begin anew with --new");
        Assert.StartsWith("step=24 ", CliRun.Of(["pretrain", "--from", folder["run"], "--run", folder["run"] + "-2", .. settings.Split(' ')]).Succeeds().LastLine);
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
        Assert.Contains("interrupted after step 6 of 12 steps", File.ReadAllText(folder["run/report.html"]));

        CliRun.Of("pretrain", "--resume", folder["run"]).Succeeds();
        Assert.Equal(WithoutTime(folder["whole.jsonl"]), WithoutTime(folder["run/metrics.jsonl"]));
    }

    [Fact]
    public void A_run_keeps_its_settings_and_its_text()
    {
        Pretrain().Succeeds();
        folder.Write("text/b.txt", "More text.\nThat was not there.\n");
        CliRun.Of("pretrain", "--resume", folder["run"]).Fails("is not what the run began with, or has changed since");
    }

    [Fact]
    public void A_run_names_its_own_text_where_the_same_was_prepared_before()
    {
        Pretrain().Succeeds();
        folder.Write("copy/a.txt", File.ReadAllText(folder["text/a.txt"]));
        Pretrain("--text", folder["copy"], "--out", folder["second"]).Succeeds();
        Assert.Equal($"1 text file in {folder["copy"]}", RunFolder.Open(folder["second"]).Configuration.TextDescription);
        Assert.Contains(folder["copy"], File.ReadAllText(folder["second/report.html"]));
    }

    [Theory]
    [InlineData("runs/a-b_1.x", "runs/a-b_1.x")]
    [InlineData("läufe", "läufe")]
    [InlineData("a;b", "'a;b'")]
    [InlineData("`a`", "'`a`'")]
    [InlineData("~a*", "'~a*'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("", "''")]
    public void A_word_is_quoted_for_the_shell(string word, string quoted) => Assert.Equal(quoted, SelfCommand.Quote(word));

    [Fact]
    public void What_to_type_next_begins_as_this_was_called()
    {
        folder.Write("my own/app/app.csproj", "");
        string build = folder["my own/app/bin/Release/net10.0/"], program = $"{build}app";
        Assert.Equal("dotnet run -c Release --project 'my own/app' --", SelfCommand.Of(program, $"{program}.dll", build, folder.Path));
        Assert.Equal("dotnet run -c Release --", SelfCommand.Of(program, $"{program}.dll", build, folder["my own/app"]));
        Assert.Equal($"'{program}'", SelfCommand.Of(program, $"{program}.dll", build, folder["elsewhere"]));
        string debug = folder["my own/app/bin/Debug/net10.0/"];
        Assert.Equal("dotnet run --project 'my own/app' --", SelfCommand.Of($"{debug}app", $"{debug}app.dll", debug, folder.Path));
        Assert.Equal("/usr/bin/albert", SelfCommand.Of("/usr/bin/albert", "/usr/lib/albert.dll", "/usr/lib/", folder.Path));
        Assert.Equal("dotnet app.dll", SelfCommand.Of("/usr/bin/dotnet", "app.dll", build, folder.Path));
    }

    [Fact]
    public void A_dataset_is_prepared_once_and_trained_on()
    {
        string data = folder["data"];
        var prepared = CliRun.Of("prepare", "--text", folder["text"], "--out", data).Succeeds();
        Assert.Matches(@", [1-9]\d*\.\d kB of text in ", prepared.Output);
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
    public void A_run_records_its_schedule_and_regularisation()
    {
        string[] given = ["--warmup", "0.25", "--weight-decay", "0.5", "--clip-norm", "0"];
        Pretrain(given).Succeeds();
        var recipe = RunFolder.Open(folder["run"]).Configuration.Recipe;
        Assert.Equal((0.25, 0.5, 0), (recipe.Warmup, recipe.WeightDecay, recipe.ClipNorm));
        Assert.Contains("<th>gradient norm clipped at</th>", File.ReadAllText(folder["run/report.html"]));
        CliRun.Of("pretrain", "--run", folder["run"], "--warmup", "0.5").Fails("was begun with --warmup 0.25, not 0.5");
    }

    [Fact]
    public void A_run_records_its_precision()
    {
        Pretrain("--precision", "bf16").Succeeds();
        Assert.Equal(Compute.BFloat16, RunFolder.Open(folder["run"]).Configuration.Recipe.Precision);
    }

    [Fact]
    public void Without_arguments_there_is_help() => Assert.Contains("pretrain", CliRun.Of().Succeeds().Output);

    [Fact]
    public void Text_that_was_put_right_is_prepared_in_the_same_folder()
    {
        string text = File.ReadAllText(folder["text/a.txt"]);
        File.WriteAllBytes(folder["text/a.txt"], [0xFF, 0x0A]);
        CliRun.Of("prepare", "--text", folder["text"], "--out", folder["data"]).Fails("is not UTF-8");
        File.WriteAllText(folder["text/a.txt"], text);
        CliRun.Of("prepare", "--text", folder["text"], "--out", folder["data"]).Succeeds();
        folder.Write("text/b.txt.gz", "not packed");
        CliRun.Of("prepare", "--text", folder["text"], "--out", folder["other"]).Fails("b.txt.gz: it is not packed by gzip, or damaged");
    }

    [Fact]
    public void A_run_whose_output_breaks_is_trained_to_its_end()
    {
        var run = CliRun.Broken("training: ", Arguments());
        Assert.Equal((1, "error: cannot write to standard output: it broke\n"), (run.Code, run.Error));
        Assert.Equal(12, MetricsLog.Read(folder["run/metrics.jsonl"]).Steps.Count);
        Assert.True(Directory.Exists(folder["run/checkpoints/step-00000012"]));
        Assert.True(File.Exists(folder["run/report.html"]));
    }

    [Fact]
    public void A_folder_of_a_default_name_is_ones_own_and_goes_if_it_got_no_step()
    {
        string first, second;
        using (var a = RunPlace.Of(null, "Test"))
        using (var b = RunPlace.Of(null, "Test"))
        {
            (first, second) = (a.Folder, b.Folder);
            Assert.NotEqual(first, second);
            File.WriteAllText(Path.Combine(second, "metrics.jsonl"), "{\"kind\":\"step\",\"step\":1}\n");
        }

        Assert.False(Directory.Exists(first));
        Assert.True(Directory.Exists(second));
        Directory.Delete(second, recursive: true);
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
        Assert.Equal(FormattableString.Invariant($"{folder["model.onnx"]}: Fake, after 12 steps; {bytes / 1e6:0.0} MB, opset 17\n"), run.Output);
        Assert.Equal(16_002 * sizeof(float), bytes, 1000.0);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp"));
    }

    [Fact]
    public void Models_devices_info_and_help_answer()
    {
        Assert.Contains("Fake          16,002 parameters", CliRun.Of("models").Succeeds().Output);
        Assert.Contains("a device of the tests", CliRun.Of("devices").Succeeds().Output);
        string info = CliRun.Of("info", "fake", "--batch-tokens", "256", "--sequences", "4", "--plan").Succeeds().Output;
        foreach (string part in (string[])["word.weight", "[8000, 2]", "[2]", "16,002", "2 per token", "for 256 tokens in 4 sequences with 51 predictions", "GFLOP"])
            Assert.Contains(part, info);
        Assert.DoesNotContain("per token", CliRun.Of("info", "fake").Succeeds().Output);
        Assert.Contains("AlbertTinyClassifier  ", CliRun.Of("models").Output);
        foreach (string command in (string[])["pretrain", "fill-mask", "export", "info", "declare", "models", "devices", "sentences"])
            Assert.Contains($"Examples:\n  albert {command}", CliRun.Of(command, "--help").Succeeds().Output);
        Assert.Contains("pretrain", CliRun.Of("--help").Succeeds().Output);
    }

    [Fact]
    public void A_model_for_inference_is_shown_but_not_trained()
    {
        string info = CliRun.Of("info", "Coder").Succeeds().Output;
        foreach (string part in (string[])["for 2,048 tokens in 16 sequences:", "encode", "  16,002 parameters; weights: 0.1 MB;"]) Assert.Contains(part, info);
        Assert.DoesNotContain("train", info);
        Assert.Contains("Coder         16,002 parameters  inference", CliRun.Of("models").Succeeds().Output);
        Pretrain("--model", "Coder").Fails("Coder cannot be trained: it is compiled for inference alone", "--model", "[Pretraining]");
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void The_encoder_of_the_zoo_has_no_head()
    {
        var encoder = ModelRegistry.Zoo.Find("AlbertBaseEncoder").Description;
        Assert.Equal(["encode"], encoder.Programs.Select(p => p.Name));
        Assert.All(encoder.Parameters, p => Assert.StartsWith("albert.", p.Name));
    }

    [Fact]
    public void Sentences_are_those_of_training_each_once()
    {
        folder.Write("few/a.txt", "One sentence.\nAnother one.\nOne sentence.\n\nHeld out.\n");
        Assert.Equal("One sentence.\nAnother one.\n", CliRun.Of("sentences", "--text", folder["few"]).Succeeds().Output);
    }

    static string[] WithoutTime(string metrics) => CliRun.Measured(metrics);

    [Fact]
    public void Packed_text_counts_as_it_is_unpacked()
    {
        using (var packed = new GZipStream(File.Create(folder["packed-a.txt.gz"]), CompressionLevel.SmallestSize)) packed.Write(File.ReadAllBytes(folder["text/a.txt"]));
        Assert.Equal(Told(folder["text/a.txt"], "plain"), Told(folder["packed-a.txt.gz"], "packed"));

        string Told(string text, string data) => Regex.Match(CliRun.Of("prepare", "--text", text, "--out", folder[data]).Succeeds().Output, @", [\d.]+ kB of text").Value is { Length: > 0 } told ? told : "nothing";
    }
}
