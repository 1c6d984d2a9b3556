using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert predict</c>: what a fine-tuned model, or several together, say of new data.</summary>
static class PredictCommand
{
    const double MostUnknown = 0.25; // a question mark that the vocabulary lacks was told in training

    public static Command Create(CommandContext context)
    {
        var place = new PretrainOptions();
        var models = new Argument<string[]>("folder") { Description = "Folder of a fine-tuned model, or of several seeds; of several models, probabilities are averaged", Arity = ArgumentArity.OneOrMore };
        var data = new Option<string?>("--data") { Description = "Data, as for training but without labels. Default: standard input, a text a line, a tab between the texts of a pair; or JSON lines with the columns as fields", HelpName = "path" };
        var set = new Option<string?>("--set") { Description = "Which test set of a GLUE task. Default: the first", HelpName = "name" };
        var threshold = new Option<double?>("--threshold") { Description = "Null odds above which a question is answered by nothing. Default: the best on the development data, which finetune notes where questions may be without an answer", HelpName = "number" }.Decimal(NumberRange.Any);
        var keep = new Option<string[]>("--keep") { Description = "Columns of the data to repeat beside each answer, such as an id", HelpName = "column", AllowMultipleArgumentsPerToken = true };
        var output = new Option<string?>("--predictions", "-o") { Description = "Write this file instead of JSON lines; the end of its name tells the form: .tsv, the benchmarks' own, .csv or .jsonl; .json of answers, .conll of tags", HelpName = "file" };
        var command = new Command("predict", "Answers new data with a fine-tuned model, or with several together; prints a JSON object an example.") { models, data, set, threshold, keep, output, place.Device, place.Threads };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(set) is not null && parsed.GetValue(data) is null) throw new TrainingException("--set names a test set of a GLUE task: name the task's folder by --data, or leave --set out");
            OutputFile.KeepData(parsed.GetValue(output), parsed.GetValue(data));
            var ensemble = Ensemble.Open(parsed.GetValue(models)!, context);
            OutputFile.KeepData(parsed.GetValue(output), ensemble.Data);
            OutputFile.KeepModels(parsed.GetValue(output), parsed.GetValue(models)!);
            PredictionFiles.Check(parsed.GetValue(output), TaskHead.Of(ensemble.Configuration.Task).Program);
            string[] columns = parsed.GetValue(keep) ?? [];
            if (columns.Length > 0) CheckKept(parsed.GetValue(data), parsed.GetValue(output), TaskHead.Of(ensemble.Configuration.Task));
            double? limit = parsed.GetValue(threshold);
            if (limit is not null && TaskHead.Of(ensemble.Configuration.Task) != TaskHead.Answers) throw new TrainingException($"--threshold is about answers in a context; {ensemble.Configuration.Task} has none");
            limit ??= ensemble.NullOddsThreshold;
            using var input = parsed.GetValue(data) is null ? new StandardInput(context.In(), ensemble.Configuration) : null;
            var kept = columns.Length == 0 ? null : input is null ? KeptColumns.Read(parsed.GetValue(data)!, columns) : input.Keep(columns);
            using var device = PretrainSettings.OpenDevice(parsed, place, context);
            var (items, answers, _) = ensemble.Answer(device, member =>
            {
                var reader = member with { Threshold = limit };
                return input is null ? Read(reader, parsed.GetValue(data)!, parsed.GetValue(set)) : input.Read(reader);
            });
            context.Warn(parsed.GetValue(data) ?? "standard input", items, ensemble.Vocabulary, ensemble.VocabularyOption, MostUnknown);
            if (parsed.GetValue(output) is { } file)
            {
                if (kept is null) items.Write(file, answers);
                else kept.Write(file, [.. items.Describe(answers)]);
                return 0;
            }

            using var lines = new LineBuffer(context.Out);
            foreach (var fields in kept is null ? items.Describe(answers) : kept.Beside([.. items.Describe(answers)])) lines.Write(JsonLines.Of(fields));
            return 0;
        });
        return command.WithExamples(
            "predict runs/stars < reviews.txt", "predict runs/stars --data reviews.csv > answers.jsonl", "predict runs/stars --data reviews.csv --keep id text -o answers.csv", "predict runs/rte --data glue_data/RTE --predictions RTE.tsv");
    }

    // a table has a row an answer
    static void CheckKept(string? data, string? output, TaskHead head)
    {
        if (data is not null && !File.Exists(data) && Directory.Exists(data)) throw new TrainingException($"--keep is about the columns of a table, but {data} is a folder: leave it out");
        if (output is not null && (head == TaskHead.Answers || head == TaskHead.Tags)) throw new TrainingException($"--keep is about tables, and {output} is none: leave -o out and take the JSON lines of standard output");
    }

    static TaskSet Read(TaskData reader, string path, string? set)
    {
        try
        {
            return reader.Read(path, set, labelled: false);
        }
        catch (MissingColumnException e) when (TaskHead.Of(reader.Task).OfTexts && Path.GetExtension(path).Equals(".txt", StringComparison.OrdinalIgnoreCase))
        {
            throw new TrainingException($"{e.Message}; plain texts, one a line, go to standard input: < {SelfCommand.Quote(path)}", e);
        }
    }
}
