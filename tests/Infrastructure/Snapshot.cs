using System.Runtime.CompilerServices;
using System.Text;
using DiffEngine;
using Microsoft.CodeAnalysis;
using Xunit.Sdk;

namespace AlbertCompiled.Tests.Infrastructure;

/// <summary>A text to hold against a file.</summary>
/// <param name="Extension">Of the file, without the dot.</param>
/// <param name="Data">The text.</param>
/// <param name="Name">Tells the targets of one test apart; null for a test's only one.</param>
readonly record struct Target(string Extension, string Data, string? Name = null);

/// <summary>
/// Snapshots: <c>await Verifier.Verify(text)</c>. Files, names and calls are those of Verify.Xunit, which can take this file's place.
/// A snapshot is accepted by renaming <c>*.received.*</c> to <c>*.verified.*</c>.
/// </summary>
static class Verifier
{
    /// <summary>Holds a text against <c>{Class}.{Method}.verified.{extension}</c> beside the test. The class is named like its file.</summary>
    public static Task Verify(string target, string extension = "txt", [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "") =>
        Verify([new Target(extension, target)], sourceFile, method);

    /// <summary>Holds every generated file against <c>{Class}.{Method}#{hint}.verified.cs</c>.</summary>
    public static Task Verify(GeneratorRunResult target, [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "") =>
        Verify(target.GeneratedSources.Select(s => new Target("cs", s.SourceText.ToString(), Path.GetFileNameWithoutExtension(s.HintName))), sourceFile, method);

    /// <summary>Holds each text against <c>{Class}.{Method}#{name}.verified.{extension}</c>.</summary>
    public static Task Verify(IEnumerable<Target> targets, [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "") =>
        new Snapshot(Path.GetDirectoryName(sourceFile)!, $"{Path.GetFileNameWithoutExtension(sourceFile)}.{method}").Verify([.. targets]);
}

/// <summary>The files of one test.</summary>
sealed class Snapshot(string directory, string prefix)
{
    /// <summary>Succeeds if the files hold these texts, but for line endings, and no others.</summary>
    /// <exception cref="XunitException">They differ; what came out lies beside them as *.received.*.</exception>
    public async Task Verify(IReadOnlyList<Target> targets)
    {
        var failures = new StringBuilder();
        var kept = new HashSet<string>();
        foreach (var target in targets)
        {
            string name = target.Name is null ? prefix : $"{prefix}#{target.Name}";
            string verified = Path.Combine(directory, $"{name}.verified.{target.Extension}"), received = Path.Combine(directory, $"{name}.received.{target.Extension}");
            if (!kept.Add(verified)) throw new XunitException($"two targets are called {Path.GetFileName(verified)}");
            string text = Normalize(target.Data);
            string? expected = File.Exists(verified) ? Normalize(await File.ReadAllTextAsync(verified)) : null;
            if (text == expected)
            {
                File.Delete(received);
                continue;
            }

            await File.WriteAllTextAsync(received, text);
            failures.AppendLine(expected is null ? $"new: {Path.GetFileName(received)}" : $"changed: {Path.GetFileName(received)}, {FirstDifference(expected, text)}");
            if (IsInteractive) await DiffRunner.LaunchAsync(received, verified);
        }

        var stale = Directory.EnumerateFiles(directory, $"{prefix}*.verified.*")
            .Where(path => Path.GetFileName(path)[prefix.Length] is '.' or '#' && !kept.Contains(path)).Select(Path.GetFileName);
        foreach (string? name in stale.Order(StringComparer.Ordinal)) failures.AppendLine($"no longer produced: {name}");
        if (failures.Length > 0) throw new XunitException($"Snapshots differ in {directory}:\n{failures}");
    }

    /// <summary>Somebody sits in front of a screen.</summary>
    static bool IsInteractive => !BuildServerDetector.Detected && !DiffRunner.Disabled && Environment.UserInteractive
        && (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("DISPLAY") is not null || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is not null);

    static string Normalize(string text) => text.Replace("\r\n", "\n").TrimStart('\uFEFF').TrimEnd('\n');

    static string FirstDifference(string expected, string actual)
    {
        string[] old = expected.Split('\n'), now = actual.Split('\n');
        int line = Enumerable.Range(0, Math.Max(old.Length, now.Length)).First(i => i >= old.Length || i >= now.Length || old[i] != now[i]);
        string Line(string[] lines) => line < lines.Length ? lines[line] : "(nothing)";
        return $"line {line + 1}:\n  - {Line(old)}\n  + {Line(now)}";
    }
}
