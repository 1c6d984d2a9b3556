using System.CommandLine;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert score</c>: judges a file of predictions by a task's metrics.</summary>
static class ScoreCommand
{
    internal const int MostClasses = 10; // whose confusions are printed

    public static Command Create(CommandContext context)
    {
        var options = new TaskOptions();
        var predictions = new Option<string>("--predictions") { Description = "Predictions, as predict and evaluate write them; the end of the name tells the form: .tsv, the benchmarks' own, .csv or .jsonl; .json of answers, .conll of tags", HelpName = "file", Required = true };
        var set = new Option<string?>("--set") { Description = "Which development set of a GLUE task. Default: the first", HelpName = "name" };
        var odds = new Option<string?>("--null-odds") { Description = "SQuAD: JSON from question ID to null odds; looks for the best threshold", HelpName = "file" };
        var threshold = new Option<double?>("--threshold") { Description = "SQuAD: null odds above which a question counts as without an answer. Default: 1, as in the official script", HelpName = "number" }.Decimal(NumberRange.Any);
        var command = new Command("score", "Judges predictions: the metrics of a task on a labelled set.") { options.Task, predictions, set, odds, threshold };
        foreach (var option in options.All) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            string task = parsed.GetValue(options.Task)!, file = parsed.GetValue(predictions)!;
            string[] data = parsed.GetValue(options.Data)!;
            var badRows = options.BadRows(parsed);
            if (GlueTasks.Find(task) is { } glue)
            {
                if (parsed.GetValue(odds) is not null || parsed.GetValue(threshold) is not null) throw WithoutNull(task);
                var chosen = glue.Set(parsed.GetValue(set) ?? glue.Development[0].Name);
                if (glue.Tests.Contains(chosen)) throw new TrainingException($"{chosen.File} has no labels: score a development set");
                return Texts(glue.Task, GlueData.Development(glue, TaskKinds.GlueFolder(data, glue), chosen, badRows), file, context.Out);
            }

            var kind = TaskKinds.Find(task);
            if (parsed.GetValue(set) is not null) throw new TrainingException($"--set names a set of a GLUE task; {task} has files");
            if (kind is not (TaskKind.Squad or TaskKind.Answers) && (parsed.GetValue(odds) is not null || parsed.GetValue(threshold) is not null))
                throw WithoutNull(task);
            switch (kind)
            {
                case TaskKind.Squad:
                    return Spans(SquadFile.Read(TaskKinds.One(data, "a JSON file"), badRows), file, parsed.GetValue(odds), parsed.GetValue(threshold), context.Out);
                case TaskKind.Race:
                    var questions = RaceFolder.Read(TaskKinds.One(data, "a folder"), badRows);
                    if (questions.Examples.FirstOrDefault(q => q.Label is null) is { } unknown) throw new TrainingException($"{data[0]}, {unknown.Id}: the question has no answer; score a labelled set");
                    return Print(RaceFolder.Evaluate(questions.Examples, ChoicePredictionFile.Read(file, questions)), context.Out);
                case TaskKind.Classification or TaskKind.Regression:
                    var (own, columns) = TaskKinds.OwnTask(parsed, options, task, data[0]);
                    return Texts(own, OwnTexts.Read(data[^1], columns, own.Labels, badRows), file, context.Out);
                case TaskKind.Answers:
                    var answers = OwnSpans.Read(TaskKinds.One(data, "a table"), options.SpanColumns(parsed), badRows);
                    return Spans(new(answers, answers.Examples.Any(e => e.Answers.Count == 0)), file, parsed.GetValue(odds), parsed.GetValue(threshold), context.Out);
                case TaskKind.Choices:
                    var choices = OwnChoices.Read(TaskKinds.One(data, "a table"), options.ChoiceColumns(parsed), badRows);
                    return Print([ChoicePredictionFile.Accuracy(choices.Examples, ChoicePredictionFile.Read(file, choices))], context.Out);
                default:
                    var tagColumns = options.TagColumns(parsed);
                    var tags = OwnTags.Labels(data[0], tagColumns, badRows);
                    return Print(TagPredictionFile.Evaluate(OwnTags.Read(data[^1], tagColumns, tags, badRows), TagPredictionFile.Read(file, tags), tags), context.Out);
            }
        });
        return command.WithExamples(
            "score MNLI --data glue_data/MNLI --set mismatched --predictions MNLI-mm.tsv", "score SQuAD --data dev-v2.0.json --predictions answers.json --null-odds answers.null_odds.json",
            "score classification --data train.csv dev.csv --text review --label stars --predictions predictions.tsv");
    }

    static int Texts(TextTask task, ExampleSet<TextExample> gold, string predictions, TextWriter output)
    {
        Print(TextPredictionFile.Evaluate(task, predictions, gold), output);
        if (task.Labels is { Count: <= MostClasses } labels) Print(TextPredictionFile.Confusion(task, predictions, gold), labels, output);
        return 0;
    }

    static int Spans(SquadData data, string answers, string? odds, double? threshold, TextWriter output)
    {
        if (threshold is not null && odds is null) throw new TrainingException("--threshold is about null odds: name their file by --null-odds");
        var result = SquadEvaluation.Run(data, SquadPredictionFile.ReadAnswers(answers), odds is null ? null : SquadPredictionFile.ReadNullOdds(odds), threshold ?? SquadEvaluation.DefaultThreshold);
        var values = new List<(string Name, double Value)> { ("exact", result.All.Exact), ("f1", result.All.F1) };
        if (data.HasUnanswerable)
            values.AddRange([("HasAns_exact", result.Answerable.Exact), ("HasAns_f1", result.Answerable.F1), ("NoAns_exact", result.Unanswerable.Exact), ("NoAns_f1", result.Unanswerable.F1)]);
        foreach (var (name, value) in values) Line(output, name, 100 * value);
        Best("exact", result.BestExact);
        Best("f1", result.BestF1);
        return 0;

        void Best(string name, BestThreshold? best)
        {
            if (best is not { } found) return;
            Line(output, $"best_{name}", 100 * found.Value);
            Line(output, $"best_{name}_thresh", Odds(found.Threshold));
        }
    }

    /// <summary>Null odds in full: a threshold may be a question's own.</summary>
    internal static string Odds(double value) => value.ToString("0.0000############", CultureInfo.InvariantCulture);

    static TrainingException WithoutNull(string task) => new($"--null-odds and --threshold are about questions without an answer; {task} has none");

    internal static int Print(IReadOnlyList<MetricValue> values, TextWriter output)
    {
        foreach (var value in values) Line(output, value.Metric, value.Text(4));
        return 0;
    }

    internal static void Print(ConfusionMatrix confusion, LabelSet labels, TextWriter output)
    {
        int width = Math.Max(8, labels.Names.Max(n => n.Length));
        output.WriteLine($"{"label",-20}{string.Concat(labels.Names.Select(n => "  " + n.PadLeft(width)))}  <- predicted");
        for (int gold = 0; gold < labels.Count; gold++)
            output.WriteLine($"{labels.Names[gold],-20}{string.Concat(Enumerable.Range(0, labels.Count).Select(p => "  " + confusion[gold, p].ToString(CultureInfo.InvariantCulture).PadLeft(width)))}");
    }

    internal static void Line(TextWriter output, string name, double value, string? note = null) => Line(output, name, value.ToString("0.0000", CultureInfo.InvariantCulture), note);

    internal static void Line(TextWriter output, string name, string value, string? note = null) => output.WriteLine($"{name,-20}{value,9}{(note is null ? "" : $"  <- {note}")}");
}
