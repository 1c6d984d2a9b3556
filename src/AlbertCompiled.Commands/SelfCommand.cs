namespace AlbertCompiled.Commands;

/// <summary>How this program was called, to tell the user what to type next.</summary>
static class SelfCommand
{
    /// <summary>The words before the arguments, as they work from the current folder.</summary>
    public static string Prefix =>
        // the SDK notes it for programs of one file
        AppContext.GetData("EntryPointFilePath") is string source && File.Exists(source) ? $"dotnet run {Quote(Path.GetRelativePath(Environment.CurrentDirectory, source))} --"
        : Of(Environment.ProcessPath ?? "albert", Environment.GetCommandLineArgs()[0], AppContext.BaseDirectory, Environment.CurrentDirectory);

    /// <summary>The words before the arguments.</summary>
    /// <param name="process">The program that runs.</param>
    /// <param name="assembly">What it was told to run, if it is the SDK's own.</param>
    /// <param name="folder">Where the program lies.</param>
    /// <param name="here">The current folder.</param>
    internal static string Of(string process, string assembly, string folder, string here)
    {
        if (Path.GetFileNameWithoutExtension(process) == "dotnet") return $"dotnet {Quote(assembly)}";
        return ProjectOf(folder, here) is var (project, options) ? $"dotnet run{options}{(project == "." ? "" : $" --project {Quote(project)}")} --" : Quote(process);
    }

    // the project, below the current folder, whose build lies in bin/Release or bin/Debug
    static (string Project, string Options)? ProjectOf(string folder, string here)
    {
        foreach (var (configuration, options) in ((string, string)[])[("Release", " -c Release"), ("Debug", "")])
        {
            int at = folder.LastIndexOf(Path.DirectorySeparatorChar + Path.Combine("bin", configuration) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
            if (at < 0 || Path.GetRelativePath(here, folder[..at]) is var project && (Path.IsPathRooted(project) || project.StartsWith("..", StringComparison.Ordinal))) continue;
            if (Directory.EnumerateFiles(folder[..at], "*.csproj").Any()) return (project, options);
        }

        return null;
    }

    /// <summary>A word of a command line.</summary>
    public static string Quote(string word) => word.Length > 0 && word.All(IsSafe) ? word : $"'{word.Replace("'", "'\\''")}'";

    // to every shell; a backslash is one to none but that of Windows
    static bool IsSafe(char c) => char.IsLetterOrDigit(c) || "_-./:=@%+,".Contains(c) || (c == '\\' && OperatingSystem.IsWindows());
}
