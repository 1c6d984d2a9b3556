using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>What files of predictions are called.</summary>
static class PredictionFiles
{
    // by program; the first is what training writes
    static readonly Dictionary<string, string[]> Endings = new() { ["answer"] = [".json"], ["tag"] = [".conll"] };

    /// <summary>The end of a file's name.</summary>
    public static string Extension(TaskSet set) => Of(set.Program)[0];

    /// <summary>Refuses, before anything is computed, a file that cannot be written, or of which the name tells another form. What has no ending, such as a pipe, gets the usual form.</summary>
    /// <param name="path">The file; null: none.</param>
    /// <param name="program">The model's program.</param>
    /// <exception cref="TrainingException">It is refused.</exception>
    public static void Check(string? path, string program)
    {
        if (path is null) return;
        if (Path.GetExtension(path) is { Length: > 0 } ending && !Of(program).Contains(ending, StringComparer.OrdinalIgnoreCase))
            throw new TrainingException($"predictions are not written as {ending}: the name of the file must end in {string.Join(", ", Of(program))}, not {path}");
        OutputFile.CheckWritable(path);
    }

    static IReadOnlyList<string> Of(string program) => Endings.TryGetValue(program, out string[]? own) ? own : PredictionTable.Endings;
}
