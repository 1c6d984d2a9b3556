using System.Globalization;

namespace AlbertCompiled.Training;

/// <summary>The settings of a run as the tables of reports show them: in the words of options and documentation.</summary>
static class ReportSettings
{
    /// <summary>What a recipe calls the second task.</summary>
    public const string SecondTask = "second task";

    /// <summary>The settings of a run of pretraining.</summary>
    public static IEnumerable<(string Name, string Value)> Of(RunConfiguration configuration, ModelDescription model) =>
        [("seed", Number(configuration.Seed)), .. Of(configuration.Recipe), .. model.Configuration.Select(p => ($"model: {p.Name}", WithoutType(p.Value)))];

    /// <summary>The hyperparameters of pretraining.</summary>
    public static IEnumerable<(string Name, string Value)> Of(Recipe recipe) =>
    [
        ("steps", Number(recipe.Steps)),
        ("tokens of a batch", Number(recipe.BatchTokens)),
        ("batches of an update", Number(recipe.Accumulate)),
        ("longest sequences", string.Join(", then ", recipe.Stages.Select(s => recipe.Stages.Length == 1 ? Number(s.Sequence) : $"{Number(s.Sequence)} for {Share(s.Share)} of the steps"))),
        ("optimizer", recipe.Optimizer == Optimizer.Lamb ? "LAMB" : "AdamW"),
        ("learning rate", Number(recipe.LearningRate)),
        ("warm-up", Share(recipe.Warmup)),
        ("decay of the rate", recipe.Decay switch { Decay.Linear => "linear", Decay.LinearFromStart => "linear from the start", _ => "none" }),
        ("weight decay", Number(recipe.WeightDecay)),
        ("gradient norm clipped at", recipe.ClipNorm == 0 ? "never" : Number(recipe.ClipNorm)),
        ("decay of first moments", Number(recipe.Beta1)),
        ("decay of second moments", Number(recipe.Beta2)),
        ("epsilon", Number(recipe.Epsilon)),
        ("bias correction", Word(recipe.BiasCorrection)),
        ("precision of products", Precision(recipe.Precision)),
        (SecondTask, (recipe.Objective.Task() ?? "None").ToLowerInvariant()),
        ("documents cut at", recipe.Chunking == Chunking.Sections ? "ends of sections" : "the target length, as in the original"),
        ("documents of a random shorter target", Share(recipe.ShortShare)),
        ("tokens masked", Share(recipe.Masking.Share)),
        ("words masked together at most", Number(recipe.Masking.LongestNgram)),
        ("masked tokens of a sequence at most", Number(recipe.Masking.MostPredictions)),
    ];

    /// <summary>The settings of fine-tuning; columns of data that the task does not read are left out.</summary>
    public static IEnumerable<(string Name, string Value)> Of(FineTuningConfiguration configuration)
    {
        var recipe = configuration.Recipe;
        IEnumerable<(string Name, string? Value)> rows =
        [
            ("task", configuration.Task), ("model", configuration.Model), ("from", configuration.From ?? "scratch"), ("data", string.Join(", ", configuration.Data)),
            ("labels", configuration.LabelSet()?.ToString()),
            ("scores standardised by", configuration.Scores is { } scores ? $"mean {Number(scores.Mean)}, deviation {Number(scores.Deviation)}" : null),
            .. Columns(configuration.Task, configuration.Columns).Select(c => ($"column of the {c.Name}", c.Column)),
            ("seed", Number(configuration.Seed)),
            ("longest sequence", Number(configuration.Sequence)),
            ("tokens from window to window", Number(configuration.Stride)),
            ("epochs at most", Number(recipe.Epochs)),
            ("epochs without a better metric at most", recipe.Patience == 0 ? null : Number(recipe.Patience)),
            ("examples of an update", Number(recipe.BatchSize)),
            ("learning rate", Number(recipe.LearningRate)),
            ("warm-up", Share(recipe.Warmup)),
            ("weight decay", Number(recipe.WeightDecay)),
            ("gradient norm clipped at", recipe.ClipNorm == 0 ? "never" : Number(recipe.ClipNorm)),
            ("class weights", recipe.Balance ? "balanced" : recipe.ClassWeights is { } weights ? string.Join(", ", (configuration.Labels ?? []).Zip(weights, (label, weight) => $"{label} {Number(weight)}")) : null),
            ("precision of products", Precision(recipe.Precision)),
            ("tokens of a batch", Number(configuration.BatchTokens)),
            ("device", configuration.Device),
        ];
        return rows.Where(r => r.Value is not null).Select(r => (r.Name, r.Value!));
    }

    // which columns a kind of task reads; benchmarks have their own
    static (string Name, string? Column)[] Columns(string task, TaskColumns c) => task switch
    {
        "classification" or "regression" => [("text", c.Text), ("second text", c.Pair), ("label", c.Label)],
        "answers" => [("question", c.Question), ("context", c.Context), ("answer", c.Label), ("answer's start", c.AnswerStart)],
        "choices" => [("context", c.Context), ("question", c.Question), ("options", string.Join(", ", c.Options)), ("right option", c.Label)],
        "tags" => [("words", c.Words), ("tags", c.Label)],
        _ => [],
    };

    // Sharing.All is All
    static string WithoutType(string value) => value.IndexOf('.') is > 0 and var dot && char.IsLetter(value[0]) ? value[(dot + 1)..] : value switch { "true" => "yes", "false" => "no", _ => value };

    static string Precision(Compute precision) => precision == Compute.BFloat16 ? "bfloat16" : "float32";

    static string Word(bool value) => value ? "yes" : "no";

    static string Share(double value) => value.ToString("0.##%", CultureInfo.InvariantCulture);

    static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    static string Number(ulong seed) => seed.ToString(CultureInfo.InvariantCulture);

    static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
