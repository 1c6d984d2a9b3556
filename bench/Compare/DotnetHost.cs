using System.Runtime.InteropServices;

namespace AlbertCompiled.Bench;

/// <summary>The <c>dotnet</c> that runs this program: <c>dotnet run</c> starts a program's own host, which cannot build or run others.</summary>
internal static class DotnetHost
{
    /// <summary>Its file: the runtime lies in shared/Microsoft.NETCore.App/VERSION beside it.</summary>
    public static string Path { get; } = Find();

    static string Find()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet", path = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(path) ? path : name;
    }
}
