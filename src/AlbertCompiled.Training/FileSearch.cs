namespace AlbertCompiled.Training;

/// <summary>Looks for files and folders. What may not be looked at is told, where <see cref="File.Exists"/> calls it missing.</summary>
public static class FileSearch
{
    /// <summary>True if a file is there.</summary>
    /// <exception cref="TrainingException">It cannot be told: a folder above it cannot be read.</exception>
    public static bool Exists(string path) => Attributes(path) is { } found && !found.HasFlag(FileAttributes.Directory);

    /// <summary>True if a folder is there.</summary>
    /// <exception cref="TrainingException">It cannot be told: a folder above it cannot be read.</exception>
    public static bool FolderExists(string path) => Attributes(path) is { } found && found.HasFlag(FileAttributes.Directory);

    /// <summary>The files of a folder that match.</summary>
    /// <exception cref="TrainingException">The folder cannot be read.</exception>
    internal static string[] Files(string folder, string pattern) => Look(folder, () => Directory.GetFiles(folder, pattern));

    /// <summary>The subfolders whose names begin so; none where there is no such folder.</summary>
    /// <exception cref="TrainingException">The folder cannot be read.</exception>
    internal static string[] Folders(string folder, string prefix) => Look(folder, () => Directory.Exists(folder) ? Directory.GetDirectories(folder, prefix + "*") : []);

    /// <summary>Files and folders in a folder; none where there is no such folder.</summary>
    /// <exception cref="TrainingException">The folder cannot be read.</exception>
    internal static string[] Entries(string folder) => Look(folder, () => Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : []);

    // null: nothing is there
    static FileAttributes? Attributes(string path) => Look(Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : path, () =>
    {
        try
        {
            return path.Length > 0 ? File.GetAttributes(path) : (FileAttributes?)null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    });

    static T Look<T>(string folder, Func<T> look)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {folder}: {e.Reason()}", e);
        }
    }
}
