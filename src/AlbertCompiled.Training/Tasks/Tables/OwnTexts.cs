namespace AlbertCompiled.Training;

/// <summary>Texts to classify or to score from anybody's CSV, TSV or JSON lines.</summary>
public static class OwnTexts
{
    /// <summary>The task that a file sets: its classes, or null for scores, with the metrics that fit any.</summary>
    public static TextTask Task(string name, LabelSet? labels) => new(
        name, labels, labels is null ? [Metric.Pearson, Metric.Spearman, Metric.RootMeanSquareError] : labels.Count == 2 ? [Metric.Accuracy, Metric.F1, Metric.Matthews] : [Metric.Accuracy, Metric.MacroF1, Metric.Matthews]);

    /// <summary>The labels of a training file. Those of other files must be among them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Its columns; the target holds labels.</param>
    /// <param name="badRows">What becomes of rows whose fields cannot be told apart.</param>
    /// <exception cref="TrainingException">The file cannot be read, lacks a column, has such a row, one label only or labels that cannot be told apart.</exception>
    public static LabelSet Labels(string path, TextColumns columns, BadRows badRows = BadRows.Refuse)
    {
        string[] target = [columns.Target!];
        var labels = LabelSet.Of(path, DataTable.Read(path, target).Whole(badRows).Select(row => row.Cells[0].Text).OfType<string>().Where(label => !string.IsNullOrWhiteSpace(label)));
        return labels.Count > 1 ? labels : throw new TrainingException($"{path}: \"{columns.Target}\" has {(labels.Count == 0 ? "no labels" : $"no label but \"{labels}\"")}; to learn from, there must be two");
    }

    /// <summary>The examples of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Its columns; without a target, every row is an example.</param>
    /// <param name="labels">The classes; null if the target is a score.</param>
    /// <param name="badRows">What becomes of rows with a bad label or without text.</param>
    /// <exception cref="TrainingException">The file cannot be read, lacks a column or has a bad row.</exception>
    public static ExampleSet<TextExample> Read(string path, TextColumns columns, LabelSet? labels, BadRows badRows = BadRows.Refuse) =>
        ExampleSet<TextExample>.Read(path, DataTable.Read(path, columns.All), r => columns.Parse(r, labels), columns.Target is null ? BadRows.Refuse : badRows);
}
