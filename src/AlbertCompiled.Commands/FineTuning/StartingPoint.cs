using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>What fine-tuning starts from.</summary>
/// <param name="Model">The model to tune.</param>
/// <param name="Vocabulary">Its vocabulary.</param>
/// <param name="Load">Loads the weights but for those whose names begin so; says what was loaded, null: nothing, from scratch.</param>
/// <param name="HasHead">A head of the same program comes along. Its shape follows from program and encoder, which must agree as well.</param>
/// <param name="Labels">Labels of that head; null: it was learned for a task without.</param>
sealed record StartingPoint(
    RegisteredModel Model, Vocabulary Vocabulary, Func<CompiledModel, IReadOnlyList<string>, WeightMatch?> Load, bool HasHead = false, IReadOnlyList<string>? Labels = null)
{
    static readonly string[] Heads = ["classifier.", "qa_outputs."], PretrainingHeads = ["predictions.", "sop_classifier.", "cls."];

    /// <summary>Opens a folder: of a fine-tuned model, of a run of pretraining, or of a published model.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="head">What the task needs.</param>
    /// <param name="classes">Classes of the task; null: it has none.</param>
    /// <param name="models">Those that may be tuned.</param>
    /// <exception cref="TrainingException">It is none of them, it holds several, or no model of this kind was compiled for the task.</exception>
    public static StartingPoint Open(string folder, TaskHead head, int? classes, ModelRegistry models)
    {
        FineTunedFolder.CheckOne(folder);
        if (FineTunedFolder.Exists(folder))
        {
            var tuned = new FineTunedFolder(folder);
            var configuration = tuned.ReadConfiguration();
            // a head that says scores themselves, as earlier versions trained it, is no start for standardised ones
            bool hasHead = TaskHead.Of(configuration.Task) == head && (head != TaskHead.Regression || configuration.Scores is not null);
            return new(models.WithHead(models.Trained(folder, configuration.Model, tuned.Weights), head, classes), Vocabulary.Load(tuned.VocabularyFile), (m, except) => m.LoadMatching(tuned.Weights, except), hasHead, configuration.Labels);
        }

        if (PublishedFolder.IsPublished(folder))
        {
            var published = PublishedFolder.Open(folder);
            bool classifies = head == TaskHead.Classification && published.Config is { Program: "Classification", LabelNames: not null };
            return new(
                models.WithHead(published, head, classes), published.OpenVocabulary(), (m, except) => except.Count == 0 ? published.LoadClassifier(m) : published.Load(m, except),
                classifies, classifies ? published.Config.LabelNames : null);
        }

        var (run, pretraining) = RunFolder.Open(folder);
        return new(models.WithHead(models.Trained(folder, pretraining.Model, run.Checkpoints.LatestWeights()), head, classes), Vocabulary.Load(run.Vocabulary), (m, _) => run.Checkpoints.LoadMatchingWeights(m));
    }

    /// <summary>A model without pretraining.</summary>
    public static StartingPoint Scratch(RegisteredModel model, Vocabulary vocabulary) => new(model, vocabulary, (_, _) => null);

    /// <summary>
    /// Loads the weights. A head that was learned for the same labels, or for a task without labels as this one, is kept, any other begins anew; classes that the
    /// task lacks are ruled out.
    /// </summary>
    public string Initialize(CompiledModel model, LabelSet? labels)
    {
        bool known = HasHead && (labels?.Names ?? []).SequenceEqual(Labels ?? []);
        string loaded = Load(model, known ? [] : Heads) is { } match ? Told(match) : "none: from scratch";
        if (labels is not null) UnusedClasses.Silence(model, labels.Count);
        return $"{loaded}; {(!known ? "a new head" : labels is null ? "the head is kept" : "the head knows these labels")}";
    }

    // that the heads are others is what fine-tuning is about, so they are not named one by one
    static string Told(WeightMatch match)
    {
        string[] unused = [.. match.Unused.Where(n => !Begins(n, PretrainingHeads))];
        return $"{match with { Missing = [.. match.Missing.Where(n => !Begins(n, Heads))], Unused = unused }}{(unused.Length < match.Unused.Count ? "; heads of pretraining left out" : "")}";
    }

    static bool Begins(string name, string[] beginnings) => beginnings.Any(b => name.StartsWith(b, StringComparison.Ordinal));
}
