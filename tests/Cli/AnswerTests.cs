using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Questions that may be without an answer, on the command line: thresholds of null odds from training to prediction and evaluation.</summary>
public sealed class AnswerTests
{
    static readonly string[] Things = ["phone", "charger", "case", "battery", "screen", "cable"];

    static CliRun Run(params string[] args) => CliRun.Zoo(args);

    [Fact]
    public void A_question_without_an_answer_gets_none_above_a_threshold()
    {
        using var folder = new TemporaryFolder();
        string data = folder.Write("spans.csv", "question,context,answer\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"{(i % 2 == 0 ? "Which." : "When.")},The {Things[i % 6]} is here.,{(i % 2 == 0 ? Things[i % 6] : "")}\n")));
        Run("finetune", "answers", "--data", data, data, "--run", folder["run"], "--epochs", "1", "--sequence", "64").Succeeds();
        Assert.DoesNotContain("\"\"", File.ReadAllText(folder["run/dev.json"]));
        double threshold = new FineTunedFolder(folder["run"]).ReadConfiguration().NullOddsThreshold!.Value;
        string scored = Run("score", "answers", "--data", data, "--predictions", folder["run/dev.json"], "--null-odds", folder["run/dev.null_odds.json"]).Succeeds().Output;
        double official = double.Parse(Regex.Match(scored, @"best_f1_thresh +(-?[\d.]+)\n").Groups[1].Value, CultureInfo.InvariantCulture); // a question's own, which is not parted from it by rounding
        Assert.InRange(threshold, official + 1e-12, official + 10);
        Assert.All(Answers("--threshold", "-1e9"), Assert.Empty);
        Assert.All(Answers("--threshold", "1e9"), Assert.NotEmpty);
        Assert.Equal(Answers("--threshold", threshold.ToString("R", CultureInfo.InvariantCulture)), Answers());
        Run("finetune", "answers", "--data", data, data, "--run", folder["run"], "--epochs", "1", "--sequence", "64").Fails("holds a fine-tuned model already");

        string[] Answers(params string[] options) =>
            [.. Run(["predict", folder["run"], "--data", data, .. options]).Succeeds().Output.TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement.GetProperty("answer").GetString()!)];
    }

    [Fact]
    public void The_threshold_of_the_best_epoch_is_noted_with_it_and_gives_its_f1()
    {
        using var folder = new TemporaryFolder();
        string data = folder.Write("spans.csv", "question,context,answer\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"Which.,The {Things[i % 6]} is here.,{(i % 5 == 0 ? Things[i % 6] : "")}\n")));
        double? noted = null;
        string output = CliRun.Watching(
            "epoch 1", () => noted = new FineTunedFolder(folder["run"]).ReadConfiguration().NullOddsThreshold,
            "finetune", "answers", "--data", data, data, "--run", folder["run"], "--epochs", "1", "--sequence", "64", "--seed", "3", "--learning-rate", "1e-9").Succeeds().Output;
        Assert.Contains("best_f1 80.00", output); // no answer at all
        Assert.NotNull(noted);
        Assert.Equal(noted, new FineTunedFolder(folder["run"]).ReadConfiguration().NullOddsThreshold);
        Run("predict", folder["run"], "--data", data, "-o", folder["answers.json"]).Succeeds();
        Assert.Contains("\nf1                    80.0000\n", Run("score", "answers", "--data", data, "--predictions", folder["answers.json"]).Succeeds().Output);
    }

    [Fact]
    public void Evaluation_applies_the_noted_threshold_and_tells_the_best_one_as_an_upper_bound()
    {
        using var folder = new TemporaryFolder();
        string data = folder.Write("spans.csv", "question,context,answer\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"{(i % 2 == 0 ? "Which." : "When.")},The {Things[i % 6]} is here.,{(i % 2 == 0 ? Things[i % 6] : "")}\n")));
        string run = folder["run"];
        Run("finetune", "answers", "--data", data, data, "--run", run, "--epochs", "1", "--sequence", "64").Succeeds();
        var configuration = new FineTunedFolder(run).ReadConfiguration();
        double noted = configuration.NullOddsThreshold!.Value;

        string[] own = Lines(Run("evaluate", run)), none = Evaluated(-1e9), all = Evaluated(null);
        Assert.Equal(["f1", "exact", "HasAns_f1", "HasAns_exact", "NoAns_f1", "NoAns_exact", "threshold", "best_f1", "best_exact"], own.Select(l => l.Split(' ')[0]));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{"threshold",-20}{noted,9:0.0000}  <- of null odds, noted in finetuning.json; predict uses it"), own[6]);
        Assert.EndsWith(" none  <- finetuning.json notes none: every question gets an answer, as from predict", all[6]);
        Assert.Equal(["HasAns_f1              0.0000", "HasAns_exact           0.0000", "NoAns_f1             100.0000", "NoAns_exact          100.0000"], none[2..6]);
        foreach (var (evaluated, threshold) in new[] { (own, noted), (none, -1e9), (all, 1e9) }) Assert.Equal(Predicted(threshold).Order(), evaluated[..6].Order());
        Assert.Equal(own[7..], none[7..]); // whatever was noted
        Assert.Equal(own[7..], all[7..]);
        Assert.All(own[7..], l => Assert.Matches("^best_[a-z0-9]+ +[0-9.]+  <- at -?[0-9.]+, tuned on this set: an upper bound$", l));
        Assert.StartsWith($"{run}: f1 ", Run("evaluate", run, run).Succeeds().Output);

        string[] Evaluated(double? threshold)
        {
            new FineTunedFolder(run).Update(configuration with { NullOddsThreshold = threshold });
            return Lines(Run("evaluate", run));
        }

        string[] Predicted(double threshold)
        {
            Run("predict", run, "--data", data, "-o", folder["answers.json"], "--threshold", threshold.ToString("R", CultureInfo.InvariantCulture)).Succeeds();
            return Lines(Run("score", "answers", "--data", data, "--predictions", folder["answers.json"]));
        }

        static string[] Lines(CliRun run) => run.Succeeds().Output.TrimEnd('\n').Split('\n');
    }
}
