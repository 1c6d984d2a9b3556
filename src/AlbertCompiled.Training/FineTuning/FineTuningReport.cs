using System.Globalization;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>Writes the pages that show fine-tuning: metrics beside their baseline, curves, confusions, settings.</summary>
public static class FineTuningReport
{
    /// <summary>Writes the page of a model.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="configuration">Its settings.</param>
    /// <param name="development">What it was judged by.</param>
    /// <param name="result">What came out.</param>
    /// <exception cref="TrainingException">The page cannot be written.</exception>
    public static void Write(FineTunedFolder folder, FineTuningConfiguration configuration, TaskSet development, FineTuningResult result)
    {
        var confusion = development.Confusion(result.Answers);
        var constant = development.Constant;
        var page = ReportPage.Of(
            Title(configuration), Lead(configuration, result, development.Count),
            ReportPage.Cards(Cards(result, constant)),
            ReportPage.Charts(Charts(result, constant)),
            confusion is null ? [] : Confusions(confusion, development.Labels!),
            new XElement(HtmlPage.Html + "h2", "Settings"),
            ReportPage.Table(ReportSettings.Of(configuration)));
        PageFile.Write(folder.Report, page);
    }

    /// <summary>Writes the page of several seeds.</summary>
    /// <param name="path">The file.</param>
    /// <param name="configuration">Their settings, but for the seed.</param>
    /// <param name="seeds">For each seed its result.</param>
    /// <param name="ensemble">Metrics of all together, their predictions averaged.</param>
    /// <exception cref="TrainingException">The page cannot be written.</exception>
    public static void Write(string path, FineTuningConfiguration configuration, IReadOnlyList<(ulong Seed, FineTuningResult Result)> seeds, IReadOnlyList<MetricValue> ensemble)
    {
        string[] metrics = [.. ensemble.Select(m => m.Metric)];
        var spreads = metrics.Select((_, i) => SeedSpread.Of(seeds.Select(s => s.Result.Best.Metrics[i].Value))).ToList();
        var cards = metrics.Select((name, i) => new ReportCard(
            $"{name}, median of {seeds.Count} seeds", Figure(name, spreads[i].Median), $"from {Figure(name, spreads[i].Lowest)} to {Figure(name, spreads[i].Highest)}, deviation {Figure(name, spreads[i].Deviation)}",
            $"all together (predictions averaged): {Figure(name, ensemble[i].Value)}"));
        var rows = seeds.Select(s => ($"{s.Seed}", (IReadOnlyList<string>)[$"{s.Result.Best.Epoch}", .. s.Result.Best.Metrics.Select(m => Figure(m.Metric, m.Value))]));
        PageFile.Write(path, ReportPage.Of(
            Title(configuration), $"{seeds.Count} seeds; each has a page in its folder.", ReportPage.Cards(cards), new XElement(HtmlPage.Html + "h2", "Seeds"),
            ReportPage.Table(["seed", "best epoch", .. metrics], rows), new XElement(HtmlPage.Html + "h2", "Settings"), ReportPage.Table(ReportSettings.Of(configuration))));
    }

    static string Title(FineTuningConfiguration configuration) => $"{configuration.Task}: {configuration.Model}";

    static string Lead(FineTuningConfiguration c, FineTuningResult result, int development) => string.Create(CultureInfo.InvariantCulture,
        $"{result.Steps.Count:#,0} updates of {c.Recipe.BatchSize} examples on {c.Device}, from {c.From ?? "scratch"}. {development:#,0} items to judge by. The weights after epoch {result.Best.Epoch} of {result.Epochs.Count} were kept.");

    static IEnumerable<ReportCard> Cards(FineTuningResult result, ConstantAnswer? constant)
    {
        foreach (var (metric, value) in result.Best.Metrics)
            yield return new(metric, Figure(metric, value), metric == constant?.Value.Metric ? [$"{constant.Rule} of the development data: {Figure(metric, constant.Value.Value)}"] : []);
        yield return new("Seconds of training", result.Seconds.ToString("#,0.0", CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{result.Steps.Sum(s => (long)s.Tokens) / Math.Max(result.Seconds, 1e-9):#,0} tokens per second"));
    }

    static IEnumerable<Chart> Charts(FineTuningResult result, ConstantAnswer? constant)
    {
        yield return new("Loss", [new("training", Chart.Thin([.. result.Steps.Select(s => ((double)s.Step, (double)s.Loss))]), "train")], [], "0.##");
        for (int i = 0; i < result.Best.Metrics.Count; i++)
        {
            string name = result.Best.Metrics[i].Metric;
            yield return new(name, [new("development", [.. result.Epochs.Select(e => ((double)e.Step, e.Metrics[i].Value))], "held", Marks: true)],
                name == constant?.Value.Metric ? [new(constant.Rule, constant.Value.Value)] : [], result.Best.Metrics[i].IsError ? "0.####" : IsCorrelation(name) ? "0.##" : "0.#%");
        }

        yield return new("Learning rate", [new("training", Chart.Thin([.. result.Steps.Select(s => ((double)s.Step, (double)s.LearningRate))]), "train")], [], "0.#######", FromZero: true);
        yield return new("Gradient norm", [new("training", Chart.Thin([.. result.Steps.Select(s => ((double)s.Step, (double)s.GradientNorm))]), "train")], [], "0.##", FromZero: true);
    }

    // a row a true class, a column a predicted one
    static XElement[] Confusions(ConfusionMatrix confusion, LabelSet labels) =>
    [
        new(HtmlPage.Html + "h2", "True class (rows) and predicted class (columns)"),
        ReportPage.Table(["", .. labels.Names, "recall", "precision", "F1"], Enumerable.Range(0, labels.Count).Select(gold => (labels.Names[gold], (IReadOnlyList<string>)
        [
            .. Enumerable.Range(0, labels.Count).Select(p => confusion[gold, p].ToString("#,0", CultureInfo.InvariantCulture)),
            Percent(confusion.Recall(gold)), Percent(confusion.Precision(gold)), Percent(confusion.F1(gold)),
        ]))),
    ];

    // correlations are no shares
    static bool IsCorrelation(string metric) => metric is "matthews" or "pearson" or "spearman";

    static string Figure(string metric, double value) => new MetricValue(metric, value) is { IsError: true } error ? error.Text() : IsCorrelation(metric) ? value.ToString("0.000", CultureInfo.InvariantCulture) : Percent(value);

    static string Percent(double share) => share.ToString("0.0%", CultureInfo.InvariantCulture);
}
