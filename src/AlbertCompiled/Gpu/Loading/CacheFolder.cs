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
