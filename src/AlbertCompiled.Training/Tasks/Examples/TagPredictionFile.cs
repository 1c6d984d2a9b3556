namespace AlbertCompiled.Training;

/// <summary>Files of predicted tags, as CoNLL's tasks have them: a word and its tag a line, a blank line between sentences.</summary>
public static class TagPredictionFile
{
    static readonly TagColumns Columns = new("words", "tags");

    /// <summary>Writes predicted tags.</summary>
    /// <param name="path">The file, *.conll.</param>
    /// <param name="examples">The sentences.</param>
    /// <param name="predicted">For each sentence the class of each word's tag.</param>
    /// <param name="tags">The classes.</param>
    /// <exception cref="TrainingException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<TaggedExample> examples, IReadOnlyList<IReadOnlyList<int>> predicted, LabelSet tags) => DataFile.WriteText(path, writer =>
    {
        foreach (var (example, classes) in examples.Zip(predicted))
        {
            foreach (var (word, c) in example.Words.Zip(classes)) writer.WriteLine($"{word}\t{tags.Names[c]}");
            writer.WriteLine();
        }
    });

    /// <summary>Reads predicted tags.</summary>
    /// <exception cref="TrainingException">The file cannot be read, or has other tags.</exception>
    public static ExampleSet<TaggedExample> Read(string path, LabelSet tags) => OwnTags.Read(path, Columns, tags);

    /// <summary>Accuracy and macro F1 over words; F1 over entities where tags are of the form B-type and I-type, or of a scheme like it.</summary>
    /// <param name="gold">Sentences with their tags.</param>
    /// <param name="predicted">The same sentences with predicted tags.</param>
    /// <param name="tags">The classes.</param>
    /// <exception cref="TrainingException">The sentences differ.</exception>
    public static IReadOnlyList<MetricValue> Evaluate(ExampleSet<TaggedExample> gold, ExampleSet<TaggedExample> predicted, LabelSet tags)
    {
        if (gold.Examples.Count != predicted.Examples.Count)
            throw new TrainingException($"{predicted.File} has {predicted.Examples.Count} sentences, but {gold.File} {gold.Examples.Count}");
        for (int i = 0; i < gold.Examples.Count; i++)
            if (!gold.Examples[i].Words.SequenceEqual(predicted.Examples[i].Words)) throw new TrainingException($"{predicted.File}: sentence {i} is not that of {gold.File}");
        var confusion = new ConfusionMatrix([.. gold.Examples.SelectMany(e => e.Tags!)], [.. predicted.Examples.SelectMany(e => e.Tags!)], tags.Count);
        var values = new List<MetricValue> { new("accuracy", confusion.Accuracy), new("macro_f1", confusion.MacroF1) };
        if (tags.Names.Any(Entities.IsPart))
            values.Add(new("entity_f1", Entities.F1(gold.Examples.Zip(predicted.Examples).Select(p => (Names(p.First), Names(p.Second))))));
        return values;

        string[] Names(TaggedExample example) => [.. example.Tags!.Select(t => tags.Names[t])];
    }
}
