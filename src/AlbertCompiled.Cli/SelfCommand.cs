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
    public static string Quote(string word) => word.AsSpan().ContainsAny(" '\"$&()") ? $"'{word.Replace("'", "'\\''")}'" : word;
}
