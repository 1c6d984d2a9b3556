using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>Writes the page that shows a run: figures beside their baselines, curves, settings. One file without scripts or links.</summary>
public static class HtmlReport
{
    static readonly XNamespace Html = HtmlPage.Html;

    /// <summary>Writes the report of a run folder.</summary>
    /// <param name="run">The folder.</param>
    /// <param name="configuration">Its settings.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="TrainingException">The page cannot be written.</exception>
    public static void Write(RunFolder run, RunConfiguration configuration, ModelDescription model) =>
        PageFile.Write(run.Report, Page(configuration, model, MetricsLog.Read(run.Metrics)));

    static XDocument Page(RunConfiguration configuration, ModelDescription model, MetricsLog log) => HtmlPage.Of($"Pretraining {configuration.Model}",
        new XElement(Html + "p", new XAttribute("class", "lead"), Lead(configuration, model)),
        new XElement(Html + "div", new XAttribute("class", "cards"), ReportFigures.Cards(log, configuration.Recipe.Objective).Select(Card)),
        new XElement(Html + "div", new XAttribute("class", "charts"), ReportCharts.Of(log, configuration.Recipe.Objective).Select(HtmlPage.Figure)),
        new XElement(Html + "h2", "Settings"),
        Settings(configuration, model));

    static string Lead(RunConfiguration c, ModelDescription model) => string.Create(CultureInfo.InvariantCulture,
        $"{model.ParameterCount:#,0} parameters, {c.Recipe.Optimizer}, {c.Recipe.Steps:#,0} steps of {c.Recipe.TokensAStep()} tokens on {c.Device}. Text: {c.TextDescription}. Held out: one document in {HeldOut.Share}.");

    static XElement Card(ReportCard card) => new(Html + "div", new XAttribute("class", "card"),
        new XElement(Html + "div", new XAttribute("class", "name"), card.Name),
        new XElement(Html + "div", new XAttribute("class", "value"), card.Value),
        card.Notes.Select(note => new XElement(Html + "div", new XAttribute("class", "note"), note)));

    static XElement Settings(RunConfiguration configuration, ModelDescription model)
    {
        var recipe = JsonSerializer.SerializeToElement(configuration.Recipe, JsonFiles.Options);
        var rows = recipe.EnumerateObject().Select(p => (p.Name.Replace('_', ' '), p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : Plain(p.Value)))
            .Prepend(("seed", configuration.Seed.ToString(CultureInfo.InvariantCulture)))
            .Concat(model.Configuration.Select(p => ($"model: {p.Name}", p.Value)));
        return new(Html + "table", rows.Select(r => new XElement(Html + "tr", new XElement(Html + "th", r.Item1), new XElement(Html + "td", r.Item2))));
    }

    static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Select(p => $"{p.Name.Replace('_', ' ')} {Plain(p.Value)}")),
        JsonValueKind.Array => string.Join("; ", value.EnumerateArray().Select(Plain)),
        _ => value.GetRawText(),
    };
}
