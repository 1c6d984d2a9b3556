using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>What a model is compiled with to be fine-tuned for a task.</summary>
/// <param name="Task">The kind of task, as it is named for data of one's own.</param>
/// <param name="Program">Its inference program.</param>
/// <param name="Attribute">The attribute that declares it.</param>
/// <param name="Suffix">What models with it are called behind the model's own name.</param>
/// <param name="HasClasses">The attribute says how many classes there are.</param>
sealed record TaskHead(string Task, string Program, string Attribute, string Suffix, bool HasClasses = false)
{
    // of a head that is declared before the data are known
    const int UsualClasses = 32;

    public static TaskHead Classification { get; } = new("classification", "classify", "Classification", "Classifier", HasClasses: true);
    public static TaskHead Regression { get; } = new("regression", "regress", "Regression", "Regressor");
    public static TaskHead Answers { get; } = new("answers", "answer", "SpanAnswer", "Answerer");
    public static TaskHead Tags { get; } = new("tags", "tag", "TokenTags", "Tagger", HasClasses: true);
    public static TaskHead Choices { get; } = new("choices", "choose", "MultipleChoice", "Chooser");

    /// <summary>The head that a task needs.</summary>
    /// <exception cref="TrainingException">There is no such task.</exception>
    public static TaskHead Of(string task) => GlueTasks.Find(task) is { } glue ? glue.Task.Labels is null ? Regression : Classification : TaskKinds.Find(task) switch
    {
        TaskKind.Classification => Classification,
        TaskKind.Regression => Regression,
        TaskKind.Tags => Tags,
        TaskKind.Race or TaskKind.Choices => Choices,
        _ => Answers,
    };

    /// <summary>The head of a model; null if it is not compiled to be fine-tuned.</summary>
    public static TaskHead? Of(ModelDescription model) => model.LearnsFrom switch
    {
        LabelKind.Classes => Classification,
        LabelKind.Ratings => Regression,
        LabelKind.Answers => Answers,
        LabelKind.Tags => Tags,
        LabelKind.Choices => Choices,
        _ => null,
    };

    /// <summary>It answers for texts, or pairs of them, as a whole.</summary>
    public bool OfTexts => this == Classification || this == Regression;

    /// <summary>The attribute as a declaration has it.</summary>
    /// <param name="task">The task, whose classes are known where it is one of GLUE's.</param>
    public string Declaration(string task) => HasClasses ? $"{Attribute}(labels: {GlueTasks.Find(task)?.Task.Labels?.Count ?? UsualClasses})" : Attribute;
}
