using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>A new model replaces nothing but a run: files of others and models of another kind stay as they are.</summary>
public sealed class RunPlaceTests : PretrainingCommandTests
{
    [Theory]
    [InlineData("checkpoints/epoch1.pt")]
    [InlineData("metrics.jsonl")]
    [InlineData("report.html")]
    [InlineData("model.safetensors")]
    public void Files_of_others_are_not_replaced(string file)
    {
        string path = folder.Write($"run/{file}", "mine"), told = $"{folder["run"]} is no run, and holds {file.Split('/')[0]}, which a run would replace: choose another --run";
        Pretrain().Fails(told);
        Pretrain("--out", folder["run"], "--new").Fails(told);
        FineTune().Fails(told);
        FineTune("--new").Fails(told);
        FineTune("--seeds", "2").Fails(told);
        Assert.Equal([path], Directory.GetFiles(folder["run"], "*", SearchOption.AllDirectories));
        Assert.Equal("mine", File.ReadAllText(path));
    }

    [Fact]
    public void What_a_crash_left_of_a_run_is_no_other_file()
    {
        folder.Write("run/lock", "");
        folder.Write("run/vocabulary.model.tmp", "half, of an earlier version");
        folder.Write("run/vocabulary.model.abcdefgh.ijk.albert.tmp", "half");
        folder.Write("run/run.begun.abcdefgh.ijk.albert.tmp", "half");
        folder.Write("run/train.log", "mine");
        Pretrain().Succeeds();
        File.Delete(folder["run/config.json"]);
        Pretrain("--out", folder["run"], "--new").Succeeds();
        folder.Write("run/notes.txt", "mine");
        Pretrain("--out", folder["run"], "--new").Succeeds(); // its run is ours all the same
        Assert.Equal(("mine", "mine"), (File.ReadAllText(folder["run/notes.txt"]), File.ReadAllText(folder["run/train.log"])));

        foreach (string file in (string[])["lock", "seed-42/run.begun", "seed-42/vocabulary.model", "seed-42/metrics.jsonl"]) folder.Write($"tuned/{file}", "");
        folder.Write("tuned/seed-43/model.safetensors", "mine");
        FineTune("--run", folder["tuned"], "--seeds", "2").Fails($"{folder["tuned/seed-43"]} is no run, and holds model.safetensors");
        Directory.Delete(folder["tuned/seed-43"], recursive: true);
        FineTune("--run", folder["tuned"], "--seeds", "2").Succeeds();
        File.Move(folder["tuned/seed-42/finetuning.json"], folder["tuned/seed-42/run.begun"]);
        FineTune("--run", folder["tuned"], "--seeds", "2").Succeeds();
        FineTune("--run", folder["tuned"], "--new").Succeeds();
    }

    [Fact]
    public void A_run_that_stops_while_it_begins_is_begun_by_the_same_command()
    {
        Pretrain().Succeeds();
        FineTune("--run", folder["tuned"]).Succeeds();
        foreach (string run in (string[])["run", "tuned"])
        {
            File.Delete(folder[$"{run}/metrics.jsonl"]);
            Directory.CreateDirectory(folder[$"{run}/metrics.jsonl"]); // the last file before the settings
        }

        Pretrain("--out", folder["run"], "--new").Fails("cannot write the run folder");
        FineTune("--run", folder["tuned"], "--new").Fails("cannot write to");
        foreach (string run in (string[])["run", "tuned"])
        {
            Assert.True(File.Exists(folder[$"{run}/run.begun"]));
            Directory.Delete(folder[$"{run}/metrics.jsonl"]);
            folder.Write($"{run}/report.html", "as it was");
        }

        Pretrain().Succeeds();
        FineTune("--run", folder["tuned"]).Succeeds();
        foreach (string run in (string[])["run", "tuned"]) Assert.False(File.Exists(folder[$"{run}/run.begun"]));
    }

