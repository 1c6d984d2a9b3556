namespace AlbertCompiled.Tests.Training.Fuzz;

/// <summary>Files and folders of fuzzed parsers, in memory where the system has a place for that; gone when the tests end.</summary>
internal static class FuzzFiles
{
    const string Memory = "/dev/shm";

    static readonly string Root = Directory.CreateDirectory(Path.Combine(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"albert-fuzz-{Guid.NewGuid():N}")).FullName;

    static FuzzFiles() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Root, recursive: true);

    /// <summary>A folder for a parser.</summary>
    public static string Folder(string parser) => Directory.CreateDirectory(Path.Combine(Root, parser.Replace(' ', '-'))).FullName;

    /// <summary>The path of a file in a parser's folder, which may be one of a folder in it.</summary>
    public static string In(string parser, string file)
    {
        string path = Path.Combine(Folder(parser), file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
