using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Keeps what a command writes from replacing what a slip names.</summary>
static class OutputFile
{
    /// <summary>Refuses to replace a file of another kind; what has no ending, such as a pipe or a link, may be meant.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="ending">What the names of such files end with.</param>
    /// <exception cref="TrainingException">There is a file of that name with another ending.</exception>
    public static void KeepOthers(string path, string ending)
    {
        if (Path.GetExtension(path) is { Length: > 0 } other && !other.Equals(ending, StringComparison.OrdinalIgnoreCase) && File.Exists(path)) throw new TrainingException($"{path} is there already and no {ending} file: choose another name");
    }

    /// <summary>Refuses to replace what is read.</summary>
    /// <param name="path">The file to write; null: none.</param>
    /// <param name="data">The files that are read, or folders of them; null: none.</param>
    /// <exception cref="TrainingException">It would be replaced, or a file in it.</exception>
    public static void KeepData(string? path, params IEnumerable<string?> data)
    {
        if (path is null || !File.Exists(path)) return;
        if (data.OfType<string>().Any(d => RealPath.IsWithin(path, d))) throw new TrainingException($"{path} is part of the data: write the predictions to another file");
    }

    /// <summary>Refuses what cannot be written, as far as that can be told before.</summary>
    /// <param name="path">The file to write.</param>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public static void CheckWritable(string path)
    {
        try
        {
            FileTarget.Probe(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot write {path}: {e.Reason(path)}", e);
        }
    }

    /// <summary>Refuses to write what is models'. Other files may lie in their folders.</summary>
    /// <param name="path">The file to write; null: none.</param>
    /// <param name="models">The models' folders.</param>
    /// <exception cref="TrainingException">It would be a file of one of them.</exception>
    public static void KeepModels(string? path, IEnumerable<string> models)
    {
        if (path is not null && models.FirstOrDefault(m => RealPath.Within(path, m) is { } way && RunFiles.IsOwn(way)) is { } model)
            throw new TrainingException($"{path} is a file of the model in {model}: write the predictions to another");
    }
}
