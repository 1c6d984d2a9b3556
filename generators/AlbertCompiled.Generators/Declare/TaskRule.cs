using System.Collections.Immutable;
using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Declare;

/// <summary>A task: a head on a model, one method that has both its loss and its logits.</summary>
/// <param name="Name">The attribute and the method.</param>
/// <param name="Infers">Name of the program that infers.</param>
/// <param name="Call">The model's method that runs it.</param>
/// <param name="Rows">The rows of its logits.</param>
/// <param name="Columns">Their columns; null: as many as the attribute says.</param>
/// <param name="View">Property of the result that reads the logits.</param>
/// <param name="ViewType">Its type.</param>
/// <param name="LearnsFrom">The runtime's LabelKind that it is learned from.</param>
internal sealed record TaskRule(string Name, string Infers, string Call, Dim Rows, int? Columns, string View, string ViewType, string LearnsFrom)
{
    /// <summary>The output that every task infers.</summary>
    public const string Logits = "logits";

    /// <summary>Every task.</summary>
    public static readonly ImmutableArray<TaskRule> All =
    [
        new("Classification", "classify", "Classify", Dim.Sequences, null, "Classes", "ClassPredictions", "Classes"),
        new("Regression", "regress", "Regress", Dim.Sequences, 1, "Ratings", "Ratings", "Ratings"),
        new("SpanAnswer", "answer", "Answer", Dim.Tokens, 2, "Spans", "SpanPredictions", "Answers") { Setting = TaskSettings.Spans, ReadsBatch = true, Labelled = (Dim.Sequences, 2) },
        new("TokenTags", "tag", "Tag", Dim.Tokens, null, "Tags", "ClassPredictions", "Tags") { Labelled = (Dim.Tokens, 1) },
        new("MultipleChoice", "choose", "Choose", Dim.Sequences, 1, "Choices", "ChoicePredictions", "Choices") { ReadsBatch = true },
    ];

    /// <summary>The configuration's property that says that the task is there.</summary>
    public string Setting { get; init; } = TaskSettings.Labels;

    /// <summary>What has labels, and how many of them: an answer has a beginning and an end.</summary>
    public (Dim Rows, int Labels) Labelled { get; init; } = (Dim.Sequences, 1);

    /// <summary>True if the view reads the batch too.</summary>
    public bool ReadsBatch { get; init; }
}

/// <summary>The configuration's properties that a task attribute sets: those of ArchitectureAttribute.</summary>
internal static class TaskSettings
{
    /// <summary>Outputs of the classifier.</summary>
    public const string Labels = "Labels";

    /// <summary>Whether answers are marked.</summary>
    public const string Spans = "Spans";

    /// <summary>Dropout in front of the classifier.</summary>
    public const string Dropout = "ClassifierDropout";

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<string> All = [Labels, Spans, Dropout];
}
