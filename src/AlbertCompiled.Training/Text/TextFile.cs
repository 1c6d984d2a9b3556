namespace AlbertCompiled.Training;

/// <summary>Opens files of text.</summary>
public static class TextFile
{
    const int Buffer = 1 << 16;

    /// <summary>A file as a stream to be read from its beginning, unpacked if its name ends in .gz.</summary>
    /// <exception cref="TrainingException">It cannot be opened.</exception>
    public static Stream Open(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, Buffer, FileOptions.SequentialScan);
            return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new PackedText(file) : file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {path}: {e.Reason(path)}", e);
        }
    }

    /// <summary>The files of a folder and its subfolders whose names fit, in order of their paths.</summary>
    /// <exception cref="TrainingException">A folder cannot be read.</exception>
    public static IReadOnlyList<string> In(string folder, Func<string, bool> fits)
    {
        var found = new List<string>();
        try
        {
            Add(new(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"cannot read {folder}: {e.Reason()}", e);
        }

        return [.. found.Order(StringComparer.Ordinal)];

        // linked files are read, linked folders are not: they may lead back
        void Add(DirectoryInfo directory)
        {
            found.AddRange(directory.EnumerateFiles().Where(f => fits(f.Name)).Select(f => Path.Combine(folder, Path.GetRelativePath(folder, f.FullName))));
            foreach (var inner in directory.EnumerateDirectories())
                if (inner.LinkTarget is null) Add(inner);
        }
    }
}
