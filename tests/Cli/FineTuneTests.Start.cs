using AlbertCompiled.Models;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>What fine-tuning starts from and where it may go on.</summary>
public sealed partial class FineTuneTests
{
    [Fact]
    public void A_task_starts_from_a_run_of_pretraining_or_its_export()
    {
        using var folder = Data();
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        Environment.SetEnvironmentVariable("ALBERT_CACHE", Path.Combine(Path.GetTempPath(), "albert-test-cache"));
        Run("pretrain", "--model", "AlbertTiny", "--text", folder["text"], "--steps", "2", "--batch-tokens", "256", "--sequence", "32", "--warmup", "0", "--run", folder["run"]).Succeeds();
        Run("export", folder["run"], "--folder", folder["published"]).Succeeds();
        using var pretrained = Safetensors.Open(Path.Combine(new RunFolder(folder["run"]).Checkpoints.Latest()!, "model.safetensors"));
        foreach (string from in (string[])["run", "published"])
        {
            string output = Run(Arguments(folder, $"from-{from}", "--from", folder[from], "--epochs", "1", "--learning-rate", "1e-12")).Succeeds().Output;
            Assert.Matches(@"\nweights: \d+ weights loaded; none missing; none not used; heads of pretraining left out; a new head\n", output);
            using var tuned = Safetensors.Open(folder[$"from-{from}/model.safetensors"]);
            var encoder = tuned.Entries.Where(e => e.Name.StartsWith("albert.", StringComparison.Ordinal)).ToList();
            Assert.InRange(encoder.Count, 20, 30);
            Assert.All(encoder, e => Assert.Equal(pretrained.ReadSingles(e.Name), tuned.ReadSingles(e.Name), (a, b) => Math.Abs(a - b) < 1e-6f));
            Assert.Equal(folder[from], new FineTunedFolder(folder[$"from-{from}"]).ReadConfiguration().From);
            Assert.Equal(TestText.Vocabulary.Bytes, File.ReadAllBytes(folder[$"from-{from}/vocabulary.model"]));
        }
    }

    [Fact]
    public void A_start_that_no_model_was_compiled_for_is_told()
    {
        using var folder = Data();
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        Environment.SetEnvironmentVariable("ALBERT_CACHE", Path.Combine(Path.GetTempPath(), "albert-test-cache"));
        CliRun.Of("pretrain", "--model", "Fake", "--text", folder["text"], "--steps", "1", "--batch-tokens", "512", "--sequence", "64", "--run", folder["fake"]).Succeeds();
        Run(Arguments(folder, "x", "--from", folder["fake"])).Fails($"{folder["fake"]} holds a Fake, which is not compiled into this program: use the one that trained it");
        string published = PublishedFiles.Write(folder, "a_tiny");
        Run(Arguments(folder, "x", "--from", published)).Fails($"no compiled model has {published}'s encoder and [Classification]: ", $" declare {published} --task classification prints its declaration, --project writes a program with it; compiled for such tasks: AlbertTinyClassifier, AlbertSmallClassifier, AlbertBaseClassifier");
        foreach (string[] more in (string[][])[["--model", "AlbertSmall"], ["--vocabulary", folder["text"]]])
            Run(Arguments(folder, "x", ["--from", folder["fake"], .. more])).Fails("--from says which model and vocabulary: leave --model and --vocabulary out");
        Assert.False(Directory.Exists(folder["x"]));
    }

    [Fact]
    public void A_checkpoint_without_settings_is_not_gone_on_from()
    {
        using var folder = Data();
        using (var model = FakeModel.Create(FakeModel.Describe(), new(64, 4))) new CheckpointStore(folder["run"]).Save(model, new("Fake", 0, 42, 1, 1));
        string left = folder["run/checkpoints/step-00000000"];
        Run(Arguments(folder, "run")).Fails($"{folder["run"]} holds no finetuning.json, but a checkpoint, {left}: choose another --run, or replace it with --new");
        Assert.True(Directory.Exists(left));
        Run(Arguments(folder, "run", "--epochs", "1", "--new")).Succeeds();
        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public void Measurements_that_do_not_lead_to_the_checkpoint_are_told()
    {
        using var folder = Data();
        string[] command = Arguments(folder, "run", "--epochs", "3");
        Assert.Equal(130, CliRun.InterruptedAfter("epoch 2", command).Code);
        string[] lines = File.ReadAllLines(folder["run/metrics.jsonl"]);
        Assert.Equal(2 * (6 + 1), lines.Length);
        foreach (string[] kept in (string[][])[[], lines[..7], lines[7..]])
        {
            File.WriteAllLines(folder["run/metrics.jsonl"], kept);
            Run(command).Fails($"{folder["run/metrics.jsonl"]} does not lead to the checkpoint after step 12: begin anew with --new");
        }

        File.WriteAllLines(folder["run/metrics.jsonl"], lines);
        Run(command).Succeeds();
    }

    [Fact]
    public void A_model_whose_output_breaks_is_trained_to_its_end()
    {
        using var folder = Data();
        var run = CliRun.BrokenCompiled("epoch 1", Arguments(folder, "run"));
        Assert.Equal((1, "error: cannot write to standard output: it broke\n"), (run.Code, run.Error));
        Assert.True(new FineTunedFolder(folder["run"]).IsComplete);
        Assert.Equal(24 + 4, File.ReadLines(folder["run/metrics.jsonl"]).Count());
    }

    [Fact]
    public void A_task_s_own_file_is_read_as_in_its_folder()
    {
        using var folder = new TemporaryFolder();
        string[] rows = [.. Enumerable.Range(0, 12).Select(i => $"gj04\t{i % 2}\t{(i % 2 == 0 ? "*" : "")}\tThe {Things[i % 6]} {(i % 2 == 0 ? "good is" : "is good")}.\n")];
        foreach (string file in (string[])["train.tsv", "dev.tsv", "mine.tsv"]) folder.Write($"CoLA/{file}", (file == "mine.tsv" ? "sentence\tlabel\nIt is good.\t1\nGood is it.\t0\n" : string.Concat(rows)));
        Run("finetune", "CoLA", "--data", folder["CoLA"], "--run", folder["run"], "--epochs", "1").Succeeds();
        Assert.Equal(Run("evaluate", folder["run"]).Succeeds().Output, Run("evaluate", folder["run"], "--data", folder["CoLA/dev.tsv"]).Succeeds().Output);
        Run("evaluate", folder["run"], "--data", folder["CoLA/mine.tsv"]).Succeeds();
    }
}
