namespace AlbertCompiled.Training;

/// <summary>A file that one process holds at a time. It is gone when the lock is disposed of; a process that ends lets go of it.</summary>
static class FileLock
{
    /// <summary>Takes a lock; null if another holder has it.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static IDisposable? TryTake(string path)
    {
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
