using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace AlbertCompiled.Training;

/// <summary>Writes the page that shows a run: figures beside their baselines, curves, settings. One file without scripts or links.</summary>
public static class HtmlReport
{
    /// <summary>Writes the report of a run folder.</summary>
    /// <param name="run">The folder.</param>
    /// <param name="configuration">Its settings.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="TrainingException">The page cannot be written.</exception>
    public static void Write(RunFolder run, RunConfiguration configuration, ModelDescription model) =>
        PageFile.Write(run.Report, Page(configuration, model, MetricsLog.Read(run.Metrics)));

    static XDocument Page(RunConfiguration configuration, ModelDescription model, MetricsLog log) => ReportPage.Of(
        $"Pretraining {configuration.Model}", Lead(configuration, model),
        ReportPage.Cards(ReportFigures.Cards(log, configuration.Recipe.Objective)),
        ReportPage.Charts(ReportCharts.Of(log, configuration.Recipe.Objective)),
        new XElement(HtmlPage.Html + "h2", "Settings"),
        Settings(configuration, model));

    static string Lead(RunConfiguration c, ModelDescription model) => string.Create(CultureInfo.InvariantCulture,
        $"{model.ParameterCount:#,0} parameters, {c.Recipe.Optimizer}, {c.Recipe.Steps:#,0} steps of {c.Recipe.TokensAStep()} tokens on {c.Device}. Text: {c.TextDescription}. Held out: one document in {HeldOut.Share}.");

    static XElement Settings(RunConfiguration configuration, ModelDescription model)
    {
        var recipe = JsonSerializer.SerializeToElement(configuration.Recipe, JsonFiles.Options);
        var rows = recipe.EnumerateObject().Select(p => (p.Name.Replace('_', ' '), p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : Plain(p.Value)))
            .Prepend(("seed", configuration.Seed.ToString(CultureInfo.InvariantCulture)))
            .Concat(model.Configuration.Select(p => ($"model: {p.Name}", p.Value)));
        return ReportPage.Table(rows);
    }

    internal static string Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Select(p => $"{p.Name.Replace('_', ' ')} {Plain(p.Value)}")),
        JsonValueKind.Array => string.Join("; ", value.EnumerateArray().Select(Plain)),
        _ => value.GetRawText(),
    };
}