    [Fact]
    public void A_vocabulary_makes_no_run_of_a_folder()
    {
        foreach (string set in (string[])["train", "dev"]) folder.Write($"run/{set}.tsv", "text\tlabel\nThe phone is good.\tyes\nThe case is bad.\tno\n");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "docs-8000.model"), folder["run/vocabulary.model"]);
        string[] before = Contents(folder["run"]), own = ["finetune", "classification", "--data", folder["run/train.tsv"], folder["run/dev.tsv"], "--vocabulary", folder["run"], "--run", folder["run"]];
        foreach (string[] more in (string[][])[[], ["--new"]])
            CliRun.Zoo([.. own, .. more]).Fails($"{folder["run"]} is no run, and holds dev.tsv, which a run would replace: choose another --run");
        Assert.Equal(before, Contents(folder["run"]));
        File.Move(folder["run/dev.tsv"], folder["run/report.html"]);
        Pretrain("--vocabulary", folder["run"]).Fails($"{folder["run"]} is no run, and holds report.html");
        File.Delete(folder["run/report.html"]);
        Pretrain("--vocabulary", folder["run"]).Succeeds(); // the same may be there
        folder.Write("other/vocabulary.model", "mine");
        folder.Write("data/manifest.json", "{}");
        Pretrain("--out", folder["data"]).Fails($"{folder["data"]} holds a dataset, whose vocabulary a run would share: choose another --run");
        Pretrain("--out", folder["other"]).Fails($"{folder["other"]} is no run, and holds another vocabulary.model, which a run would replace: choose another --run");
        Assert.Equal("mine", File.ReadAllText(folder["other/vocabulary.model"]));
    }

    [Fact]
    public void Data_are_not_replaced_by_what_a_run_writes()
    {
        FineTune().Succeeds();
        File.Copy(folder["train.csv"], folder["run/dev.tsv"], overwrite: true);
        string[] before = Contents(folder["run"]);
        CliRun.Zoo("finetune", "classification", "--data", folder["train.csv"], folder["run/dev.tsv"], "--run", folder["run"], "--new")
            .Fails($"a run in {folder["run"]} would replace {folder["run/dev.tsv"]}, which is part of the data: choose another --run");
        Assert.Equal(before, Contents(folder["run"]));
        Pretrain("--out", folder["pretrained"]).Succeeds();
        Pretrain("--out", folder["pretrained"], "--text", folder["pretrained/metrics.jsonl"], "--new").Fails($"a run in {folder["pretrained"]} would replace {folder["pretrained/metrics.jsonl"]}");
    }

    [Fact]
    public void New_removes_the_files_of_models_alone()
    {
        FineTune("--run", folder["seeds"], "--seeds", "2").Succeeds();
        Directory.CreateDirectory(folder["seeds/seed-42-keep"]);
        foreach (string file in Directory.GetFiles(folder["seeds/seed-42"])) File.Copy(file, file.Replace("seed-42", "seed-42-keep"));
        string[] kept = Contents(folder["seeds/seed-42-keep"]);
        folder.Write("seeds/seed-43/notes.txt", "mine");
        folder.Write("seeds/notes.txt", "mine");
        File.Copy(folder["train.csv"], folder["seeds/seed-42/mine.csv"]);
        Assert.Equal([folder["seeds/seed-42"], folder["seeds/seed-43"]], FineTunedFolder.SeedsIn(folder["seeds"]).Select(f => f.Folder));
        string[] command = ["finetune", "classification", "--data", folder["seeds/seed-42/mine.csv"], folder["dev.csv"], "--epochs", "1", "--run", folder["seeds"], "--new"];
        folder.Write("seeds/metrics.jsonl", "mine");
        CliRun.Zoo(command).Fails($"{folder["seeds"]} is no run, and holds metrics.jsonl");
        File.Delete(folder["seeds/metrics.jsonl"]);
        CliRun.Zoo(command).Succeeds();
        Assert.Equal(kept, Contents(folder["seeds/seed-42-keep"]));
        Assert.Equal([folder["seeds/seed-42/mine.csv"]], Directory.GetFileSystemEntries(folder["seeds/seed-42"]));
        Assert.Equal([folder["seeds/seed-43/notes.txt"]], Directory.GetFileSystemEntries(folder["seeds/seed-43"]));
        CliRun.Zoo([.. command, "--seeds", "2"]).Succeeds(); // from one to several: it would else be taken for one
        Assert.Equal(["notes.txt", "report.html"], Directory.GetFiles(folder["seeds"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_development_set_is_not_replaced_by_its_predictions()
    {
        const string Rows = "index\tsentence1\tsentence2\tlabel\n0\tA.\tB.\tentailment\n1\tC.\tD.\tnot_entailment\n";
        foreach (string set in (string[])["train", "dev"]) folder.Write($"RTE/{set}.tsv", Rows);
        CliRun.Zoo("finetune", "RTE", "--data", folder["RTE"], "--run", folder["RTE"], "-n", "1").Fails($"{folder["RTE"]} is no run, and holds dev.tsv");
        Assert.Equal(Rows, File.ReadAllText(folder["RTE/dev.tsv"]));
    }

    [Fact]
    public void A_model_of_another_kind_is_refused()
    {
        FineTune().Succeeds();
        FineTune("--run", folder["seeds"], "--seeds", "2").Succeeds();
        folder.Write("published/config.json", "{\"architectures\": [\"AlbertForMaskedLM\"]}");
        foreach (var (name, kind) in (ValueTuple<string, string>[])[("run", "a fine-tuned model"), ("seeds", "several fine-tuned models"), ("published", "a published model")])
        {
            string[] before = Contents(folder[name]);
            string told = $"{folder[name]} holds {kind}, no run of pretraining: choose another --run";
            Pretrain("--out", folder[name]).Fails(told);
            Pretrain("--out", folder[name], "--new").Fails(told);
            CliRun.Of("pretrain", "--resume", folder[name]).Fails(told);
            Assert.Equal(before, Contents(folder[name]));
        }
    }

    [Fact]
    public void What_a_model_starts_from_is_not_removed_for_it()
    {
        Pretrain().Succeeds();
        FineTune("--run", folder["seeds"], "--seeds", "2").Succeeds();
        if (!OperatingSystem.IsWindows()) Directory.CreateSymbolicLink(folder["link"], folder.Path);
        string[] before = [.. Contents(folder["run"]), .. Contents(folder["seeds"])];
        foreach (string run in (string[])[folder["run"], .. OperatingSystem.IsWindows() ? (string[])[] : [folder["link/run"]]])
            CliRun.Of("pretrain", "--from", folder["run"], "--run", run, "--new", "--text", folder["text"], "--steps", "1", "--batch-tokens", "512", "--sequence", "64")
                .Fails($"--new would remove {folder["run"]}, which --from starts from: choose another --run");
        FineTune("--run", folder["seeds"], "--seeds", "2", "--new", "--from", folder["seeds/seed-42"]).Fails($"--new would remove {folder["seeds/seed-42"]}");
        Assert.Equal(before, Contents(folder["run"]).Concat(Contents(folder["seeds"])));
    }

    [Fact]
    public void A_run_without_a_step_in_a_folder_that_nobody_named_is_not_said_to_be_saved()
    {
        var run = CliRun.InterruptedAfter("training: ", "pretrain", "--model", "AlbertTiny", "--text", folder["text"], "--steps", "2", "--batch-tokens", "256", "--sequence", "64");
        Assert.Equal((130, "interrupted before the first step: nothing was kept"), (run.Code, run.LastLine));
        run = CliRun.InterruptedAfter("training: ", "pretrain", "--model", "AlbertTiny", "--text", folder["text"], "--steps", "2", "--batch-tokens", "256", "--sequence", "64", "--run", folder["run"]);
        Assert.Contains($" pretrain --run {folder["run"]}", run.Output);
    }

    CliRun FineTune(params string[] more)
    {
        foreach (string set in (string[])["train", "dev"]) folder.Write($"{set}.csv", "text,label\nThe phone is good.,yes\nThe case is bad.,no\n");
        return CliRun.Zoo(
            ["finetune", "classification", "--data", folder["train.csv"], folder["dev.csv"], "--epochs", "1", .. more.Contains("--run") ? (string[])[] : ["--run", folder["run"]], .. more]);
    }

    static string[] Contents(string run) => [.. Directory.GetFiles(run, "*", SearchOption.AllDirectories).Order().Select(f => f + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))))];
}
