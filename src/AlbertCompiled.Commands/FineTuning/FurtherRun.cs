using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>What is typed to train the model of a run that is complete for longer: on the same text, in the same way.</summary>
static class FurtherRun
{
    static readonly PretrainOptions Options = new();

    /// <summary>The options of <c>albert pretrain</c>: the text, and every setting that is not the model's own.</summary>
    /// <param name="from">Folder of the run that is complete.</param>
    /// <param name="run">Folder of the run that goes on from its weights.</param>
    /// <param name="configuration">Settings of the latter.</param>
    /// <param name="model">The model of both.</param>
    public static string Of(string from, string run, RunConfiguration configuration, ModelDescription model)
    {
        var settings = PretrainSettings.Recorded(Options).Where(s => s.Option != Options.Model && s.Option != Options.From && s.Option != Options.Steps);
        var usual = Usual(configuration, model);
        string[] changed = [.. settings.Where(s => s.Value(configuration) != s.Value(usual)).Select(s => $" {s.Option.Name} {SelfCommand.Quote(s.Value(configuration))}")];
        return $"{Options.From.Name} {SelfCommand.Quote(from)} {Options.Run.Name} {SelfCommand.Quote(run)} {Options.Steps.Name} {configuration.Recipe.Steps}{Text(configuration)}{string.Concat(changed)}";
    }

    // what a run has if nothing but its optimizer and the size of its updates is said
    static RunConfiguration Usual(RunConfiguration configuration, ModelDescription model)
    {
        var recipe = Recipes.For(model, configuration.Recipe.Optimizer);
        double rate = Recipes.Changed(recipe, configuration.Recipe with { LearningRate = recipe.LearningRate }).LearningRate;
        return configuration with { Format = null, Seed = PretrainOptions.UsualSeed, Recipe = recipe with { Optimizer = model.Optimizer, LearningRate = rate } };
    }

    static string Text(RunConfiguration configuration) =>
        configuration.Data is { } data ? $" {Options.Data.Name} {SelfCommand.Quote(data)}"
        : configuration.Text.Count > 0 ? $" {Options.Texts.Text.Name} {string.Join(' ', configuration.Text.Select(SelfCommand.Quote))}" : "";
}
