using AlbertCompiled.Training;

namespace AlbertCompiled.Cli;

/// <summary>Compares paths by what they lead to: a link is what it points to, wherever it stands in the path.</summary>
static class RealPath
{
    const int MostLinks = 40;

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
            int links = 0;
            return Of(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), ref links);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason()}", e);
        }
    }

    static string Of(string path, ref int links)
    {
        if (Path.GetDirectoryName(path) is not { } parent) return path;
        string real = Path.Combine(Of(parent, ref links), Path.GetFileName(path));
        if (new FileInfo(real).LinkTarget is not { } target) return real;
        if (++links > MostLinks) throw new IOException("its links lead in a circle");
        return Of(Path.GetFullPath(target, Path.GetDirectoryName(real)!), ref links);
    }
}
