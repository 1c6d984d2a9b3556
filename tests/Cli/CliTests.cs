using System.Text.RegularExpressions;
using AlbertCompiled.Cli;
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
        Assert.Matches(@"\nThe model does not beat the .* yet: train it longer, for example with --steps 24\.\n", run.Output);
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
    public void Usage_errors_are_one_line_each()
    {
        Assert.Equal(2, CliRun.Of("pretrain", "--steps", "many").Fails("--steps takes a whole number from 1, not many; see albert pretrain --help").Code);
        Assert.Equal(2, CliRun.Of("practise").Fails("there is no command practise; see albert --help").Code);
        Assert.Equal(2, CliRun.Of("info").Fails("model").Code);
    }

    [Theory]
    [InlineData("--steps takes a whole number from 1, not NaN", "pretrain", "--steps", "NaN")]
    [InlineData("--steps takes a whole number from 1, not 1,000", "pretrain", "--steps", "1,000")]
    [InlineData("--seed takes a whole number from 0, not -5", "pretrain", "--seed", "-5")]
    [InlineData("--learning-rate takes a number above 0, not 0,1; with a decimal point it is 0.1", "pretrain", "--learning-rate", "0,1")]
    [InlineData("--learning-rate takes a number above 0, not 1e99", "pretrain", "--learning-rate", "1e99")]
    [InlineData("--learning-rate takes a number above 0, not 1e-99", "pretrain", "--learning-rate", "1e-99")]
    [InlineData("--learning-rate takes a number above 0, not Infinity", "finetune", "RTE", "--data", "x", "--learning-rate", "Infinity")]
    [InlineData("--weight-decay takes a number from 0, not 1e99", "finetune", "RTE", "--data", "x", "--weight-decay", "1e99")]
    [InlineData("--warmup takes a share from 0 to 1, not 2", "finetune", "RTE", "--data", "x", "--warmup", "2")]
    [InlineData("--checkpoint-minutes takes minutes from 0 to 1000000, not NaN", "pretrain", "--checkpoint-minutes", "NaN")]
    [InlineData("--checkpoint-minutes takes minutes from 0 to 1000000, not 1e99", "pretrain", "--checkpoint-minutes", "1e99")]
    [InlineData("--checkpoint-steps takes a whole number from 1, not 0", "pretrain", "--checkpoint-steps", "0")]
    [InlineData("--evaluate-every takes a whole number from 1, not 0", "pretrain", "--evaluate-every", "0")]
    [InlineData("--threads takes a whole number from 0 to 1024, not 99999999", "pretrain", "--threads", "99999999")]
    [InlineData("--threads takes a whole number from 0 to 1024, not 1025", "prepare", "--threads", "1025")]
    [InlineData("--accumulate takes a whole number from 1 to 10000, not 2147483647", "pretrain", "--accumulate", "2147483647")]
    [InlineData("--sequences takes a whole number from 1 to 4096, not 999999999", "analyze", "x", "--sequences", "999999999")]
    [InlineData("--seeds takes a whole number from 1 to 1000, not 0", "finetune", "RTE", "--data", "x", "--seeds", "0")]
    [InlineData("--stride takes a whole number from 1, not -1", "finetune", "classification", "--data", "x", "--stride", "-1")]
    [InlineData("--threshold takes a number, not NaN", "score", "SQuAD", "--data", "x", "--predictions", "x", "--threshold", "NaN")]
    [InlineData("there is no command pretrian: did you mean pretrain?", "pretrian")]
    [InlineData("albert pretrain has no option --stepz: did you mean --steps?", "pretrain", "--stepz", "5")]
    [InlineData("albert pretrain takes options alone, there is no place for extra", "pretrain", "extra")]
    [InlineData("leave --out out", "prepare", "--check", "a", "--out", "a")]
    [InlineData("--dtype is about the weights of --folder", "export", "x", "--onnx", "y", "--dtype", "bf16")]
    [InlineData("--program is about --onnx", "export", "x", "--folder", "y", "--program", "predict")]
    public void What_an_option_takes_is_told(string told, params string[] arguments) => Assert.Equal(2, CliRun.Of(arguments).Fails(told, "ee albert ", " --help").Code);

    [Theory]
    [InlineData("--column says how the text lies in the files of --text", "pretrain", "--model", "Fake", "--column", "x")]
    [InlineData("--json shows each line, --statistics none", "tokenize", "VOCABULARY", "text", "--json", "--statistics")]
    [InlineData("--set names a set of a GLUE task; classification has files", "score", "classification", "--data", "x", "--predictions", "x", "--set", "dev")]
    [InlineData("--null-odds and --threshold are about questions", "score", "tags", "--data", "x", "--predictions", "x", "--threshold", "1")]
    [InlineData("there is no folder nope: --data takes the folder of RTE", "check-data", "RTE", "--data", "nope")]
    [InlineData("300 sequences of 200 tokens", "info", "Fake", "--batch-tokens", "200", "--sequences", "300")]
    [InlineData("there is no task \"clasification\": did you mean classification?", "check-data", "clasification", "--data", "x")]
    [InlineData("no model is called Fakes: did you mean Fake?", "info", "Fakes")]
    [InlineData("nope is not the folder of a run: there is no such folder", "fill-mask", "nope", "a [MASK]")]
    [InlineData("nope is not the folder of a fine-tuned model: there is no such folder", "predict", "nope")]
    [InlineData("cannot read the vocabulary nope: there is no such file", "tokenize", "nope", "text")]
    public void What_is_not_there_or_not_used_is_told(string told, params string[] arguments) =>
        CliRun.Of([.. arguments.Select(a => a == "VOCABULARY" ? Path.Combine(AppContext.BaseDirectory, "docs-8000.model") : a)]).Fails(told);

    [Fact]
    public void Without_arguments_there_is_help() => Assert.Contains("pretrain", CliRun.Of().Succeeds().Output);

    [Fact]
    public void A_folder_is_told_from_what_is_missing()
    {
        Directory.CreateDirectory(folder["empty"]);
        CliRun.Of("info", folder["empty"]).Fails($"{folder["empty"]} holds no model");
        CliRun.Of("fill-mask", folder["text/a.txt"], "a [MASK]").Fails("is not the folder of a run: it is a file");
        CliRun.Of("check-data", "RTE", "--data", folder["text/a.txt"]).Fails($"{folder["text/a.txt"]} is a file: --data takes the folder of RTE, with train.tsv");
        Pretrain("--vocabulary", folder["empty"]).Fails($"{folder["empty"]} holds no vocabulary: there is neither vocabulary.model nor spiece.model in it");
        Pretrain("--vocabulary", folder["none"]).Fails($"cannot read the vocabulary {folder["none"]}: there is no such file");
        Pretrain().Succeeds();
        CliRun.Of("declare", folder["run"]).Fails($"{folder["run"]} is a run of Fake, which is compiled already");
        CliRun.Of("prepare", "--text", folder["text"], "--vocabulary", folder["run"], "--out", folder["data"]).Succeeds();
    }

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
        Pretrain("--steps", "0").Fails("--steps takes a whole number from 1, not 0");
        Pretrain("--learning-rate", "-1").Fails("--learning-rate takes a number above 0, not -1");
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
        CliRun.With(FakeModel.Describe(), 3, -1, Arguments()).Fails("the loss is NaN at step 4", $"the last good checkpoint is {folder["run/checkpoints/step-00000003"]}", "a lower --learning-rate, in the same --run with --new");

    [Fact]
    public void A_held_out_loss_that_is_no_number_ends_the_run_in_one_line()
    {
        // the first update warms up: its rate is 0
        Pretrain("--learning-rate", "1e30", "--evaluate-every", "1").Fails(
            $"the held-out loss is {float.PositiveInfinity} at step 2, so training stopped; the last good checkpoint is {folder["run/checkpoints/step-00000001"]}: begin anew with a lower --learning-rate, in the same --run with --new");
        Assert.Equal(["step-00000001"], Directory.GetDirectories(folder["run/checkpoints"]).Select(Path.GetFileName));
    }

    [Fact]
    public void A_damaged_or_foreign_checkpoint_is_told_so()
    {
        Pretrain().Succeeds();
        string weights = folder["run/checkpoints/step-00000012/model.safetensors"];
        CliRun.With(FakeModel.Describe(columns: 3), -1, -1, "pretrain", "--resume", folder["run"]).Fails("another configuration", "word.weight is [8000, 2], not [8000, 3]");
        byte[] good = File.ReadAllBytes(weights);
        File.WriteAllBytes(weights, good[..1000]);
        CliRun.Of("pretrain", "--resume", folder["run"]).Fails("truncated", "no earlier checkpoint is whole: begin anew with --new");
        good[^1] ^= 1;
        File.WriteAllBytes(weights, good);
        CliRun.Of("fill-mask", folder["run"], "a [MASK]").Fails("corrupted");
        Directory.Delete(folder["run/checkpoints/step-00000012"], true);
        CliRun.Of("pretrain", "--resume", folder["run"]).Fails("no checkpoint in");
        File.WriteAllText(folder["run/config.json"], "{ \"model\":");
        CliRun.Of("pretrain", "--resume", folder["run"]).Fails("config.json is corrupted: line 1 is not as it was written");
        File.WriteAllText(folder["run/config.json"], "[]");
        CliRun.Of("pretrain", "--resume", folder["run"]).Fails("config.json is corrupted: line 1 is not as it was written");
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
        Assert.Equal(FormattableString.Invariant($"{folder["model.onnx"]}: Fake, after 12 steps; {bytes / 1e6:0.0} MB, opset 17\n"), run.Output);
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
        Assert.Equal($"error: cannot write {folder["nowhere/model.onnx"]}: there is no such folder\n", CliRun.Of("export", folder["run"], "--onnx", folder["nowhere/model.onnx"]).Error);
        Directory.CreateDirectory(file + ".tmp"); // what is written aside cannot be, as in a folder that is read-only
        Assert.Equal($"error: cannot write {file}: access is denied\n", CliRun.Of("export", folder["run"], "--onnx", file).Error);
        Directory.Delete(file + ".tmp");
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
