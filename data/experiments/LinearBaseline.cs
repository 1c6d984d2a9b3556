using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;

namespace AlbertCompiled.TextTasks;

/// <summary>What a model must beat: the most frequent class, and logistic regression on TF-IDF; words, pairs of them, triples of characters and the regularisation are chosen on the development set.</summary>
static class LinearBaseline
{
    static readonly float[] Regularizations = [0.0001f, 0.0003f, 0.001f, 0.003f, 0.01f, 0.03f, 0.1f, 0.3f, 1];
    static readonly (string Name, int Words, int Characters)[] Features = [("words", 1, 0), ("words and pairs", 2, 0), ("words, pairs, character triples", 2, 3)];

    sealed class Row
    {
        public string Text { get; set; } = "";

        public string Label { get; set; } = "";
    }

    sealed class Answer
    {
        [ColumnName("PredictedName")]
        public string Label { get; set; } = "";
    }

    /// <summary>Prints the accuracies of both on every test set.</summary>
    /// <param name="folder">The task's files.</param>
    /// <param name="train">Which of them to learn from.</param>
    public static void Run(string folder, string train)
    {
        var training = Example.Read(Path.Combine(folder, train));
        var development = Example.Read(Path.Combine(folder, "dev.jsonl"));
        string majority = training.CountBy(e => e.Label).MaxBy(c => c.Value).Key;
        var best = (from features in Features
                    from regularization in Regularizations
                    let predict = Fit(training, features.Words, features.Characters, regularization)
                    select (features.Name, regularization, predict, Accuracy: Accuracy(development, predict(development)))).MaxBy(c => c.Accuracy);
        foreach (string test in (string[])["test", "unseen"])
        {
            if (!File.Exists(Path.Combine(folder, test + ".jsonl"))) continue;
            var examples = Example.Read(Path.Combine(folder, test + ".jsonl"));
            Console.WriteLine($"{folder} {train} {test}: most frequent class {100.0 * examples.Count(e => e.Label == majority) / examples.Count:F1}, "
                + $"TF-IDF {Accuracy(examples, best.predict(examples)):F1} ({best.Name}, L2 {best.regularization}; dev {best.Accuracy:F1})");
        }
    }

    static Func<IReadOnlyList<Example>, IReadOnlyList<string>> Fit(IReadOnlyList<Example> training, int words, int characters, float regularization)
    {
        var ml = new MLContext(seed: 42);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Class", nameof(Row.Label))
            .Append(ml.Transforms.Text.FeaturizeText("Features", new TextFeaturizingEstimator.Options
            {
                WordFeatureExtractor = new() { NgramLength = words, UseAllLengths = true, Weighting = NgramExtractingEstimator.WeightingCriteria.TfIdf },
                CharFeatureExtractor = characters == 0 ? null : new() { NgramLength = characters, UseAllLengths = false, Weighting = NgramExtractingEstimator.WeightingCriteria.TfIdf },
                KeepPunctuations = false,
            }, nameof(Row.Text)))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new() { LabelColumnName = "Class", FeatureColumnName = "Features", L1Regularization = 0, L2Regularization = regularization, NumberOfThreads = 1 }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedName", "PredictedLabel"));
        var model = pipeline.Fit(Data(ml, training));
        return examples => [.. ml.Data.CreateEnumerable<Answer>(model.Transform(Data(ml, examples)), reuseRowObject: false).Select(a => a.Label)];
    }

    static IDataView Data(MLContext ml, IReadOnlyList<Example> examples) => ml.Data.LoadFromEnumerable(examples.Select(e => new Row { Text = e.Text, Label = e.Label }));

    static double Accuracy(IReadOnlyList<Example> examples, IReadOnlyList<string> answers) => 100.0 * examples.Zip(answers).Count(p => p.First.Label == p.Second) / examples.Count;
}
