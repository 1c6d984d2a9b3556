using System.Runtime.CompilerServices;

namespace AlbertCompiled.Tests.Infrastructure;

/// <summary>Where the sources lie.</summary>
static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    static string Here([CallerFilePath] string path = "") => path;
}
