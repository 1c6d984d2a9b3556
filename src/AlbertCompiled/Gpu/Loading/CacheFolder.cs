namespace AlbertCompiled.Gpu;

/// <summary>Where what was found out about a card is kept between processes.</summary>
internal static class CacheFolder
{
    /// <summary>AlbertCompiled in XDG_CACHE_HOME, or in the user's folder for such files.</summary>
    public static string Path => System.IO.Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "AlbertCompiled");

    /// <summary>Writes a file beside its place and then puts it there: whoever reads finds all of it or none. Done without where the folder cannot be written.</summary>
    public static void TryWrite(string path, ReadOnlySpan<byte> content)
    {
        string beside = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            File.WriteAllBytes(beside, content);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(beside);      // the rest is found out again at the next start
        }
    }

    /// <summary>Lets one process at a time read and write a file; null where the folder cannot be written, or another takes too long. The lock is an empty file of its own, which stays.</summary>
    public static IDisposable? TryLock(string path)
    {
        const int tries = 100, milliseconds = 10;
        for (int i = 0; i < tries; i++)
        {
            try
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                return new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (File.Exists($"{path}.lock"))
            {
                Thread.Sleep(milliseconds);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        return null;
    }

    static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // nor can it be deleted
        }
    }
}
