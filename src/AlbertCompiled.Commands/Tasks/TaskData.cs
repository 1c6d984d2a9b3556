using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Reads the data of a task into sets that a model learns from or answers.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Columns">Columns of data of one's own.</param>
/// <param name="Labels">The labels; null if the task has none.</param>
/// <param name="Features">How they become tokens.</param>
/// <param name="BadRows">What becomes of bad rows.</param>
/// <param name="Threshold">Null odds above which answers are given out as empty; null: never.</param>
/// <param name="Scores">What scores are standardised by; null: nothing.</param>
sealed record TaskData(string Task, TaskColumns Columns, LabelSet? Labels, TaskFeatures Features, BadRows BadRows = BadRows.Refuse, double? Threshold = null, ScoreScale? Scores = null)
{
    /// <summary>The labels of a task, if its training data say which, in the order of their classes.</summary>
    public static LabelSet? LabelsOf(string task, TaskColumns columns, string training, BadRows badRows) => GlueTasks.Find(task) is { } glue ? glue.Task.Labels : TaskKinds.Find(task) switch
    {
        TaskKind.Classification => OwnTexts.Labels(training, Texts(columns, "label"), badRows),
        TaskKind.Tags => OwnTags.Labels(training, Tags(columns, labelled: true), badRows),
        _ => null,
    };

    /// <summary>The same, with scores standardised by those of the training data.</summary>
    /// <exception cref="TrainingException">They are missing, or bad.</exception>
    public TaskData Standardised(IReadOnlyList<string> data)
    {
        if (TaskHead.Of(Task) != TaskHead.Regression) return this;
        var training = GlueTasks.Find(Task) is { } glue
            ? GlueData.Training(glue, TaskKinds.GlueFolder([.. data], glue), BadRows)
            : OwnTexts.Read(Split(Task, data).Training, Texts(Columns, "score"), labels: null, BadRows);
        return this with { Scores = ScoreScale.Of([.. training.Examples.Select(e => e.Score!.Value)]) };
    }

    /// <summary>Training and development data of <c>--data</c>.</summary>
    /// <exception cref="TrainingException">One is missing, or bad.</exception>
    public (TaskSet Training, TaskSet Development) ForTraining(IReadOnlyList<string> data)
    {
        if (GlueTasks.Find(Task) is { } glue)
        {
            string folder = TaskKinds.GlueFolder([.. data], glue);
            return (Set(glue.Task, GlueData.Training(glue, folder, BadRows)), Read(folder, null, labelled: true));
        }

        var (training, development) = Split(Task, data);
        return (Read(training, null, labelled: true), Read(development, null, labelled: true));
    }

    /// <summary>The training data of <c>--data</c>, and the development data.</summary>
    public static (string Training, string Development) Split(string task, IReadOnlyList<string> data) =>
        GlueTasks.Find(task) is not null ? (data[0], data[0])
        : data.Count == 2 ? (data[0], data[1])
        : data.Count == 1 && TaskKinds.Find(task) is TaskKind.Race ? (Path.Combine(data[0], "train"), Path.Combine(data[0], "dev"))
        : throw new TrainingException($"--data takes training data and development data here, in this order, not {data.Count} path{(data.Count == 1 ? "" : "s")}");

    /// <summary>The files of <c>--data</c>, as far as they are named; else the folders.</summary>
    public static IEnumerable<string> Files(string task, IReadOnlyList<string> data) =>
        GlueTasks.Find(task) is { } glue ? data.SelectMany(folder => glue.Development.Select(s => Path.Combine(folder, s.File)).Append(Path.Combine(folder, GlueTask.Training))) : data;

    /// <summary>A set to judge by, or to answer.</summary>
    /// <param name="path">Where it is: of a GLUE task its folder, or a table with the task's columns.</param>
    /// <param name="set">Which set of a GLUE task; null: the first.</param>
    /// <param name="labelled">Whether labels are read.</param>
    public TaskSet Read(string path, string? set, bool labelled)
    {
        if (GlueTasks.Find(Task) is { } glue)
        {
            if (set is null && !FileSearch.FolderExists(path))
            {
                if (!FileSearch.Exists(path)) throw new TrainingException($"there is no file or folder {path}: --data takes the folder of {glue.Name}, or a table with its columns");
                // the task's own file, which may lack a header
                if (labelled && glue.Development.FirstOrDefault(s => s.File == Path.GetFileName(path)) is { } own) return Set(glue.Task, GlueData.Development(glue, Path.GetDirectoryName(path)!, own, BadRows));
                return Set(glue.Task, OwnTexts.Read(path, labelled ? glue.Columns : glue.Columns with { Target = null }, glue.Task.Labels, BadRows));
            }

            var chosen = set is null ? (labelled ? glue.Development[0] : glue.Tests[0]) : glue.Set(set);
            return Set(glue.Task, glue.Tests.Contains(chosen) ? GlueData.Test(glue, path, chosen) : GlueData.Development(glue, path, chosen, BadRows));
        }

        if (set is not null) throw new TrainingException($"--set names a set of a GLUE task; {Task} has files");
        switch (TaskKinds.Find(Task))
        {
            case TaskKind.Squad:
                return Set(SquadFile.Read(path, BadRows));
            case TaskKind.Race:
                return Set(RaceFolder.Read(path, BadRows), RaceFolder.Evaluate);
            case TaskKind.Answers:
                var answers = OwnSpans.Read(path, new(Columns.Question, Columns.Context, labelled ? Columns.Label ?? "answer" : null, labelled ? Columns.AnswerStart : null), BadRows);
                return Set(new(answers, labelled && answers.Examples.Any(e => e.Answers.Count == 0)));
            case TaskKind.Choices:
                return Set(OwnChoices.Read(path, new(Columns.Context, Columns.Question, Columns.Options, labelled ? Columns.Label ?? "label" : null), BadRows));
            case TaskKind.Tags:
                var tagged = OwnTags.Read(path, Tags(Columns, labelled), Labels!, BadRows);
                return new TagSet(Labels!, tagged, Features.Tags) { LeftOut = tagged.LeftOut };
            default:
                var columns = Texts(Columns, Labels is null ? "score" : "label");
                return Set(OwnTexts.Task(Task, Labels), OwnTexts.Read(path, labelled ? columns : columns with { Target = null }, Labels, BadRows));
        }
    }

    TextSet Set(TextTask task, ExampleSet<TextExample> examples) => new(task, examples.Examples, Features.Texts) { LeftOut = examples.LeftOut, Scale = Scores };

    SpanSet Set(SquadData data) => new(data, Features.Spans) { Threshold = Threshold, LeftOut = data.Questions.LeftOut };

    ChoiceSet Set(ExampleSet<ChoiceExample> examples, Func<IReadOnlyList<ChoiceExample>, IReadOnlyList<int>, IReadOnlyList<MetricValue>>? judge = null) =>
        new(examples.Examples, Features.Choices, judge) { LeftOut = examples.LeftOut };

    static TextColumns Texts(TaskColumns columns, string target) => new(columns.Text, columns.Pair, columns.Label ?? target);

    static TagColumns Tags(TaskColumns columns, bool labelled) => new(columns.Words, labelled ? columns.Label ?? "tags" : null);
}
