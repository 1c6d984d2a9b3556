using System.CommandLine;
using System.Globalization;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary><c>albert check-data</c>: reads all data of a task and tells what is in them.</summary>
static class CheckDataCommand
{
    public static Command Create(CommandContext context)
    {
        var (options, tuning) = (new TaskOptions(), new FineTuneOptions());
        var vocabulary = new Option<string?>("--vocabulary") { Description = "SentencePiece model file: counts tokens too", HelpName = "file" };
        var command = new Command("check-data", "Reads the data of a task, and counts examples, labels and tokens; tells the first bad row.") { options.Task, vocabulary, tuning.Sequence, tuning.Stride };
        foreach (var option in options.All) command.Options.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(vocabulary) is null && (parsed.GetResult(tuning.Sequence) is { Implicit: false } || parsed.GetResult(tuning.Stride) is { Implicit: false }))
                throw new TrainingException("--sequence and --stride are about tokens: name a --vocabulary");
            var pieces = parsed.GetValue(vocabulary) is { } file ? VocabularyFile.Load(file) : null;
            Run(new(context.Out, pieces, pieces is null ? null : new(new VocabularyTokenizer(pieces), parsed.GetValue(tuning.Sequence), parsed.GetValue(tuning.Stride))), parsed, options);
            return 0;
        });
        return command.WithExamples(
            "check-data RTE --data glue_data/RTE", "check-data SQuAD --data train-v2.0.json dev-v2.0.json --vocabulary albert.model --sequence 384",
            "check-data classification --data train.csv dev.csv --text review --label stars");
    }

    static void Run(DataCheck check, ParseResult parsed, TaskOptions options)
    {
        string task = parsed.GetValue(options.Task)!;
        string[] data = parsed.GetValue(options.Data)!;
        var badRows = options.BadRows(parsed);
        if (GlueTasks.Find(task) is { } glue)
        {
            string folder = TaskKinds.GlueFolder(data, glue);
            check.Texts(GlueData.Training(glue, folder, badRows), glue.Task);
            foreach (var set in glue.Development) check.Texts(GlueData.Development(glue, folder, set, badRows), glue.Task);
            foreach (var set in glue.Tests)
                if (File.Exists(Path.Combine(folder, set.File))) check.Texts(GlueData.Test(glue, folder, set), glue.Task);
            return;
        }

        switch (TaskKinds.Find(task))
        {
            case TaskKind.Squad:
                foreach (string file in data) check.Spans(SquadFile.Read(file, badRows).Questions);
                break;
            case TaskKind.Race:
                foreach (string folder in data) check.Choices(RaceFolder.Read(folder, badRows));
                break;
            case TaskKind.Classification or TaskKind.Regression:
                var (own, columns) = TaskKinds.OwnTask(parsed, options, task, data[0]);
                foreach (string file in data) check.Texts(OwnTexts.Read(file, columns, own.Labels, badRows), own);
                break;
            case TaskKind.Answers:
                foreach (string file in data) check.Spans(OwnSpans.Read(file, options.SpanColumns(parsed), badRows));
                break;
            case TaskKind.Choices:
                foreach (string file in data) check.Choices(OwnChoices.Read(file, options.ChoiceColumns(parsed), badRows));
                break;
            case TaskKind.Tags:
                var tags = OwnTags.Labels(data[0], options.TagColumns(parsed), badRows);
                foreach (string file in data) check.Tags(OwnTags.Read(file, options.TagColumns(parsed), tags, badRows), tags);
                break;
        }
    }
}

/// <summary>Prints what is in sets of examples, and where it is given how, what becomes of them in tokens.</summary>
sealed class DataCheck(TextWriter output, Vocabulary? vocabulary, TaskFeatures? tokens)
{
    public void Texts(ExampleSet<TextExample> set, TextTask task)
    {
        Head(set);
        if (task.Labels is { } labels && set.Examples[0].Label is not null) Labels(labels, set.Examples.Select(e => e.Label));
        if (set.Examples[0].Score is not null) Line($"scores from {set.Examples.Min(e => e.Score):0.###} to {set.Examples.Max(e => e.Score):0.###}, mean {set.Examples.Average(e => e.Score):0.###}");
        if (tokens is null) return;
        var features = tokens.Texts.Encode(set.Examples);
        Tokens(features.Select(f => f.Sequence));
        Line($"{features.Count(f => f.Truncated):#,0} truncated");
    }

    public void Spans(ExampleSet<SpanExample> set)
    {
        Head(set);
        Line($"{set.Examples.Count(e => e.Answers.Count > 0):#,0} with an answer in the context");
        if (tokens is null) return;
        var features = tokens.Spans.Encode(set.Examples);
        Tokens(features.Windows.Select(w => w.Sequence));
        Line($"{features.SplitContexts:#,0} contexts take several windows; {features.TruncatedQuestions:#,0} questions truncated; {features.LostAnswers:#,0} answers are in no window");
    }

    public void Choices(ExampleSet<ChoiceExample> set)
    {
        Head(set);
        if (tokens is null) return;
        var features = tokens.Choices.Encode(set.Examples);
        Tokens(features.SelectMany(f => f.Options));
        Line($"{features.Count(f => f.Truncated):#,0} truncated");
    }

    public void Tags(ExampleSet<TaggedExample> set, LabelSet tags)
    {
        Head(set);
        Labels(tags, set.Examples.SelectMany(e => e.Tags!).Select(t => (int?)t));
        if (tokens is not null) Tokens(tokens.Tags.Encode(set.Examples).Select(f => f.Sequence));
    }

    void Head<T>(ExampleSet<T> set)
    {
        output.WriteLine($"{set.File}: {Plural.Of(set.Examples.Count, "example")}");
        if (set.LeftOut is { } leftOut) Line($"{leftOut}");
    }

    void Labels(LabelSet labels, IEnumerable<int?> classes)
    {
        int[] counts = ClassWeights.Count(classes, labels.Count);
        double[] weights = ClassWeights.Balanced(counts);
        for (int c = 0; c < labels.Count; c++) Line($"{labels.Names[c]}: {counts[c]:#,0}, balanced weight {weights[c]:0.###}");
    }

    void Tokens(IEnumerable<TokenSequence> sequences)
    {
        var all = sequences.ToList();
        var lengths = all.Select(s => s.Length).ToList();
        long pieces = all.Sum(s => (long)s.Tokens.Count(t => t != vocabulary!.Classify && t != vocabulary.Separator)), unknown = all.Sum(s => (long)s.Tokens.Count(t => t == vocabulary!.Unknown));
        Line($"{unknown / (double)Math.Max(1, pieces):0.0%} of the pieces are unknown to the vocabulary");
        Line($"{lengths.Count:#,0} sequences of {lengths.Average():0.0} tokens, the longest of {lengths.Max():#,0}");
    }

    void Line(FormattableString text) => output.WriteLine("  " + text.ToString(CultureInfo.InvariantCulture));
}
