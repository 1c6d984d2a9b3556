using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>A folder that holds a run goes on with it; what it was begun with does not change under way.</summary>
public sealed class ResumeTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public ResumeTests()
    {
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        Environment.SetEnvironmentVariable("ALBERT_CACHE", Path.Combine(Path.GetTempPath(), "albert-test-cache"));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_same_command_again_goes_on()
    {
        CliRun.Of(Arguments("whole")).Succeeds();
        Assert.Equal(130, CliRun.Interrupted(5, Arguments("run")).Code);
        Assert.Contains("resumed after step 6 of 12", CliRun.Of(Arguments("run")).Succeeds().Output);
        Assert.Equal(Metrics("whole"), Metrics("run"));
        Assert.Contains("resumed after step 12 of 12", CliRun.Of("pretrain", "--run", folder["run"]).Succeeds().Output);
        Assert.Equal(Metrics("whole"), Metrics("run"));
        Assert.Equal(File.ReadAllBytes(folder["whole/checkpoints/step-00000012/model.safetensors"]), File.ReadAllBytes(folder["run/checkpoints/step-00000012/model.safetensors"]));
    }

    [Fact]
    public void Updates_of_several_batches_go_on_and_are_shown()
    {
        string[] more = ["--accumulate", "3"];
        Assert.Contains("12 steps of 3 × 512 = 1,536 tokens", CliRun.Of([.. Arguments("whole"), .. more]).Succeeds().Output);
        CliRun.Interrupted(5, [.. Arguments("run"), .. more]);
        CliRun.Of([.. Arguments("run"), .. more]).Succeeds();
        Assert.Equal(Metrics("whole"), Metrics("run"));
        Assert.Equal(3, RunFolder.Open(folder["run"]).Configuration.Recipe.Accumulate);
    }

    [Fact]
    public void Another_setting_is_named_and_nothing_is_touched()
    {
        CliRun.Interrupted(5, Arguments("run"));
        var before = Contents();
        (string Option, string Value, string Told)[] cases =
        [
            ("--steps", "99", "--steps 12, not 99"), ("--batch-tokens", "256", "--batch-tokens 512, not 256"), ("--accumulate", "2", "--accumulate 1, not 2"),
            ("--sequence", "32", "--sequence 64, not 32"), ("--learning-rate", "0.5", "--learning-rate 0.002, not 0.5"), ("--optimizer", "lamb", "--optimizer adamw, not lamb"),
            ("--precision", "bf16", "--precision fp32, not bf16"), ("--seed", "7", "--seed 42, not 7"), ("--model", "Other", "--model Fake, not Other"),
            ("--vocabulary", folder["text/a.txt"], "--vocabulary "),
        ];
        foreach (var (option, value, told) in cases)
            CliRun.Of("pretrain", "--run", folder["run"], option, value).Fails($"{folder["run"]} was begun with {told}", "--new", $"leave {option} out");
        CliRun.Of("pretrain", "--run", folder["run"], "--vocabulary", folder["none"]).Fails("cannot read the vocabulary");
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void Text_may_be_moved_but_not_be_another()
    {
        CliRun.Interrupted(5, Arguments("run"));
        string text = folder["text"], moved = folder["moved"], data = folder["data"], run = folder["run"];
        folder.Write("other/a.txt", TestText.Documents(60, 30) + "One more.\n");
        CliRun.Of("pretrain", "--run", run, "--text", folder["other"]).Fails($"1 text file in {folder["other"]} is not what the run began with, or has changed since: choose another --run, or begin anew with --new");
        folder.Write("renamed/b.txt", File.ReadAllText(folder["text/a.txt"]));
        CliRun.Of("pretrain", "--run", run, "--text", folder["renamed"]).Fails("is not what the run began with", "; a file must keep its name, since held-out documents are chosen by it");
        Directory.Move(text, moved);
        CliRun.Of("pretrain", "--run", run).Fails($"{text}, which {run} was begun with, is not there: if it was moved, say where it is with --text");
        Assert.Contains("resumed after step 6 of 12", CliRun.Of("pretrain", "--run", run, "--text", moved).Succeeds().Output);
        Assert.Equal([moved], RunFolder.Open(run).Configuration.Text);
        Assert.Equal($"1 text file in {moved}", RunFolder.Open(run).Configuration.TextDescription);
        CliRun.Of("pretrain", "--run", run).Succeeds();

        CliRun.Of("prepare", "--text", moved, "--out", data).Succeeds();
        CliRun.Of("pretrain", "--run", run, "--data", data).Succeeds();
        Directory.Move(data, folder["elsewhere"]);
        CliRun.Of("pretrain", "--run", run).Fails($"{data}, which {run} was begun with, is not there: if it was moved, say where it is with --data");
        CliRun.Of("pretrain", "--run", run, "--data", folder["elsewhere"]).Succeeds();
        Assert.Equal((folder["elsewhere"], 0), (RunFolder.Open(run).Configuration.Data, RunFolder.Open(run).Configuration.Text.Count));
    }

    [Fact]
    public void When_to_save_may_change()
    {
        CliRun.Interrupted(5, Arguments("run"));
        CliRun.Of("pretrain", "--run", folder["run"], "--checkpoint-steps", "4", "--keep", "2", "--evaluate-every", "5", "--threads", "1").Succeeds();
        Assert.Equal(["step-00000010", "step-00000012"], Directory.GetDirectories(folder["run/checkpoints"]).Select(Path.GetFileName).Order());
        CliRun.Of("pretrain", "--run", folder["run"], "--keep", "0").Fails("--keep takes a whole number from 1, not 0");
        CliRun.Of("pretrain", "--run", folder["run"], "--checkpoint-steps", "-1").Fails("--checkpoint-steps takes a whole number from 1, not -1");
        CliRun.Of("pretrain", "--run", folder["run"], "--checkpoint-minutes", "-1").Fails("--checkpoint-minutes takes minutes from 0 to 1000000, not -1");
        CliRun.Of("pretrain", "--run", folder["run"], "--evaluate-every", "-1").Fails("--evaluate-every takes a whole number from 1, not -1");
        CliRun.Of([.. Arguments("other"), "--accumulate", "0"]).Fails("--accumulate takes a whole number from 1 to 10000, not 0");
        CliRun.Of([.. Arguments("other").Select(a => a == "12" ? "9223372036854775807" : a), "--accumulate", "2"]).Fails("lower --steps or --accumulate");
        Assert.False(Directory.Exists(folder["other"]));
    }

    [Fact]
    public void New_begins_anew()
    {
        CliRun.Of(Arguments("run")).Succeeds();
        folder.Write("run/notes.txt", "mine");
        CliRun.Of([.. Arguments("run"), "--new", "--seed", "7"]).Succeeds();
        Assert.Equal(7u, RunFolder.Open(folder["run"]).Configuration.Seed);
        Assert.Equal(12, MetricsLog.Read(folder["run/metrics.jsonl"]).Steps.Count);
        Assert.Equal("mine", File.ReadAllText(folder["run/notes.txt"]));
        var failure = Assert.Throws<TrainingException>(() => RunFolder.Create(folder["run"], RunFolder.Open(folder["run"]).Configuration, TestText.Vocabulary));
        Assert.Equal($"{folder["run"]} holds a run already: choose another --run, or replace it with --new", failure.Message);
        CliRun.Of([.. Arguments("run")[..^2], "--new"]).Fails("--new begins anew in the folder of a run: say which with --run");
        CliRun.Of("pretrain", "--resume", folder["run"], "--new").Fails("leave --run and --new out");
    }

    [Fact]
    public void A_run_without_a_checkpoint_begins_again()
    {
        CliRun.Of(Arguments("whole")).Succeeds();
        CliRun.Of(Arguments("run")).Succeeds();
        Directory.Delete(folder["run/checkpoints"], true);
        CliRun.Of("pretrain", "--resume", folder["run"]).Fails("no checkpoint in");
        Assert.Contains("begun again", CliRun.Of(Arguments("run")).Succeeds().Output);
        Assert.Equal(Metrics("whole"), Metrics("run"));

        File.Delete(folder["run/config.json"]);
        CliRun.Of(Arguments("run")).Fails("holds no config.json, but a checkpoint", "--new");
    }

    [Fact]
    public void A_run_that_ends_before_its_first_step_keeps_the_weights_it_started_from()
    {
        CliRun.Of(Arguments("source")).Succeeds();
        string[] from = ["--from", folder["source"], "--seed", "7"];
        CliRun.Of([.. From("whole"), .. from]).Succeeds();
        CliRun.With(FakeModel.Describe(), 0, -1, [.. From("run"), .. from]).Fails("the loss is NaN at step 1");
        CliRun.With(FakeModel.Describe(), 0, -1, [.. From("early"), .. from]).Fails("the loss is NaN at step 1");
        Directory.Delete(folder["early/checkpoints"], recursive: true); // killed before they were saved
        Assert.Contains($"weights: {folder["source"]}, after 12 steps", CliRun.Of([.. From("early"), .. from]).Succeeds().Output);
        Directory.Delete(folder["early/checkpoints"], recursive: true);
        Directory.Delete(folder["source"], recursive: true);
        Assert.Contains("resumed after step 0 of 12", CliRun.Of([.. From("run"), .. from]).Succeeds().Output);
        Assert.Equal(Metrics("whole"), Metrics("run"));
        Assert.Equal(Metrics("whole"), Metrics("early"));
        CliRun.Of([.. From("early"), .. from]).Fails($"{folder["early"]} has no checkpoint, and what it started from cannot be read again", "--new");
    }

    [Fact]
    public void Two_processes_do_not_train_in_one_folder()
    {
        CliRun.Interrupted(5, Arguments("run"));
        using (RunFolder.Lock(folder["run"]))
            CliRun.Of(Arguments("run")).Fails($"another process is training in {folder["run"]}");
        CliRun.Of(Arguments("run")).Succeeds();
    }

    [Fact]
    public void The_best_checkpoint_is_used_on_demand()
    {
        CliRun.Of(Arguments("run")).Succeeds();
        var store = new CheckpointStore(folder["run"], keep: 2);
        string best = store.Best()!.Value.Folder;
        using (var model = FakeModel.Create(FakeModel.Describe(), new(64, 4)))
        {
            var state = store.Load(model);
            model.Step = 13;
            store.Save(model, state with { Step = 13 }, heldOutLoss: 1e9);
        }

        string step = Path.GetFileName(best)["step-".Length..].TrimStart('0');
        Assert.Contains("Fake, after 13 steps", CliRun.Of("export", folder["run"], "--onnx", folder["a.onnx"]).Succeeds().Output);
        Assert.Contains($"Fake, after {step} steps", CliRun.Of("export", folder["run"], "--best", "--onnx", folder["a.onnx"]).Succeeds().Output);
        CliRun.Of("fill-mask", folder["run"], "The [MASK].", "--best").Succeeds();
        Directory.Delete(best, recursive: true);
        Directory.Delete(store.Latest()!, recursive: true);
        using (var model = FakeModel.Create(FakeModel.Describe(), new(64, 4)))
        {
            model.Step = 2;
            store.Save(model, new("Fake", 2, 42, 1, 1));
        }

        foreach (string folderOf in Directory.GetDirectories(folder["run/checkpoints"]).Where(d => d != store.Latest())) Directory.Delete(folderOf, recursive: true);
        CliRun.Of("fill-mask", folder["run"], "The [MASK].", "--best").Fails("was measured on held-out text: leave --best out");
    }

    string[] Arguments(string run) => ["pretrain", "--model", "Fake", "--text", folder["text"], "--steps", "12", "--batch-tokens", "512", "--sequence", "64", "--run", folder[run]];

    // the model is that of the source
    string[] From(string run) => [.. Arguments(run).Where(a => a is not ("--model" or "Fake"))];

    string[] Metrics(string run) => CliRun.Measured(folder[$"{run}/metrics.jsonl"]);

    string[] Contents() => [.. Directory.GetFiles(folder["run"], "*", SearchOption.AllDirectories).Order().Select(f => f + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))))];
}
