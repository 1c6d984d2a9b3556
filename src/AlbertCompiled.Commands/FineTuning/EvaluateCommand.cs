using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert evaluate</c>: the metrics of a fine-tuned model, or of several together, on labelled data.</summary>
static class EvaluateCommand
{
    public static Command Create(CommandContext context)
    {
        var place = new PretrainOptions();
        var models = new Argument<string[]>("folder") { Description = "Folder of a fine-tuned model, or of several seeds; of several models, probabilities are averaged", Arity = ArgumentArity.OneOrMore };
        var data = new Option<string?>("--data") { Description = "Labelled data: a GLUE task's folder, else a file or folder with the columns that the model was trained on. Default: its development data", HelpName = "path" };
        var set = new Option<string?>("--set") { Description = "Which development set of a GLUE task. Default: the first", HelpName = "name" };
        var skip = new Option<bool>("--skip-bad-rows") { Description = "Leave out rows that are bad, instead of stopping at the first. Default: of its development data, as in training" };
        var output = new Option<string?>("--predictions", "-o") { Description = "Write the predictions to this file; the end of its name tells the form: .tsv, the benchmarks' own, .csv or .jsonl; .json of answers, .conll of tags", HelpName = "file" };
        var command = new Command("evaluate", "Judges a fine-tuned model, or several together, on labelled data.") { models, data, set, skip, output, place.Device, place.Threads };
        command.SetAction(parsed =>
        {
            var ensemble = Ensemble.Open(parsed.GetValue(models)!, context);
            string path = parsed.GetValue(data) ?? TaskData.Split(ensemble.Configuration.Task, ensemble.Configuration.Data).Development;
            OutputFile.KeepData(parsed.GetValue(output), [path, .. ensemble.Data]);
            OutputFile.KeepModels(parsed.GetValue(output), parsed.GetValue(models)!);
            PredictionFiles.Check(parsed.GetValue(output), TaskHead.Of(ensemble.Configuration.Task).Program);
            bool skips = parsed.GetValue(skip) || parsed.GetValue(data) is null && ensemble.Configuration.SkipBadRows;
            using var device = PretrainSettings.OpenDevice(parsed, place, context);
            var (read, answers, members) = ensemble.Answer(device, reader => Labelled((reader with { BadRows = skips ? BadRows.Skip : BadRows.Refuse }).Read(path, parsed.GetValue(set), labelled: true), path));
            context.Warn(path, read, ensemble.Vocabulary, ensemble.VocabularyOption);
            if (members.Count > 1)
                foreach (var (folder, own, noted) in ensemble.Folders.Zip(members, ensemble.NullOddsThresholds))
                    context.Out.WriteLine($"{folder}: {string.Join(", ", read.JudgeAt(own, noted).Select(v => $"{v.Metric} {v.Text(4)}"))}");
            ScoreCommand.Print(read.JudgeAt(answers, ensemble.NullOddsThreshold), context.Out);
            PrintThresholds(ensemble.NullOddsThreshold, read.UpperBounds(answers), context.Out);
            if (read.Confusion(answers) is { Classes: <= ScoreCommand.MostClasses } confusion) ScoreCommand.Print(confusion, read.Labels!, context.Out);
            if (parsed.GetValue(output) is { } file) read.Write(file, answers);
            return 0;
        });
        return command.WithExamples("evaluate runs/stars --data test.csv", "evaluate runs/mnli --data glue_data/MNLI --set mismatched", "evaluate runs/rte/seed-42 runs/rte/seed-43");
    }

    // the figures above are those of what predict gives out; the best ones know the labels
    static void PrintThresholds(double? noted, IReadOnlyList<(string Metric, BestThreshold Best)> bounds, TextWriter output)
    {
        if (noted is { } threshold) ScoreCommand.Line(output, "threshold", ScoreCommand.Odds(threshold), "of null odds, noted in finetuning.json; predict uses it");
        else if (bounds.Count > 0) ScoreCommand.Line(output, "threshold", "none", "finetuning.json notes none: every question gets an answer, as from predict");
        foreach (var (metric, best) in bounds)
            ScoreCommand.Line(output, metric, 100 * best.Value, $"at {ScoreCommand.Odds(best.Threshold)}, tuned on this set: an upper bound");
    }

    static TaskSet Labelled(TaskSet set, string path) => set.IsLabelled ? set : throw new TrainingException($"{path} has no labels: albert predict answers without");
}
