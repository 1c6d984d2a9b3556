using System.Text.Json;
using System.Text.Json.Nodes;
using AlbertCompiled.Tests.Onnx;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Scores on the command line: in any unit, with their error beside the correlations.</summary>
public sealed class RegressionTests
{
    const string Good = "The phone is good.";

    static readonly string[] Things = ["phone", "charger", "case", "battery", "screen", "cable"];

    static string Scores(int count, int good, int bad, int shift = 0) => "text,score\n" + string.Concat(Enumerable.Range(shift, count).Select(i =>
        $"The {Things[i % 6]} is {(i % 2 == 0 ? "good" : "bad")} and the {Things[i / 6 % 6]} too.,{(i % 2 == 0 ? good : bad)}\n"));

    static CliRun Run(params string[] args) => CliRun.Zoo(args);

    static string[] Arguments(TemporaryFolder folder, string run, params string[] more) =>
        ["finetune", "regression", "--data", folder[$"{run}.csv"], folder[$"{run}-dev.csv"], "--run", folder[run], "--epochs", "4", "--batch-size", "8", "--learning-rate", "0.002", .. more];

    static string Train(TemporaryFolder folder, string run, int good, int bad)
    {
        folder.Write($"{run}.csv", Scores(48, good, bad));
        folder.Write($"{run}-dev.csv", Scores(20, good, bad, 5));
        return Run(Arguments(folder, run)).Succeeds().Output;
    }

    static double Predicted(string run) => JsonDocument.Parse(CliRun.WithInput(Good + "\n", "predict", run).Succeeds().Output).RootElement.GetProperty("score").GetDouble();

    [Fact]
    public void Scores_of_any_unit_are_learned_alike()
    {
        using var folder = new TemporaryFolder();
        string output = Train(folder, "raw", 1300, 1000), scaled = Train(folder, "scaled", 1, -1);
        Assert.Equal(Correlation(scaled), Correlation(output));
        Assert.Contains("; always the mean of the development data: rmse 150\n", output);
        Assert.Contains("always the mean of the development data: 150<", File.ReadAllText(folder["raw/report.html"]));
        Assert.Equal(new ScoreScale(1150, 150), new FineTunedFolder(folder["raw"]).ReadConfiguration().Scores);
        double score = Predicted(folder["raw"]);
        Assert.InRange(score, 1200, 1400);
        Assert.Equal(1150 + 150 * Predicted(folder["scaled"]), score, 0.01);

        string evaluated = Run("evaluate", folder["raw"]).Succeeds().Output;
        Assert.Matches(@"^pearson +9\d\.\d{4}\nspearman +\d+\.\d{4}\nrmse +[\d.]+\n$", evaluated);
        Assert.Equal(evaluated[..evaluated.IndexOf("rmse", StringComparison.Ordinal)],
            Run("score", "regression", "--data", folder["raw.csv"], folder["raw-dev.csv"], "--predictions", folder["raw/dev.tsv"]).Succeeds().Output.Split("rmse")[0]);
        Assert.Contains(", rmse ", Run("info", folder["raw"]).Succeeds().Output);

        static string Correlation(string output) => output[output.IndexOf("pearson", StringComparison.Ordinal)..output.IndexOf(", rmse", StringComparison.Ordinal)];
    }

    [Fact]
    public void Who_knows_nothing_of_a_scale_gets_scores_and_folders_without_one_stay_as_they_were()
    {
        using var folder = new TemporaryFolder();
        Train(folder, "run", 1300, 1000);
        double score = Predicted(folder["run"]);
        Run("export", folder["run"], "--onnx", folder["run.onnx"]).Succeeds();
        var featurizer = new TextFeaturizer(new VocabularyTokenizer(Vocabulary.Load(folder["run/vocabulary.model"])), 128);
        var (tokens, segments) = featurizer.Encode([new TextExample(Good)])[0].Sequence;
        using (var session = new OnnxSession(folder["run.onnx"])) Assert.Equal(score, session.Run([(tokens, segments)])["logits"][0], 0.05);

        string settings = folder["run/finetuning.json"];
        var json = JsonNode.Parse(File.ReadAllText(settings))!.AsObject();
        json.Remove("scores"); // as an earlier version wrote it, whose model said scores themselves
        File.WriteAllText(settings, json.ToJsonString());
        Assert.Equal((score - 1150) / 150, Predicted(folder["run"]), 1e-4);
        Assert.Contains("; a new head", Run("finetune", "regression", "--data", folder["run.csv"], folder["run-dev.csv"], "--from", folder["run"], "--run", folder["next"], "--epochs", "1").Succeeds().Output);
    }

    [Fact]
    public void Interrupted_scores_go_on_to_the_same_model()
    {
        using var folder = new TemporaryFolder();
        Train(folder, "run", 1300, 1000);
        File.Move(folder["run/model.safetensors"], folder["whole.safetensors"]);
        File.Move(folder["run/dev.tsv"], folder["whole.tsv"]);
        Directory.Delete(folder["run"], recursive: true);
        Assert.Equal(130, CliRun.InterruptedAfter("epoch 2", Arguments(folder, "run")).Code);
        Assert.Contains("resumed after epoch 2 of 4", Run(Arguments(folder, "run")).Succeeds().Output);
        Assert.Equal(File.ReadAllBytes(folder["whole.safetensors"]), File.ReadAllBytes(folder["run/model.safetensors"]));
        Assert.Equal(File.ReadAllText(folder["whole.tsv"]), File.ReadAllText(folder["run/dev.tsv"]));
    }

    [Theory]
    [InlineData(3, 3, 1)]
    [InlineData(5, 1, 2)]
    public void A_scale_is_never_nothing(double a, double b, double deviation) => Assert.Equal(new((a + b) / 2, deviation), ScoreScale.Of([a, b]));
}
