namespace AlbertCompiled.Cli;

/// <summary>How this program was called, to tell the user what to type next.</summary>
static class SelfCommand
{
    const string Project = "src/AlbertCompiled.Cli";

    /// <summary>The words before the arguments, as they work from the current folder.</summary>
    public static string Prefix
    {
        get
        {
            string here = Environment.CurrentDirectory, program = Environment.ProcessPath ?? "albert";
            if (Directory.Exists(Path.Combine(here, Project)) && AppContext.BaseDirectory.StartsWith(Path.Combine(here, Project), StringComparison.Ordinal))
                return $"dotnet run -c Release --project {Project} --";
            return Path.GetFileNameWithoutExtension(program) == "dotnet" ? $"dotnet {Quote(Path.Combine(AppContext.BaseDirectory, "albert.dll"))}" : Quote(program);
        }
    }

    /// <summary>A word of a command line.</summary>
    public static string Quote(string word) => word.Length > 0 && word.All(IsSafe) ? word : $"'{word.Replace("'", "'\\''")}'";

    // to every shell; a backslash is one to none but that of Windows
    static bool IsSafe(char c) => char.IsLetterOrDigit(c) || "_-./:=@%+,".Contains(c) || (c == '\\' && OperatingSystem.IsWindows());
}
