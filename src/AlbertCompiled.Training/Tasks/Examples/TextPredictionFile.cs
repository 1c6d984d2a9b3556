using System.Globalization;

namespace AlbertCompiled.Training;

/// <summary>
/// Prediction files with the columns "index", from 0, and "prediction": labels by name, scores of a benchmark with three decimals, others in full. As TSV (<see cref="PredictionTable"/>) GLUE's server takes them.
/// </summary>
public static class TextPredictionFile
{
    static readonly string[] Columns = ["index", "prediction"];

    /// <summary>Writes predicted classes.</summary>
    /// <param name="task">The task.</param>
    /// <param name="path">The file, such as "MNLI-m.tsv".</param>
    /// <param name="predicted">The class of each example of the set.</param>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public static void Write(TextTask task, string path, IReadOnlyList<int> predicted) => Write(path, predicted.Select(p => (object)task.Labels!.Names[p]));

    /// <summary>Writes predicted scores, cut to the task's range.</summary>
    /// <param name="task">The task.</param>
    /// <param name="path">The file, such as "STS-B.tsv".</param>
    /// <param name="predicted">The score of each example of the set.</param>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public static void Write(TextTask task, string path, IReadOnlyList<double> predicted)
    {
        var (lowest, highest) = task.Range;
        bool isBenchmark = lowest > double.MinValue; // others have any unit
        Write(path, predicted.Select(p => isBenchmark ? (object)Math.Clamp(p, lowest, highest) : (float)p));
    }

    /// <summary>Reads such a file and judges it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="path">The predictions.</param>
    /// <param name="gold">The set with its labels.</param>
    /// <exception cref="TrainingException">The file is not as above, or not of this set.</exception>
    public static IReadOnlyList<MetricValue> Evaluate(TextTask task, string path, ExampleSet<TextExample> gold) => task.Labels is { } labels
        ? task.Evaluate(gold.Examples, Read(path, gold, r => r.Label("prediction", labels)))
        : task.Evaluate(gold.Examples, Read(path, gold, r => r.Number("prediction")));

    /// <summary>Reads the predicted classes of a set and counts what was taken for what.</summary>
    /// <param name="task">The task, which has classes.</param>
    /// <param name="path">The predictions.</param>
    /// <param name="gold">The set with its labels.</param>
    /// <exception cref="TrainingException">The file is not as above, or not of this set.</exception>
    public static ConfusionMatrix Confusion(TextTask task, string path, ExampleSet<TextExample> gold) =>
        task.Confusion(gold.Examples, Read(path, gold, r => r.Label("prediction", task.Labels!)));

    static void Write(string path, IEnumerable<object> predictions) => PredictionTable.Write(path, Columns, predictions.Select((p, i) => new[] { i, p }));

    static T[] Read<T>(string path, ExampleSet<TextExample> gold, Func<RowReader, T> parse)
    {
        var read = new List<T>();
        foreach (var row in PredictionTable.Read(path, Columns))
        {
            var reader = new RowReader(row, Columns);
            string index = reader.Field("index");
            if (index != read.Count.ToString(CultureInfo.InvariantCulture)) throw reader.Place.Error($"index \"{index}\" where {read.Count} is due");
            read.Add(parse(reader));
        }

        return read.Count == gold.Examples.Count ? [.. read] : throw new TrainingException($"{path}: {read.Count} predictions, but {gold.File} has {gold.Examples.Count} examples");
    }
}
