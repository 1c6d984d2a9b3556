using AlbertCompiled.Experiments;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests.Experiments;

/// <summary>The rules by which a page says that it agrees with the paper or contradicts it.</summary>
public class VerdictTests
{
    static readonly Quantity Accuracy = new("accuracy", "accuracy", "0.0%"), Loss = new("loss", "loss", "0.000", LowerIsBetter: true);

    [Fact]
    public void An_interval_is_Students()
    {
        var interval = Interval.Of([1, 2, 3]);
        Assert.Equal((2, 1, 3), (interval.Mean, interval.Deviation, interval.Count));
        Assert.Equal(4.303 / Math.Sqrt(3), interval.HalfWidth, 12);
        Assert.Equal(double.PositiveInfinity, Interval.Of([5]).HalfWidth);
        Assert.Throws<ArgumentException>(() => Interval.Of([]));
    }

    [Theory]
    [InlineData(10, 2.2281)]
    [InlineData(11, 2.2010)]
    [InlineData(12, 2.1788)]
    [InlineData(29, 2.0452)]
    [InlineData(99, 1.9842)]
    [InlineData(1001, 1.9623)]
    public void Quantiles_are_Students_for_any_number_of_seeds(int degrees, double quantile)
    {
        double[] values = [.. Enumerable.Range(0, degrees + 1).Select(i => (double)i)];
        var interval = Interval.Of(values);
        Assert.Equal(quantile, interval.HalfWidth * Math.Sqrt(values.Length) / interval.Deviation, 3e-4);
    }

    [Theory]
    [InlineData(new[] { 0.60, 0.62, 0.61 }, new[] { 0.50, 0.51, 0.50 }, Outcome.Agrees)]
    [InlineData(new[] { 0.50, 0.51, 0.50 }, new[] { 0.60, 0.62, 0.61 }, Outcome.Contradicts)]
    [InlineData(new[] { 0.50, 0.60, 0.52 }, new[] { 0.51, 0.50, 0.58 }, Outcome.Undecided)]
    [InlineData(new[] { 0.9 }, new[] { 0.1 }, Outcome.Undecided)]
    // seeds are paired: each is better by the same, however far apart the seeds lie
    [InlineData(new[] { 0.12, 0.53, 0.92 }, new[] { 0.10, 0.50, 0.90 }, Outcome.Agrees)]
    [InlineData(new[] { 0.5, 0.5, 0.5 }, new[] { 0.5, 0.5, 0.5 }, Outcome.Undecided)]
    public void A_difference_counts_if_its_interval_excludes_none(double[] a, double[] b, Outcome outcome)
    {
        var claim = ContrastClaim.Better("a does better than b", Accuracy, "a", "b");
        Assert.Equal(outcome, claim.Judge(Results("accuracy", ("a", a), ("b", b)))!.Outcome);
        var loss = ContrastClaim.Better("a does better than b", Loss, "b", "a");
        Assert.Equal(outcome, loss.Judge(Results("loss", ("a", a), ("b", b)))!.Outcome);
    }

    [Fact]
    public void Sentences_name_claim_figures_and_seeds()
    {
        var results = Results("accuracy", ("a", [0.60, 0.62, 0.61]), ("b", [0.50, 0.51, 0.50]));
        Assert.Equal("As in the paper: a does better. Here accuracy, a − b, is +10.7 points (95% interval +9.2 to +12.1, 3 seeds).", ContrastClaim.Better("a does better", Accuracy, "a", "b").Judge(results)!.Sentence);
        Assert.StartsWith("Contradicts the paper at this scale: b does better. Here accuracy, b − a, is −10.7 points (95% interval −12.1 to −9.2", ContrastClaim.Better("b does better", Accuracy, "b", "a").Judge(results)!.Sentence);
        var one = Results("loss", ("a", [1.5]), ("b", [2.0]));
        Assert.Equal("Not decided at this scale: a does better. Here loss, a − b, is −0.500 (one seed, which tells no spread); the seeds leave it open.", ContrastClaim.Better("a does better", Loss, "a", "b").Judge(one)!.Sentence);
    }

    [Fact]
    public void A_difference_of_differences()
    {
        var results = Results("loss", ("a", [1, 2, 3]), ("b", [4.0, 5.1, 6]), ("c", [1, 2, 3]), ("d", [2, 3, 4.1]));
        var claim = new ContrastClaim("b − a exceeds d − c", Accuracy with { Key = "loss", NumberFormat = "0.0" }, ("b", 1), ("a", -1), ("d", -1), ("c", 1));
        var verdict = claim.Judge(results)!;
        Assert.Equal(Outcome.Agrees, verdict.Outcome);
        Assert.Contains("b − a − d + c, is +2.0", verdict.Evidence);
    }

