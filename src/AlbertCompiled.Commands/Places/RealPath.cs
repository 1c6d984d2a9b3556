using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>Compares paths by what they lead to: a link is what it points to, wherever it stands in the path.</summary>
static class RealPath
{
    /// <summary>True if a path is a folder or leads into it.</summary>
    /// <exception cref="TrainingException">Links lead in a circle, or cannot be read.</exception>
    public static bool IsWithin(string path, string folder) => Within(path, folder) is not null;

    /// <summary>The names that lead from a folder to a path, none if it is the folder; null if it does not lie there.</summary>
    /// <exception cref="TrainingException">Links lead in a circle, or cannot be read.</exception>
    public static string[]? Within(string path, string folder)
    {
        string file = Of(path), root = Path.TrimEndingDirectorySeparator(Of(folder)) + Path.DirectorySeparatorChar;
        return file + Path.DirectorySeparatorChar == root ? [] : file.StartsWith(root, StringComparison.Ordinal) ? file[root.Length..].Split(Path.DirectorySeparatorChar) : null;
    }

    static string Of(string path)
    {
        try
        {
            return FileTarget.Resolve(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason()}", e);
        }
    }
}
