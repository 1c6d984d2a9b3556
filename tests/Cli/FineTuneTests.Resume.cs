using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>How a run that was stopped goes on.</summary>
public sealed partial class FineTuneTests
{
    [Fact]
    public void An_interrupted_run_goes_on_to_the_same_model()
    {
        using var folder = Data();
        Run(Arguments(folder, "whole")).Succeeds();
        var broken = CliRun.InterruptedAfter("epoch 2", Arguments(folder, "broken"));
        Assert.Equal(130, broken.Code);
        Assert.EndsWith("interrupted after epoch 2 of 4: the same command goes on, with --run " + folder["broken"] + "\nmodel: " + folder["broken"] + "\n", broken.Output);
        CliRun.WithInput("The phone is good.\n", "predict", folder["broken"]).Succeeds(); // what there is can be asked
        File.AppendAllText(folder["broken/metrics.jsonl"], File.ReadLines(folder["broken/metrics.jsonl"]).First().Replace("\"step\":1", "\"step\":13") + "\n{\"kind\":"); // killed later than saved

        Run(Arguments(folder, "broken", "--learning-rate", "0.001")).Fails("was begun with --learning-rate 0.002, not 0.001");
        Run(Arguments(folder, "broken", "--seeds", "2")).Fails("holds one model, not several seeds");
        string text = File.ReadAllText(folder["dev.csv"]);
        folder.Write("dev.csv", text.Replace("phone", "case"));
        Run(Arguments(folder, "broken")).Fails("the data, or how they are read, have changed since");
        folder.Write("dev.csv", text);

        Assert.Contains($"it is not complete: the command that began it goes on, with --run {folder["broken"]}\n", Run("info", folder["broken"]).Succeeds().Output);
        File.Move(folder["train.csv"], folder["moved.csv"]);
        string[] moved = [.. Arguments(folder, "broken").Select(a => a.Replace("train.csv", "moved.csv"))];
        Assert.Contains("resumed after epoch 2 of 4, after 12 updates\nepoch 3: ", Run(moved).Succeeds().Output);
        Assert.Equal([folder["moved.csv"], folder["dev.csv"]], new FineTunedFolder(folder["broken"]).ReadConfiguration().Data);
        File.Move(folder["moved.csv"], folder["train.csv"]);
        Assert.Equal(File.ReadAllBytes(folder["whole/model.safetensors"]), File.ReadAllBytes(folder["broken/model.safetensors"]));
        Assert.Equal(File.ReadAllText(folder["whole/dev.tsv"]), File.ReadAllText(folder["broken/dev.tsv"]));
        Assert.Equal(CliRun.Measured(folder["whole/metrics.jsonl"]), CliRun.Measured(folder["broken/metrics.jsonl"]));
        Assert.Empty(Directory.GetDirectories(folder["broken"]));
        Run(Arguments(folder, "broken")).Fails("holds a fine-tuned model already");
        Assert.Contains("from scratch", Run(Arguments(folder, "broken", "--epochs", "1", "--new")).Succeeds().Output);
    }

    [Theory]
    [InlineData("epoch 1 of 4: update 2 of 24", 1, 2)]
    [InlineData("epoch 1 of 4: update 6 of 24", 1, 6)] // to be judged yet
    [InlineData("epoch 1 of 4: development data, 20 of 20 answered", 2, 6)] // judged
    [InlineData("epoch 3 of 4: update 14 of 24", 3, 14)]
    [InlineData("epoch 4 of 4: update 24 of 24", 4, 24)]
    public void A_run_goes_on_within_an_epoch(string line, int epoch, int updates)
    {
        using var folder = Data();
        Run(Arguments(folder, "whole")).Succeeds();
        var broken = CliRun.InterruptedWithin(line, Arguments(folder, "broken"));
        Assert.Equal(130, broken.Code);
        bool ended = updates == 6 * (epoch - 1);
        Assert.Contains($"interrupted {(ended ? "after" : "in")} epoch {(ended ? epoch - 1 : epoch)} of 4: the same command goes on, with --run {folder["broken"]}\n", broken.Output);
        if (!ended) File.AppendAllText(folder["broken/metrics.jsonl"], File.ReadLines(folder["whole/metrics.jsonl"]).First(l => l.Contains($"\"epoch\":{epoch}")) + "\n"); // killed before it was saved
        string went = Run(Arguments(folder, "broken")).Succeeds().Output;
        Assert.Contains($"resumed {(ended ? "after" : "in")} epoch {(ended ? epoch - 1 : epoch)} of 4, after {updates} updates\nepoch {epoch}: ", went);
        Assert.Equal(File.ReadAllBytes(folder["whole/model.safetensors"]), File.ReadAllBytes(folder["broken/model.safetensors"]));
        Assert.Equal(File.ReadAllText(folder["whole/dev.tsv"]), File.ReadAllText(folder["broken/dev.tsv"]));
        Assert.Equal(CliRun.Measured(folder["whole/metrics.jsonl"]), CliRun.Measured(folder["broken/metrics.jsonl"]));
        Assert.Empty(Directory.GetDirectories(folder["broken"]));
    }

    [Fact]
    public void Checkpoints_within_epochs_change_nothing()
    {
        using var folder = Data();
        Run(Arguments(folder, "whole", "--epochs", "2")).Succeeds();
        Run(Arguments(folder, "saved", "--epochs", "2", "--checkpoint-minutes", "0")).Succeeds();
        Assert.Equal(File.ReadAllBytes(folder["whole/model.safetensors"]), File.ReadAllBytes(folder["saved/model.safetensors"]));
        Assert.Equal(CliRun.Measured(folder["whole/metrics.jsonl"]), CliRun.Measured(folder["saved/metrics.jsonl"]));
        Assert.Empty(Directory.GetDirectories(folder["saved"]));
        Run(Arguments(folder, "x", "--checkpoint-minutes", "-1")).Fails("--checkpoint-minutes");
    }

    [Fact]
    public void Interrupted_seeds_go_on_and_those_that_are_whole_are_not_trained_again()
    {
        using var folder = Data();
        string[] options = ["--seeds", "2", "--epochs", "2"];
        string whole = Run(Arguments(folder, "whole", options)).Succeeds().Output;
        Assert.Equal(130, CliRun.InterruptedAfter("seed 43", Arguments(folder, "broken", options)).Code);
        string output = Run(Arguments(folder, "broken", options)).Succeeds().Output;
        Assert.StartsWith("best: epoch", output.Split('\n')[2]);
        Assert.Equal(whole.Split('\n').Where(l => l.Contains("median")), output.Split('\n').Where(l => l.Contains("median")));
        var early = CliRun.InterruptedAfter("weights: ", Arguments(folder, "early", options));
        Assert.Equal((130, "interrupted\n"), (early.Code, early.Error));
        Assert.EndsWith($"interrupted before the first update: the same command begins again, with --run {folder["early"]}\n", early.Output);
        Assert.Equal(File.ReadAllBytes(folder["whole/seed-43/model.safetensors"]), File.ReadAllBytes(folder["broken/seed-43/model.safetensors"]));
    }
}
