using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>A vocabulary that the user names: a file, or a folder that holds one.</summary>
static class VocabularyFile
{
    // a run's folder and the usual model folders name it differently
    static readonly string[] Names = ["vocabulary.model", "spiece.model"];

    /// <summary>The file.</summary>
    /// <exception cref="TrainingException">A folder holds none, or cannot be read.</exception>
    public static string Of(string path) =>
        !Directory.Exists(path) ? path
        : Names.Select(name => Path.Combine(path, name)).FirstOrDefault(FileSearch.Exists) ?? throw new TrainingException($"{path} holds no vocabulary: there is neither {string.Join(" nor ", Names)} in it");

    /// <summary>Reads it.</summary>
    /// <exception cref="TrainingException">There is none, or it is no such file.</exception>
    public static Vocabulary Load(string path) => Vocabulary.Load(Of(path));

    /// <summary>Reads it, or takes the one that comes with the program.</summary>
    /// <exception cref="TrainingException">It is named, and there is none, or it is no such file.</exception>
    public static Vocabulary LoadOrDefault(string? path) => path is null ? Vocabulary.Default : Load(path);
}
