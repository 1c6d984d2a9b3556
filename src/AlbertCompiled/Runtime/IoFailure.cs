namespace AlbertCompiled;

/// <summary>Failures of the file system in a user's words. Which file it is, the message around says.</summary>
public static class IoFailure
{
    /// <summary>Why something could not be read or written.</summary>
    /// <param name="failure">What the system said.</param>
    /// <param name="file">The file that it was about; null: a folder, or not known.</param>
    public static string Reason(this Exception failure, string? file = null) => failure switch
    {
        FileNotFoundException => "there is no such file",
        DirectoryNotFoundException => "there is no such folder",
        UnauthorizedAccessException => Directory.Exists(file) ? "it is a folder" : "access is denied",
        _ => WithoutPath(failure.Message),
    };

    // the system's messages end in : 'path'
    static string WithoutPath(string message) => message.IndexOf(" : '", StringComparison.Ordinal) is > 0 and var at ? message[..at] : message.TrimEnd('.');
}
