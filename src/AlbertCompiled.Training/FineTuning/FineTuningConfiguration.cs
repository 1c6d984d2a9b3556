namespace AlbertCompiled.Training;

/// <summary>Which columns of a table of one's own hold what.</summary>
/// <param name="Text">The text to classify or to score.</param>
/// <param name="Pair">The second text of a pair; null: single texts.</param>
/// <param name="Label">The label, score, answer, right option or tags; null: the task's default.</param>
/// <param name="Question">The question.</param>
/// <param name="Context">The context or passage.</param>
/// <param name="AnswerStart">Where the answer starts; null: where the context first has it.</param>
/// <param name="Options">The options, or one column that holds a list of them.</param>
/// <param name="Words">The words to tag.</param>
public sealed record TaskColumns(string Text, string? Pair, string? Label, string Question, string Context, string? AnswerStart, IReadOnlyList<string> Options, string Words);

/// <summary>Everything that a fine-tuned model follows from, kept as finetuning.json in its folder.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Model">Name of the compiled model.</param>
/// <param name="Labels">The labels in the order of their classes; null if the task has none.</param>
/// <param name="Columns">Columns of the data.</param>
/// <param name="Data">Training and development data.</param>
/// <param name="Sequence">Tokens of the longest sequence.</param>
/// <param name="Stride">Tokens from one window of a long context to the next.</param>
/// <param name="Recipe">Hyperparameters.</param>
/// <param name="Seed">Seed of the head, of dropout and of the order of examples.</param>
/// <param name="BatchTokens">Tokens that are computed on at once.</param>
/// <param name="From">The folder whose weights it started from; null: from the seed.</param>
/// <param name="Device">What it ran on, for the record; a run may go on elsewhere.</param>
/// <param name="DataKey">Checksum of the examples, in tokens.</param>
/// <param name="NullOddsThreshold">Null odds above which no answer is best on the development data; null where every question has one, or before an epoch ended.</param>
/// <param name="SkipBadRows">Bad rows of training and development data are left out.</param>
/// <param name="Scores">What scores were standardised by; null where there are none, and in folders of earlier versions: the model answers with scores themselves.</param>
public sealed record FineTuningConfiguration(
    string Task, string Model, IReadOnlyList<string>? Labels, TaskColumns Columns, IReadOnlyList<string> Data, int Sequence, int Stride,
    FineTuningRecipe Recipe, ulong Seed, int BatchTokens, string? From = null, string Device = "", string DataKey = "", double? NullOddsThreshold = null,
    bool SkipBadRows = false, ScoreScale? Scores = null)
{
    /// <summary>The labels.</summary>
    public LabelSet? LabelSet() => Labels is null ? null : new(Labels);

    /// <summary>Checks what a file of settings may say wrongly.</summary>
    /// <exception cref="TrainingException">The settings make no sense.</exception>
    public void Check()
    {
        if (Sequence < 1 || Stride < 1 || BatchTokens < 1) throw new TrainingException($"sequences of {Sequence} tokens, {Stride} apart, in batches of {BatchTokens}");
        if (Labels is not null && (Labels.Any(l => l is null) || Labels.Distinct().Count() < Labels.Count)) throw new TrainingException("a label has no name, or the name of another");
        if (Data.Any(d => d is null) || Columns.Options.Any(o => o is null)) throw new TrainingException("data or a column without a name");
        if (Scores is not null && !(double.IsFinite(Scores.Mean) && Scores.Deviation > 0 && double.IsFinite(Scores.Deviation))) throw new TrainingException($"scores of mean {Scores.Mean} and deviation {Scores.Deviation}");
        Recipe.Check();
    }
}
