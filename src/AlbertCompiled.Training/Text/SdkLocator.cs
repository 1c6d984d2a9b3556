using System.Runtime.InteropServices;

namespace AlbertCompiled.Training;

/// <summary>Finds an installed .NET SDK and the documentation in its reference packs.</summary>
public static class SdkLocator
{
    // NETCore first: the ASP.NET pack repeats its files
    static readonly string[] Packs = ["Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref"];

    /// <summary>The root of an installation that has reference packs: the running one, DOTNET_ROOT, or that of the <c>dotnet</c> on the path.</summary>
    /// <exception cref="TrainingException">There is none; the message lists where it was looked for.</exception>
    public static string FindRoot()
    {
        string[] candidates = [.. Candidates().Where(c => !string.IsNullOrEmpty(c)).Select(c => Path.TrimEndingDirectorySeparator(Path.GetFullPath(c!))).Distinct()];
        return candidates.FirstOrDefault(root => Packs.Any(p => Directory.Exists(Path.Combine(root, "packs", p))))
            ?? throw new TrainingException(
                $"no .NET SDK with documentation packs found (looked in {string.Join(", ", candidates)}): install the SDK, set DOTNET_ROOT, or give a corpus with --text");
    }

    /// <summary>The documentation files of the newest version of each pack, each name once.</summary>
    /// <exception cref="TrainingException">There are none.</exception>
    public static string[] DocumentationFiles(string root)
    {
        var files = new Dictionary<string, string>();
        foreach (string pack in Packs)
            if (NewestVersion(Path.Combine(root, "packs", pack)) is { } version && Directory.Exists(Path.Combine(version, "ref")))
                foreach (string folder in Directory.GetDirectories(Path.Combine(version, "ref"), "net*"))
                    foreach (string file in Directory.GetFiles(folder, "*.xml").Order(StringComparer.Ordinal))
                        files.TryAdd(Path.GetFileName(file), file);
        if (files.Count == 0)
            throw new TrainingException($"no XML documentation under {Path.Combine(root, "packs")}: install the .NET SDK, or give a corpus with --text");
        return [.. files.Values];
    }

    static IEnumerable<string?> Candidates()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/
        yield return Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..");
        yield return Environment.GetEnvironmentVariable("DOTNET_ROOT");
        string program = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            if (Path.Combine(folder, program) is var path && File.Exists(path))
                yield return Path.GetDirectoryName(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
    }

    static string? NewestVersion(string pack) =>
        !Directory.Exists(pack) ? null
        : Directory.GetDirectories(pack).Select(d => (Path: d, Version: Parse(Path.GetFileName(d)))).OrderBy(d => d.Version).LastOrDefault().Path;

    // a preview ("11.0.0-preview.1") is older than the version it previews
    static (Version Number, bool Final, string Suffix) Parse(string name)
    {
        string[] parts = name.Split('-', 2);
        return (Version.TryParse(parts[0], out var v) ? v : new(), parts.Length == 1, parts.Length == 1 ? "" : parts[1]);
    }
}
