namespace AlbertCompiled.Training;

/// <summary>Files of chosen options: a table (<see cref="PredictionTable"/>) with the columns "id" and "answer", a letter from A. (RACE has published no format of its own.)</summary>
public static class ChoicePredictionFile
{
    static readonly string[] Columns = ["id", "answer"];

    /// <summary>Options of a question at most: as many as there are letters.</summary>
    public const int MostOptions = 'Z' - 'A' + 1;

    /// <summary>The letter of an option.</summary>
    public static string Letter(int option) => ((char)('A' + option)).ToString();

    /// <summary>The index of a letter from A on; null if it names none of the options.</summary>
    public static int? Find(string letter, int options) => letter is [>= 'A' and <= 'Z'] && letter[0] - 'A' < options ? letter[0] - 'A' : null;

    /// <summary>Writes predicted options.</summary>
    /// <param name="path">The file.</param>
    /// <param name="examples">The questions.</param>
    /// <param name="predicted">The option predicted for each.</param>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<ChoiceExample> examples, IReadOnlyList<int> predicted) =>
        PredictionTable.Write(path, Columns, examples.Zip(predicted, (e, p) => new object[] { e.Id, Letter(p) }));

    /// <summary>Reads predicted options, in the order of the questions.</summary>
    /// <param name="path">The file.</param>
    /// <param name="questions">The questions.</param>
    /// <exception cref="TrainingException">The file is not as above, lacks a question, has one twice or one of another set.</exception>
    public static int[] Read(string path, ExampleSet<ChoiceExample> questions)
    {
        var known = questions.Examples.Select(e => e.Id).ToHashSet();
        var answers = new Dictionary<string, (string Letter, RowPlace Place)>();
        foreach (var row in PredictionTable.Read(path, Columns))
        {
            var reader = new RowReader(row, Columns);
            string id = reader.Field("id");
            if (questions.Skipped == 0 && !known.Contains(id)) throw reader.Place.Error($"{questions.File} does not ask question {id}");
            if (!answers.TryAdd(id, (reader.Field("answer"), reader.Place))) throw reader.Place.Error($"question {id} is answered above already");
        }

        return [.. questions.Examples.Select(Answer)];

        int Answer(ChoiceExample example)
        {
            if (!answers.TryGetValue(example.Id, out var answer)) throw new TrainingException($"{path} has no answer to question {example.Id}");
            return Find(answer.Letter, example.Options.Count) ?? throw answer.Place.Error($"\"answer\" is \"{answer.Letter}\", no letter of {example.Options.Count} options");
        }
    }

    /// <summary>Share of questions whose right option was chosen.</summary>
    /// <param name="examples">The questions, all with a label.</param>
    /// <param name="predicted">The option predicted for each.</param>
    /// <param name="name">What the figure is called.</param>
    /// <exception cref="ArgumentException">The lengths differ, or there are none.</exception>
    public static MetricValue Accuracy(IReadOnlyList<ChoiceExample> examples, IReadOnlyList<int> predicted, string name = "accuracy")
    {
        if (examples.Count != predicted.Count) throw new ArgumentException($"{examples.Count} questions but {predicted.Count} predictions");
        if (examples.Count == 0) throw new ArgumentException("there are no questions to judge by");
        return new(name, examples.Zip(predicted).Average(p => p.First.Label == p.Second ? 1.0 : 0));
    }
}
