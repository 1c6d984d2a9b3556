namespace AlbertCompiled.Training;

/// <summary>The nine tasks of GLUE, a row each. Labels stand in the order of the original code's classes.</summary>
public static class GlueTasks
{
    static readonly string[] Binary = ["0", "1"];
    static readonly string[] Entailment = ["entailment", "not_entailment"];

    /// <summary>The tasks.</summary>
    public static IReadOnlyList<GlueTask> All { get; } =
    [
        Row("CoLA", "sentence", null, "label", Binary, Metric.Matthews) with { Header = ["source", "label", "mark", "sentence"] },
        Row("SST-2", "sentence", null, "label", Binary, Metric.Accuracy),
        Row("MRPC", "#1 String", "#2 String", "Quality", Binary, Metric.Accuracy, Metric.F1),
        Row("STS-B", "sentence1", "sentence2", "score", null, Metric.Pearson, Metric.Spearman).InRange(0, 5),
        Row("QQP", "question1", "question2", "is_duplicate", Binary, Metric.Accuracy, Metric.F1) with { HasDamagedRows = true },
        Row("MNLI", "sentence1", "sentence2", "gold_label", ["contradiction", "entailment", "neutral"], Metric.Accuracy) with
        {
            Development = [new("matched", "dev_matched.tsv"), new("mismatched", "dev_mismatched.tsv")],
            Tests = [new("MNLI-m", "test_matched.tsv"), new("MNLI-mm", "test_mismatched.tsv"), new("AX", "../diagnostic/diagnostic.tsv")],
        },
        Row("QNLI", "question", "sentence", "label", Entailment, Metric.Accuracy),
        Row("RTE", "sentence1", "sentence2", "label", Entailment, Metric.Accuracy),
        Row("WNLI", "sentence1", "sentence2", "label", Binary, Metric.Accuracy),
    ];

    /// <summary>The task of this name; null if there is none.</summary>
    public static GlueTask? Find(string name) => All.FirstOrDefault(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// GLUE's score: the mean over tasks of the mean over a task's metrics (MNLI's two sets count as two metrics of one task).
    /// </summary>
    /// <param name="values">For each task, its metrics on all its sets.</param>
    public static double Score(IEnumerable<IEnumerable<MetricValue>> values) => values.Average(task => task.Average(m => m.Value));

    static GlueTask InRange(this GlueTask task, double lowest, double highest) => task with { Task = task.Task with { Range = (lowest, highest) } };

    static GlueTask Row(string name, string a, string? b, string target, string[]? labels, params Metric[] metrics) => new(
        new(name, labels is null ? null : new(labels), metrics), new(a, b, target), [new("dev", "dev.tsv")], [new(name, "test.tsv")]);
}
