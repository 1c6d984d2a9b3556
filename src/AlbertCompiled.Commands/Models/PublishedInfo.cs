using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>What <c>albert info</c> says of a published folder: its configuration, its weights, and the models that load it.</summary>
static class PublishedInfo
{
    public static void Print(PublishedFolder folder, ModelRegistry models, TextWriter output)
    {
        output.WriteLine($"{folder.Folder}: a published model, {folder.Config.Class}");
        foreach (var (property, value) in folder.Config.Properties) output.WriteLine($"  {property} = {value}");
        using (var files = folder.OpenWeights())
        {
            var types = files.Entries.GroupBy(e => e.Type).OrderByDescending(g => g.Sum(e => e.Bytes));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"weights: {files.Entries.Count()} tensors in {files.Count} {(files.Count == 1 ? "file" : "files")}, {files.Entries.Sum(e => e.Count):#,0} values, {files.Entries.Sum(e => e.Bytes) / 1e6:#,0.0} MB, {string.Join(" and ", types.Select(g => g.Key))}"));
        }

        output.WriteLine($"vocabulary: {Vocabulary(folder)}");
        var fitting = models.Fitting(folder.Config).ToList();
        foreach (var model in fitting)
        {
            output.WriteLine($"{model.Description.Name} computes this: {folder.Match(model.Description)}");
            if (folder.Config.Differences(model.Description, ofTraining: true) is { Count: > 0 } differences) output.WriteLine($"  in training it differs: {string.Join("; ", differences)}");
        }

        if (fitting.Count == 0) output.WriteLine(models.NoFit(folder.Config, null));
        output.WriteLine($"{(fitting.Count == 0 ? "compile it" : "a type of your own")}: {SelfCommand.Prefix} declare {SelfCommand.Quote(folder.Folder)}");
    }

    // a folder without one is still worth a look
    static string Vocabulary(PublishedFolder folder)
    {
        try
        {
            return FormattableString.Invariant($"{folder.OpenVocabulary().Size:#,0} pieces");
        }
        catch (TrainingException e)
        {
            return e.Message;
        }
    }
}
