using System.Globalization;
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
        $"Pretraining {configuration.Model}", Lead(configuration, model, log),
        ReportPage.Cards(ReportFigures.Cards(log, configuration.Recipe.Objective)),
        ReportPage.Charts(ReportCharts.Of(log, configuration.Recipe.Objective)),
        new XElement(HtmlPage.Html + "h2", "Settings"),
        ReportPage.Table(ReportSettings.Of(configuration, model)));

    static string Lead(RunConfiguration c, ModelDescription model, MetricsLog log) => string.Create(CultureInfo.InvariantCulture,
        $"{model.ParameterCount:#,0} parameters, {c.Recipe.Optimizer}, {Steps(log, c.Recipe.Steps)} of {c.Recipe.TokensAStep()} tokens on {c.Device}. Text: {c.TextDescription}. Held out: one document in {HeldOut.Share}.");

    static string Steps(MetricsLog log, long all)
    {
        long done = log.Steps.Count > 0 ? log.Steps[^1].Step : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{(done < all ? $"interrupted after step {done:#,0} of " : "")}{all:#,0} steps");
    }
}
