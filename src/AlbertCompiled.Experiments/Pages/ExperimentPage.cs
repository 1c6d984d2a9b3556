using System.Globalization;
using System.Xml.Linq;
using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>The page of an experiment: verdicts by rule, table, plots, settings. One file without scripts or links.</summary>
public static class ExperimentPage
{
    static readonly XNamespace Html = HtmlPage.Html;

    // two rows of layers can be told apart; the page's style has colours for as many
    static readonly string[] LayerStyles = ["held", "train"];

    /// <summary>Draws it.</summary>
    public static XDocument Draw(Experiment experiment, ResultSet results, PageFacts facts)
    {
        var table = ExperimentTable.Of(experiment, results);
        return HtmlPage.Of(experiment.Title,
            Paragraph(Lead(experiment, results, facts)),
            Heading("What the paper says, and what came out"),
            Verdicts(Judge(experiment, results)),
            Heading(experiment.PaperColumns.Count > 0 ? "Ours, and the paper's figures beside" : "Ours"),
            Paragraph($"Mean ± standard deviation over seeds. The paper (Lan et al., ALBERT, ICLR 2020, arXiv 1909.11942v6) measured {experiment.PaperMeasured}."),
            ReportPage.Table(table.Header, table.Rows),
            new XElement(Html + "div", new XAttribute("class", "charts"), Plots(experiment, results, facts), experiment.DrawsLayers ? Layers(experiment, results) : null),
            Heading("Settings"),
            ReportPage.Table(Settings(experiment, results, facts)));
    }

    /// <summary>The verdicts, in the order of the claims.</summary>
    public static IReadOnlyList<Verdict> Judge(Experiment experiment, ResultSet results) => [.. experiment.Claims.Select(c => c.Judge(results)).OfType<Verdict>()];

    static string Lead(Experiment experiment, ResultSet results, PageFacts facts) => experiment.Measurement switch
    {
        Measurement.Counting => "Counted from the models as they are compiled.",
        Measurement.Speed => string.Create(CultureInfo.InvariantCulture, $"Steps of {SpeedRun.Tokens} tokens in one sequence, 15% of them predicted, LAMB; {facts.Budget.Seeds} steps after one that is not counted. On {facts.Machine}."),
        _ => string.Create(CultureInfo.InvariantCulture,
            $"{experiment.Rows.Sum(r => results[r.Name].Count)} runs of small models, equal in all that the table does not name: {facts.Budget.Steps:#,0} steps of {ExperimentRecipe.Capacity.Tokens:#,0} tokens where nothing else is said, the same text in the same order for each seed. Scored on the same {ExperimentRecipe.EvaluationSequences:#,0} held-out sequences with the same masks. What a rule decides is what the seeds show at this scale, not what a large model would."),
    };

    static XElement Verdicts(IReadOnlyList<Verdict> verdicts) => verdicts.Count == 0
        ? Paragraph("None of the rows that the paper's claims speak of was measured.")
        : new(Html + "ul", verdicts.OrderBy(v => v.Outcome != Outcome.Contradicts).Select(v => new XElement(Html + "li", new XAttribute("class", $"verdict {v.Outcome.ToString().ToLowerInvariant()}"), v.Sentence)));

    static IEnumerable<XElement> Plots(Experiment experiment, ResultSet results, PageFacts facts)
    {
        foreach (var plot in experiment.Plots)
        {
            DotRow[] rows = [.. experiment.Rows.Select(r => new DotRow(r.Name, plot.Quantity is { } m ? results.Values(r.Name, m) : [], plot.Paper >= 0 && plot.Paper < r.Paper.Count ? r.Paper[plot.Paper] * plot.Scale : null))];
            if (!rows.Any(r => r.Values.Count > 0 || r.Paper is not null)) continue;
            string PaperNumber(double value) => value.ToString(experiment.PaperColumns[plot.Paper].Format, CultureInfo.InvariantCulture);
            yield return new(Html + "figure",
                new XElement(Html + "figcaption", plot.Title, new XElement(Html + "span", new XAttribute("class", "legend"), Key("train", "ours, a dot a seed", plot.Quantity is not null), Key("held", "paper", plot.Paper >= 0))),
                DotPlot.Draw(plot.Title, rows, plot.Quantity is { } quantity ? facts.Levels.GetValueOrDefault(quantity.Key) ?? [] : [], plot.Quantity is { } shown ? shown.Number : PaperNumber));
        }
    }

    static XElement? Key(string style, string name, bool shown) => shown ? new(Html + "span", new XAttribute("class", $"key {style}"), name) : null;

    static IEnumerable<XElement> Layers(Experiment experiment, ResultSet results)
    {
        Chart Of(string title, string format, Func<RunResult, IReadOnlyList<double>> layers) => new(title, [.. experiment.Rows.Select((row, i) => Curve(row.Name, LayerStyles[i], [.. results[row.Name].Select(layers)]))], [], format, FromZero: true)
        {
            Across = "layer",
            From = 1,
        };

        yield return HtmlPage.Figure(Of("L2 distance of a layer's input and output", "0.#", r => r.Distances));
        yield return HtmlPage.Figure(Of("Angle of a layer's input and output, degrees", "0", r => r.Degrees));
    }

    static Series Curve(string name, string style, IReadOnlyList<IReadOnlyList<double>> seeds)
    {
        Interval[] layers = [.. Enumerable.Range(0, seeds.Select(s => s.Count).DefaultIfEmpty(0).Min()).Select(l => Interval.Of([.. seeds.Select(s => s[l])]))];
        return new(name, [.. layers.Select((l, i) => (i + 1.0, l.Mean))], style, Marks: true) { Spread = [.. layers.Select((l, i) => (i + 1.0, l.Mean - l.Deviation, l.Mean + l.Deviation))] };
    }

    static IEnumerable<(string Name, string Value)> Settings(Experiment experiment, ResultSet results, PageFacts facts)
    {
        yield return ("command", facts.Command);
        RunResult[] all = [.. experiment.Rows.SelectMany(r => results[r.Name])];
        if (experiment.Measurement != Measurement.Counting) yield return (experiment.Measurement == Measurement.Speed ? "repetitions" : "seeds", string.Join(", ", all.Select(r => r.Key.Seed).Distinct().Order()));
        yield return ("measured", string.Join(", ", all.Select(r => r.Date).Distinct().Order()));
        if (experiment.Measurement != Measurement.Counting) yield return ("machine", facts.Machine);
        foreach (var row in experiment.Rows)
            yield return ($"row: {row.Name}", $"{row.Configuration}: {string.Join(", ", ExperimentModel.Find(row.Configuration).Description.Configuration.Where(p => Shown.Contains(p.Name)).Select(p => $"{p.Name} {p.Value}"))}");
        if (experiment.Measurement != Measurement.Training) yield break;
        if (facts.Text is { } text) yield return ("text", text);
        foreach (var setting in ReportSettings.Of(ExperimentRecipe.Of(Objective.SentenceOrder, facts.Budget.Steps)).Where(s => s.Name != ReportSettings.SecondTask)) yield return setting;
    }

    static readonly string[] Shown = ["Vocabulary", "Embedding", "Hidden", "Layers", "Groups", "Heads", "Intermediate", "Sharing", "Dropout"];

    static XElement Heading(string text) => new(Html + "h2", text);

    static XElement Paragraph(string text) => new(Html + "p", new XAttribute("class", "lead"), text);
}
