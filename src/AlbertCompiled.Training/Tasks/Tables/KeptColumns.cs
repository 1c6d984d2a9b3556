namespace AlbertCompiled.Training;

/// <summary>Columns of a table that are repeated beside what a model says of its rows.</summary>
public sealed class KeptColumns
{
    const string Prediction = "prediction", Row = "row";

    // what a prediction is called by its kind
    static readonly string[] Predicted = ["label", "score", "answer"];

    readonly IReadOnlyList<string> names;
    readonly IReadOnlyList<string[]> rows;

    KeptColumns(IReadOnlyList<string> names, IReadOnlyList<string[]> rows) => (this.names, this.rows) = (names, rows);

    /// <summary>Reads them.</summary>
    /// <param name="path">The table: CSV, TSV or JSON lines.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <exception cref="TrainingException">The file cannot be read, is of no known kind, lacks a column, or one is named twice.</exception>
    public static KeptColumns Read(string path, IReadOnlyList<string> columns)
    {
        if (columns.GroupBy(c => c).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new TrainingException($"--keep names the column {twice.Key} twice");
        return new(columns, [.. DataTable.Read(path, columns).Whole(BadRows.Refuse).Select(row => row.Cells.Select(c => c.Text ?? (c.Items is { } items ? string.Join(", ", items) : "")).ToArray())]);
    }

    /// <summary>Predictions with the row's columns in front, as an object of their own: "row".</summary>
    /// <exception cref="TrainingException">There are more predictions than rows, or fewer.</exception>
    public IEnumerable<IReadOnlyDictionary<string, object?>> Beside(IReadOnlyList<IReadOnlyDictionary<string, object?>> predictions) =>
        Paired(predictions).Select(pair => pair.Prediction.Prepend(new(Row, names.Zip(pair.Row).ToDictionary(p => p.First, p => p.Second))).ToDictionary(p => p.Key, p => p.Value));

    /// <summary>Writes a table: the row's columns, the prediction, and what else is one number. The end of the file's name tells its form.</summary>
    /// <exception cref="TrainingException">The file cannot be written, a column is called as one of the predictions, or there are more predictions than rows, or fewer.</exception>
    public void Write(string path, IReadOnlyList<IReadOnlyDictionary<string, object?>> predictions)
    {
        string[] told = [.. (predictions.FirstOrDefault() ?? new Dictionary<string, object?>()).Where(p => p.Key != "id" && p.Value is string or float or double).Select(p => p.Key)];
        string[] columns = [.. names, .. told.Select(name => Predicted.Contains(name) ? Prediction : name)];
        if (columns.GroupBy(c => c).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new TrainingException($"the column {twice.Key} cannot be kept in {path}: what the model says is called so; write JSON lines to standard output");
        PredictionTable.Write(path, columns, Paired(predictions).Select(pair => pair.Row.Concat(told.Select(name => pair.Prediction[name]!)).ToArray()));
    }

    IEnumerable<(string[] Row, IReadOnlyDictionary<string, object?> Prediction)> Paired(IReadOnlyList<IReadOnlyDictionary<string, object?>> predictions) =>
        predictions.Count == rows.Count ? rows.Zip(predictions) : throw new TrainingException($"there are {predictions.Count} predictions for {rows.Count} rows");
}
