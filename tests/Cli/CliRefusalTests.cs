using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>What the command line is asked for and cannot do: one line each.</summary>
public sealed class CliRefusalTests : PretrainingCommandTests
{
    [Fact]
    public void Prepare_tells_what_is_wrong()
    {
        CliRun.Of("prepare", "--text", folder["text"]).Fails("--out FOLDER is missing");
        CliRun.Of("prepare", "--text", folder["missing"], "--out", folder["data"]).Fails("no such text file or folder");
        CliRun.Of("prepare", "--check", folder["text"]).Fails("is not a dataset");
        CliRun.Of("pretrain", "--model", "Fake", "--data", folder["text"]).Fails("is not a dataset");
        CliRun.Of("pretrain", "--model", "Fake", "--data", folder["nowhere"]).Fails($"there is no folder {folder["nowhere"]}: albert prepare makes a dataset");
        CliRun.Of("prepare", "--text", folder["text"], "--out", folder["text"]).Fails("is not empty and no dataset");
        Assert.False(Directory.Exists(folder["data"]));
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
    [InlineData("--run is empty: is a variable not set?", "pretrain", "--run", "")]
    [InlineData("--text is empty: is a variable not set?", "pretrain", "--text", "a.txt", " ")]
    [InlineData("--out is empty", "prepare", "--text", "x", "--out", "")]
    [InlineData("--onnx is empty", "export", "x", "--onnx", "")]
    [InlineData("--out is empty", "graph", "Fake", "--out", "")]
    [InlineData("the argument model is empty", "info", "")]
    [InlineData("the argument model is empty", "declare", "")]
    [InlineData("--data is empty", "finetune", "RTE", "--data", "")]
    [InlineData("albert predict has no option --out", "predict", "x", "--data", "y", "--out", "z")]
    [InlineData("albert pretrain has no option --stepz", "pretrain", "--text", "a.txt", "--stepz", "5")]
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
    public void A_folder_is_told_from_what_is_missing()
    {
        Directory.CreateDirectory(folder["empty"]);
        CliRun.Of("info", folder["empty"]).Fails($"{folder["empty"]} holds no model");
        CliRun.Of("fill-mask", folder["text/a.txt"], "a [MASK]").Fails("is not the folder of a run: it is a file");
        CliRun.Of("check-data", "RTE", "--data", folder["text/a.txt"]).Fails($"{folder["text/a.txt"]} is a file: --data takes the folder of RTE, with train.tsv");
        Pretrain("--vocabulary", folder["empty"]).Fails($"{folder["empty"]} holds no vocabulary: there is neither vocabulary.model nor spiece.model in it");
        Pretrain("--vocabulary", folder["none"]).Fails($"cannot read the vocabulary {folder["none"]}: there is no such file");
        Pretrain().Succeeds();
        CliRun.Of("declare", folder["run"]).Fails("Fake is neither an ALBERT nor a BERT: copy its own declaration, with [Pretraining] for what it is compiled for now");
        CliRun.Of("prepare", "--text", folder["text"], "--vocabulary", folder["run"], "--out", folder["data"]).Succeeds();
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
    public void Weights_keep_their_vocabulary()
    {
        Pretrain().Succeeds();
        File.WriteAllBytes(folder["other.model"], [.. TestText.Vocabulary.Bytes, 0x98, 0x06, 0x01]); // of the same size, with a field of a later version
        string[] second = ["pretrain", "--from", folder["run"], "--text", folder["text"], "--steps", "1", "--batch-tokens", "512", "--sequence", "64", "--run", folder["second"], "--vocabulary"];
        CliRun.Of([.. second, folder["other.model"]]).Fails($"the weights in {folder["run"]} were trained with another vocabulary than {folder["other.model"]}: leave out --vocabulary");
        Assert.False(Directory.Exists(folder["second"]));
        CliRun.Of([.. second, folder["run"]]).Succeeds();
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
    public void Sentences_of_other_documents_need_another_document()
    {
        folder.Write("two/a.txt", TestText.Documents(2, 30));
        Pretrain("--text", folder["two"], "--objective", "nsp").Fails("--objective nsp draws sentences from other documents, but the text has only one to train on");
        Assert.False(Directory.Exists(folder["run"]));
        folder.Write("three/a.txt", TestText.Documents(3, 30));
        var run = Pretrain("--text", folder["three"], "--objective", "nsp");
        Assert.Equal(0, run.Code);
        Assert.StartsWith("warning: only one document is held out", run.Error);
        Directory.Delete(folder["run"], recursive: true);
        Pretrain("--text", folder["two"]).Succeeds();
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
        CliRun.Of("pretrain", "--resume", folder["run"]).Fails("truncated", "no earlier checkpoint is whole: train anew, with --new");
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
    public void What_cannot_be_exported_is_told_so()
    {
        string file = folder["model.onnx"], configuration = folder["run/config.json"];
        Assert.Equal(2, CliRun.Of("export", folder["run"]).Fails("--onnx").Code);
        CliRun.Of("export", folder["nowhere"], "--onnx", file).Fails("is not the folder of a run");
        Pretrain().Succeeds();
        CliRun.Of("export", folder["run"], "--onnx", configuration).Fails($"{configuration} is there already and no .onnx file: choose another name");
        RunFolder.Open(folder["run"]);
        CliRun.Of("export", folder["run"], "--onnx", folder["nowhere/model.onnx"]).Fails("cannot write", "nowhere/model.onnx");
        CliRun.Of("export", folder["run"], "--onnx", folder.Path).Fails("cannot write", folder.Path);
        Assert.Equal($"error: cannot write {folder["nowhere/model.onnx"]}: there is no such folder\n", CliRun.Of("export", folder["run"], "--onnx", folder["nowhere/model.onnx"]).Error);
        var blind = FakeModel.Describe();
        blind = blind with { Programs = [.. blind.Programs.Where(p => p.Name != "predict")] };
        CliRun.With(blind, -1, -1, "export", folder["run"], "--onnx", file).Fails("Fake was compiled without predict; its programs that infer are none");
        CliRun.Of("export", folder["run"], "--folder", folder["published"], "--onnx", file, "--program", "encode").Fails("Fake was compiled without encode");
        Assert.False(Directory.Exists(folder["published"]));
        CliRun.Of("export", folder["run"], "--onnx", file, "--program", "encode").Fails("Fake was compiled without encode; its programs that infer are predict");
        Directory.Delete(folder["run/checkpoints/step-00000012"], true);
        CliRun.Of("export", folder["run"], "--onnx", file).Fails("no checkpoint in");
        Assert.Empty(Directory.GetFiles(folder.Path, "*.onnx*"));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp"));
    }

    CliRun PretrainOn(string text) => Pretrain("--text", folder[text]);
}