    [Theory]
    [InlineData(new[] { 0.51, 0.52, 0.51 }, Outcome.Agrees)]
    [InlineData(new[] { 0.70, 0.71, 0.69 }, Outcome.Contradicts)]
    [InlineData(new[] { 0.52, 0.58, 0.50 }, Outcome.Undecided)]
    public void A_level_is_met_within_its_tolerance(double[] values, Outcome outcome) =>
        Assert.Equal(outcome, new LevelClaim("a guesses", Accuracy, "a", 0.5, 0.05).Judge(Results("accuracy", ("a", values)))!.Outcome);

    [Theory]
    [InlineData(new[] { 0.51, 0.52, 0.51 }, Outcome.Agrees)]
    [InlineData(new[] { 0.31, 0.32, 0.31 }, Outcome.Contradicts)]
    [InlineData(new[] { 0.31, 0.6, 0.5 }, Outcome.Undecided)]
    public void A_level_is_exceeded(double[] values, Outcome outcome) =>
        Assert.Equal(outcome, new AboveClaim("a does something", Accuracy, "a", 0.4).Judge(Results("accuracy", ("a", values)))!.Outcome);

    [Fact]
    public void A_count_rounds_to_the_papers_or_differs_whatever_the_scale()
    {
        Quantity heads = new("with heads", "heads", "#,0"), alone = new("alone", "alone", "#,0");
        var results = new ResultSet(new Dictionary<string, IReadOnlyList<RunResult>> { ["a"] = [RunResult.Of(Key("a", 1), new Dictionary<string, double> { ["heads"] = 12_400_000, ["alone"] = 10_000_000 })] });
        Assert.Equal("As in the paper: a has 12M parameters (Table 1). Here the nearest count is 12,400,000 (with heads).", new RoundsClaim("a", 12, heads, alone).Judge(results)!.Sentence);
        Assert.Equal("Contradicts the paper: a has 15M parameters (Table 1). Here the nearest count is 12,400,000 (with heads).", new RoundsClaim("a", 15, heads, alone).Judge(results)!.Sentence);
    }

    [Fact]
    public void What_was_not_measured_is_not_judged()
    {
        var results = Results("accuracy", ("a", [0.5]));
        Assert.Null(ContrastClaim.Better("a does better", Accuracy, "a", "b").Judge(results));
        Assert.Null(new LevelClaim("b guesses", Accuracy, "b", 0.5, 0.05).Judge(results));
        Assert.Empty(results.Values("a", Accuracy with { RelativeTo = "b" }));
        Assert.Empty(results.Values("a", Loss));

        // of rows with several seeds, those of which it was not measured are left out
        RunResult Result(string row, int seed, string key, double value) => RunResult.Of(Key(row, seed), new Dictionary<string, double> { [key] = value });
        var partly = new ResultSet(new Dictionary<string, IReadOnlyList<RunResult>>
        {
            ["a"] = [Result("a", 1, "loss", 1), Result("a", 2, "accuracy", 0.6), Result("a", 3, "accuracy", 0.7)],
            ["b"] = [Result("b", 1, "accuracy", 0.5), Result("b", 2, "accuracy", 0.5), Result("b", 3, "loss", 1)],
        });
        Assert.Null(new LevelClaim("c guesses", Accuracy with { RelativeTo = "c" }, "a", 0.5, 0.05).Judge(partly));
        Assert.Contains("+10.0 points (one seed", ContrastClaim.Better("a does better", Accuracy, "a", "b").Judge(partly)!.Evidence);
        Assert.Null(new AboveClaim("a is well", Accuracy with { Key = "other" }, "a", 0.5).Judge(partly));
        Assert.Null(new RoundsClaim("a", 12, Accuracy, Loss).Judge(partly));
        Assert.Equal([1.2], partly.Values("a", Accuracy with { RelativeTo = "b" }), (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Fact]
    public void A_probe_reads_what_a_line_parts()
    {
        var random = new Random(3);
        List<(double[], bool)> rows = [.. Enumerable.Range(0, 2000).Select(_ => new[] { random.NextDouble(), random.NextDouble() }).Select(x => (x, x[0] - 0.5 * x[1] > 0.3))];
        double[] w = LinearProbe.Fit(rows);
        Assert.True(rows.Average(r => (w[0] * r.Item1[0] + w[1] * r.Item1[1] + w[2] > 0) == r.Item2 ? 1.0 : 0) > 0.95);
        Assert.True(w[0] > 0 && w[1] < 0);
    }

    [Fact]
    public void Layers_in_figures()
    {
        var layers = new LayerSummary([2, 4, 3], [10, 20, 30]);
        Assert.Equal(0.5, layers.Roughness, 12);   // (2 + 1) / 2 changes, mean 3
        Assert.Equal(1, layers.Last, 12);
        Assert.Equal(0, new LayerSummary([2], [10]).Roughness);
    }

    static RunKey Key(string row, int seed) => new(row, Objective.SentenceOrder, (ulong)seed, 1, "", "");

    static ResultSet Results(string key, params (string Row, double[] Values)[] rows) => new(rows.ToDictionary(
        r => r.Row, r => (IReadOnlyList<RunResult>)[.. r.Values.Select((v, i) => RunResult.Of(Key(r.Row, i + 1), new Dictionary<string, double> { [key] = v }))]));
}
