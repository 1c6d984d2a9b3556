namespace AlbertCompiled.Training;

/// <summary>Reads the files of a GLUE task.</summary>
public static class GlueData
{
    /// <summary>The training set.</summary>
    /// <param name="task">The task.</param>
    /// <param name="folder">The folder with the task's files.</param>
    /// <param name="badRows">What becomes of rows with a bad label or without text.</param>
    /// <exception cref="TrainingException">The file is missing or not as published.</exception>
    public static ExampleSet<TextExample> Training(GlueTask task, string folder, BadRows badRows = BadRows.Refuse) =>
        Labelled(task, Path.Combine(folder, GlueTask.Training), badRows);

    /// <summary>A development set.</summary>
    /// <param name="task">The task.</param>
    /// <param name="folder">The folder with the task's files.</param>
    /// <param name="set">Which of the task's sets.</param>
    /// <param name="badRows">What becomes of rows with a bad label or without text.</param>
    /// <exception cref="TrainingException">The file is missing or not as published.</exception>
    public static ExampleSet<TextExample> Development(GlueTask task, string folder, GlueSet set, BadRows badRows = BadRows.Refuse) =>
        Labelled(task, Path.Combine(folder, set.File), badRows);

    /// <summary>A test set: texts without labels, every row of it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="folder">The folder with the task's files.</param>
    /// <param name="set">Which of the task's sets.</param>
    /// <exception cref="TrainingException">The file is missing or not as published.</exception>
    public static ExampleSet<TextExample> Test(GlueTask task, string folder, GlueSet set)
    {
        string file = Path.Combine(folder, set.File);
        var columns = task.Columns with { Target = null };
        return ExampleSet<TextExample>.Read(file, DataTable.Tsv(file, columns.All), r => columns.Parse(r, null), BadRows.Refuse);
    }

    static ExampleSet<TextExample> Labelled(GlueTask task, string file, BadRows badRows) => ExampleSet<TextExample>.Read(
        file, DataTable.Tsv(file, task.Columns.All, task.Header), r => task.Columns.Parse(r, task.Task.Labels), task.HasDamagedRows ? BadRows.Skip : badRows);
}
