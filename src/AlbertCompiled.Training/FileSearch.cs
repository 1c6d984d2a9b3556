namespace AlbertCompiled.Training;

/// <summary>Looks for files and folders. What may not be looked at is told, where <see cref="File.Exists"/> calls it missing.</summary>
public static class FileSearch
{
    /// <summary>True if a file is there.</summary>
    /// <exception cref="TrainingException">It cannot be told: a folder above it cannot be read.</exception>
    public static bool Exists(string path)
    {
        if (File.Exists(path)) return true;
        try
        {
            _ = File.GetAttributes(path);
            return false; // a folder
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotRead(Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : path, e);
        }
    }

    /// <summary>The subfolders whose names begin so; none where there is no such folder.</summary>
    /// <exception cref="TrainingException">The folder cannot be read.</exception>
    internal static string[] Folders(string folder, string prefix)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetDirectories(folder, prefix + "*") : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotRead(folder, e);
        }
    }

    static TrainingException CannotRead(string folder, Exception e) => new($"cannot read {folder}: {e.Reason()}", e);
}
