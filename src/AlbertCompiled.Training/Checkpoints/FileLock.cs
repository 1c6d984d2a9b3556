namespace AlbertCompiled.Training;

/// <summary>A file that one process holds at a time. It is gone when the lock is disposed of; a process that ends lets go of it.</summary>
static class FileLock
{
    /// <summary>Takes a lock; null if another holder has it.</summary>
    /// <exception cref="IOException">The file cannot be written, or is not empty: it is no lock, and must not be gone with it.</exception>
    public static IDisposable? TryTake(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > 0 }) throw new IOException($"{path} is not empty, so it is no lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
