namespace AlbertCompiled.Training;

/// <summary>A task of GLUE (Wang et al. 2019) as its files were published.</summary>
/// <param name="Task">Name, labels and metrics.</param>
/// <param name="Columns">Columns of texts and labels in the training and development files.</param>
/// <param name="Development">The development sets.</param>
/// <param name="Tests">The test sets.</param>
public sealed record GlueTask(TextTask Task, TextColumns Columns, IReadOnlyList<GlueSet> Development, IReadOnlyList<GlueSet> Tests)
{
    /// <summary>The file of the training set, for every task.</summary>
    public const string Training = "train.tsv";

    /// <summary>Names of the columns where training and development files have no line with them.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>True if the published files have damaged rows, which everybody leaves out.</summary>
    public bool HasDamagedRows { get; init; }

    /// <summary>The task's name.</summary>
    public string Name => Task.Name;

    /// <summary>The development or test set of this name, which for a test set is its submission file's.</summary>
    /// <exception cref="TrainingException">There is none.</exception>
    public GlueSet Set(string name) =>
        Development.Concat(Tests).FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new TrainingException($"{Name} has no set \"{name}\"; there are {string.Join(", ", Development.Concat(Tests).Select(s => s.Name))}");
}

/// <summary>A set of examples of a GLUE task.</summary>
/// <param name="Name">Its name; a test set's is that of its submission file without ".tsv".</param>
/// <param name="File">Its file in the task's folder.</param>
public sealed record GlueSet(string Name, string File);
