using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>The options that say what a task's data are.</summary>
sealed class TaskOptions
{
    public Argument<string> Task { get; } = new("task") { Description = "Name of the task; see albert tasks" };
    public Option<string[]> Data { get; } = new("--data") { Description = "Where the data are: GLUE: the task's folder; SQuAD: JSON files; RACE: folders; else CSV, TSV or JSON lines, the training file first", HelpName = "path", AllowMultipleArgumentsPerToken = true, Required = true };
    public Option<string> Text { get; } = new("--text") { Description = "Column of the text", HelpName = "column", DefaultValueFactory = _ => "text" };
    public Option<string?> Pair { get; } = new("--pair") { Description = "Column of the second text of a pair", HelpName = "column" };
    public Option<string?> Label { get; } = new("--label") { Description = "Column of the label, the score, the right option, the answer or the tags. Default: label, score, label, answer, tags", HelpName = "column" };
    public Option<string> Question { get; } = new("--question") { Description = "Column of the question", HelpName = "column", DefaultValueFactory = _ => "question" };
    public Option<string> Context { get; } = new("--context") { Description = "Column of the context or passage", HelpName = "column", DefaultValueFactory = _ => "context" };
    public Option<string?> AnswerStart { get; } = new("--answer-start") { Description = "Column of the character where the answer starts. Default: where the context first has it", HelpName = "column" };
    public Option<string[]> Choices { get; } = new("--options") { Description = "Columns of the options, or one that holds a JSON list", HelpName = "column", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["options"] };
    public Option<string> Words { get; } = new("--words") { Description = "Column of the words to tag", HelpName = "column", DefaultValueFactory = _ => "words" };
    public Option<bool> SkipBadRows { get; } = new("--skip-bad-rows") { Description = "Leave out training and development rows that are bad, instead of stopping at the first" };

    public IEnumerable<Option> All => [Data, Text, Pair, Label, Question, Context, AnswerStart, Choices, Words, SkipBadRows];

    public BadRows BadRows(ParseResult parsed) => parsed.GetValue(SkipBadRows) ? Training.BadRows.Skip : Training.BadRows.Refuse;

    public TaskColumns Columns(ParseResult parsed) => new(
        parsed.GetValue(Text)!, parsed.GetValue(Pair), parsed.GetValue(Label), parsed.GetValue(Question)!, parsed.GetValue(Context)!, parsed.GetValue(AnswerStart), parsed.GetValue(Choices)!, parsed.GetValue(Words)!);

    public TextColumns TextColumns(ParseResult parsed, string target) => new(parsed.GetValue(Text)!, parsed.GetValue(Pair), parsed.GetValue(Label) ?? target);

    public SpanColumns SpanColumns(ParseResult parsed) =>
        new(parsed.GetValue(Question)!, parsed.GetValue(Context)!, parsed.GetValue(Label) ?? "answer", parsed.GetValue(AnswerStart));

    public ChoiceColumns ChoiceColumns(ParseResult parsed) =>
        new(parsed.GetValue(Context)!, parsed.GetValue(Question)!, parsed.GetValue(Choices)!, parsed.GetValue(Label) ?? "label");

    public TagColumns TagColumns(ParseResult parsed) => new(parsed.GetValue(Words)!, parsed.GetValue(Label) ?? "tags");
}
