namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>Files and folders of fuzzed parsers, gone when the tests end.</summary>
internal static class FuzzFiles
{
    static readonly TemporaryFolder Root = new();

    static FuzzFiles() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Root.Dispose();

    /// <summary>A folder for a parser.</summary>
    public static string Folder(string parser) => Directory.CreateDirectory(Root[parser.Replace(' ', '-')]).FullName;

    /// <summary>The path of a file in a parser's folder, which may be one of a folder in it.</summary>
    public static string In(string parser, string file)
    {
        string path = Path.Combine(Folder(parser), file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
