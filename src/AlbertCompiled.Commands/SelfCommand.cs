namespace AlbertCompiled.Commands;

/// <summary>How this program was called, to tell the user what to type next.</summary>
static class SelfCommand
{
    /// <summary>The words before the arguments, as they work from the current folder.</summary>
    public static string Prefix => Of(Environment.ProcessPath ?? "albert", Environment.GetCommandLineArgs()[0], AppContext.BaseDirectory, Environment.CurrentDirectory);

    /// <summary>The words before the arguments.</summary>
    /// <param name="process">The program that runs.</param>
    /// <param name="assembly">What it was told to run, if it is the SDK's own.</param>
    /// <param name="folder">Where the program lies.</param>
    /// <param name="here">The current folder.</param>
    internal static string Of(string process, string assembly, string folder, string here)
    {
        if (Path.GetFileNameWithoutExtension(process) == "dotnet") return $"dotnet {Quote(assembly)}";
        return ProjectOf(folder, here) is { } project ? $"dotnet run -c Release{(project == "." ? "" : $" --project {Quote(project)}")} --" : Quote(process);
    }

    // the project, below the current folder, whose build lies in bin/Release
    static string? ProjectOf(string folder, string here)
    {
        string release = Path.Combine("bin", "Release") + Path.DirectorySeparatorChar;
        int at = folder.LastIndexOf(Path.DirectorySeparatorChar + release, StringComparison.Ordinal);
        if (at < 0 || Path.GetRelativePath(here, folder[..at]) is var project && (Path.IsPathRooted(project) || project.StartsWith("..", StringComparison.Ordinal))) return null;
        return Directory.EnumerateFiles(folder[..at], "*.csproj").Any() ? project : null;
    }

    /// <summary>A word of a command line.</summary>
    public static string Quote(string word) => word.Length > 0 && word.All(IsSafe) ? word : $"'{word.Replace("'", "'\\''")}'";

    // to every shell; a backslash is one to none but that of Windows
    static bool IsSafe(char c) => char.IsLetterOrDigit(c) || "_-./:=@%+,".Contains(c) || (c == '\\' && OperatingSystem.IsWindows());
}
