using System.CommandLine;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Tasks beside GLUE's.</summary>
enum TaskKind
{
    Squad,
    Race,
    Classification,
    Regression,
    Answers,
    Choices,
    Tags,
}

/// <summary>Names of tasks on the command line.</summary>
static class TaskKinds
{
    public static TaskKind Find(string task) =>
        Enum.TryParse<TaskKind>(task, ignoreCase: true, out var kind) && !char.IsAsciiDigit(task[0]) ? kind
        : throw new TrainingException($"there is no task \"{task}\"{Suggestion.Among(task, Names)}");

    static IEnumerable<string> Names => [.. GlueTasks.All.Select(t => t.Name), .. Enum.GetValues<TaskKind>().Select(Name)];

    /// <summary>A task, GLUE's included, as it is written.</summary>
    /// <exception cref="TrainingException">There is none of this name.</exception>
    public static string Named(string task) => GlueTasks.Find(task)?.Name ?? Name(Find(task));

    /// <summary>A kind as it is written.</summary>
    public static string Name(TaskKind kind) => kind switch
    {
        TaskKind.Squad => "SQuAD",
        TaskKind.Race => "RACE",
        _ => kind.ToString().ToLowerInvariant(),
    };

    public static string One(string[] paths, string what) => paths.Length == 1 ? paths[0] : throw new TrainingException($"--data takes one path here, {what}, not {paths.Length}");

    /// <summary>The folder with the files of a GLUE task.</summary>
    /// <exception cref="TrainingException">There is none, or several paths are given.</exception>
    public static string GlueFolder(string[] paths, GlueTask task)
    {
        string folder = One(paths, $"the folder of {task.Name}");
        return FileSearch.FolderExists(folder) ? folder
            : throw new TrainingException(File.Exists(folder) ? $"{folder} is a file: --data takes the folder of {task.Name}, with {GlueTask.Training}" : $"there is no folder {folder}: --data takes the folder of {task.Name}, with {GlueTask.Training}");
    }

    /// <summary>The task that a training file of one's own sets, and its columns.</summary>
    public static (TextTask Task, TextColumns Columns) OwnTask(ParseResult parsed, TaskOptions options, string task, string training)
    {
        bool classes = Find(task) == TaskKind.Classification;
        var columns = options.TextColumns(parsed, classes ? "label" : "score");
        return (OwnTexts.Task(task, classes ? OwnTexts.Labels(training, columns, options.BadRows(parsed)) : null), columns);
    }
}
