using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert tasks</c>: what a model can be fine-tuned for.</summary>
static class TasksCommand
{
    static readonly (string Name, string Predicts, string Metrics, string Data)[] Others =
    [
        ("SQuAD", "part of a context", "exact, f1", "SQuAD 1.1 or 2.0 JSON"),
        ("RACE", "one of 4 options", "accuracy", "folders with middle/ and high/"),
        ("classification", "one of the labels", "accuracy, f1, matthews", "CSV, TSV, JSON lines"),
        ("regression", "a number", "pearson, spearman, rmse", "CSV, TSV, JSON lines"),
        ("answers", "part of a context", "exact, f1", "CSV, TSV, JSON lines"),
        ("choices", "one of the options", "accuracy", "CSV, TSV, JSON lines"),
        ("tags", "a tag a word", "accuracy, entity_f1", "CSV, TSV, JSON lines, CoNLL"),
    ];

    public static Command Create(CommandContext context)
    {
        var command = new Command("tasks", "Lists the tasks whose data can be read.");
        command.SetAction(_ =>
        {
            (string, string, string, string)[] rows = [("task", "predicts", "metrics", "data"), .. GlueTasks.All.Select(Glue), .. Others];
            foreach (var (name, predicts, metrics, data) in rows) context.Out.WriteLine($"{name,-14}  {predicts,-20}  {metrics,-22}  {data}");
            return 0;
        });
        return command;
    }

    static (string, string, string, string) Glue(GlueTask task) => (
        task.Name, task.Task.Labels is { } labels ? $"one of {labels.Count} labels" : "a number", string.Join(", ", task.Task.Metrics.Select(m => m.Name)),
        string.Join(", ", task.Development.Select(s => s.File).Prepend(GlueTask.Training)));
}
