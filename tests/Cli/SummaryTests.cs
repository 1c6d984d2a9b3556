using System.Text.Json;
using AlbertCompiled.Commands;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>What <c>albert pretrain</c> says at its end is what was measured.</summary>
public sealed class SummaryTests : PretrainingCommandTests
{
    [Fact]
    public void The_figures_are_those_of_the_last_evaluation()
    {
        string output = Pretrain().Succeeds().Output;
        double Final(string name) => Measured("run", "final").Single().GetProperty(name).GetDouble();
        double Rule(string name) => Measured("run", "baselines").Single().GetProperty(name).GetDouble();
        FormattableString[] told =
        [
            $"held-out text, {Final("sequences"):#,0} sequences, {Final("predictions"):#,0} masked tokens:\n",
            $"  masked tokens found   {Final("mlm_accuracy"),6:0.0%}\n",
            $"    most frequent token {Rule("most_frequent_token"),6:0.0%}\n",
            $"    previous-token table{Rule("previous_token"),7:0.0%}  (",
            $"  sentence order told   {Final("sop_accuracy"),6:0.0%}\n",
            $"    first tokens only   {Rule("first_tokens"),6:0.0%}  (",
            $"\nstep=12 loss={Final("loss"):0.0000} mlm_accuracy={Final("mlm_accuracy"):0.0000} sop_accuracy={Final("sop_accuracy"):0.0000} tokens_per_s=",
        ];
        Assert.All(told, part => Assert.Contains(FormattableString.Invariant(part), output));
        Assert.NotEqual($"{Final("mlm_accuracy"):0.0000}", $"{Final("sop_accuracy"):0.0000}");

        var steps = Measured("run", "step").Select(s => (Tokens: s.GetProperty("tokens").GetDouble(), Seconds: s.GetProperty("tokens").GetDouble() / s.GetProperty("tokens_per_s").GetDouble())).ToList();
        double speed = steps.Sum(s => s.Tokens) / steps.Sum(s => s.Seconds);
        Assert.Equal(speed, double.Parse(output.TrimEnd('\n').Split('=')[^1], System.Globalization.CultureInfo.InvariantCulture), 0.01 * speed);
    }

    [Fact]
    public void The_verdict_names_the_rules_that_lead()
    {
        const string TrainLonger = " yet: train it longer, ";
        Assert.Contains("\nThe model beats all of these rules.\n", Reaching("all", 1, 1));
        var rules = Measured("all", "baselines").Single();
        double frequent = rules.GetProperty("most_frequent_token").GetDouble(), previous = rules.GetProperty("previous_token").GetDouble();
        Assert.True(frequent < previous);
        Assert.Contains("\nThe model does not beat the previous-token table" + TrainLonger, Reaching("between", (float)((frequent + previous) / 2), 1));
        Assert.Contains("\nThe model does not beat the rule of first tokens" + TrainLonger, Reaching("orderless", 1, 0));
        Assert.Contains("\nThe model does not beat the most frequent token and the previous-token table and the rule of first tokens" + TrainLonger, Reaching("none", 0, 0));
        Assert.Contains("\nThe model beats all of these rules.\n", Reaching("taskless", 1, 0, "--objective", "none"));
    }

    string Reaching(string run, float mlm, float sop, params string[] more)
    {
        var fake = new RegisteredModel(FakeModel.Describe(), (_, capacity, seed, _) =>
        {
            var model = FakeModel.Create(FakeModel.Describe(), capacity, seed);
            model.Accuracies = (mlm, sop);
            return model;
        });
        return CliRun.Compiled(new(fake), [.. Arguments()[..^1], folder[run], .. more]).Succeeds().Output;
    }

    IEnumerable<JsonElement> Measured(string run, string kind) =>
        File.ReadLines(folder[$"{run}/metrics.jsonl"]).Select(l => MetricsLog.Parse(l)!.Value).Where(e => e.GetProperty("kind").GetString() == kind);
}
