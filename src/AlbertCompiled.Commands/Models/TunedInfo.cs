using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>What <c>albert info</c> says of a fine-tuned folder before the model: task, labels, what it came from, how good it is.</summary>
static class TunedInfo
{
    public static void Print(FineTunedFolder folder, TextWriter output)
    {
        var c = folder.ReadConfiguration();
        output.WriteLine($"{folder.Folder}: a fine-tuned model for {c.Task}, from {c.From ?? "scratch"}");
        if (c.LabelSet() is { } labels) output.WriteLine($"labels: {labels}");
        output.WriteLine($"data: {string.Join(", ", c.Data)}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"training: at most {Plural.Of(c.Recipe.Epochs, "epoch")}, {c.Recipe.BatchSize} examples an update, learning rate {c.Recipe.LearningRate}, seed {c.Seed}, sequences of {c.Sequence}, on {c.Device}"));
        var epochs = File.Exists(folder.Metrics) ? FineTuningMetrics.Read(folder.Metrics).Epochs : [];
        if (epochs.LastOrDefault(e => e.IsBest) is { } best)
            output.WriteLine($"best: epoch {best.Epoch} of {epochs.Count}, {string.Join(", ", best.Metrics.Select(m => $"{m.Metric} {m.Text()}"))}");
        if (!folder.IsComplete) output.WriteLine($"it is not complete: the command that began it goes on, with --run {SelfCommand.Quote(RunOf(folder.Folder, c))}");
    }

    // what --run named: several seeds have a folder each in it
    static string RunOf(string folder, FineTuningConfiguration configuration)
    {
        string named = Path.TrimEndingDirectorySeparator(folder);
        return Path.GetDirectoryName(named) is { Length: > 0 } parent && FineTunedFolder.OfSeed(parent, configuration.Seed) == named ? parent : named;
    }
}
