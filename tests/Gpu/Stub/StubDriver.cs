using System.Diagnostics;
using System.Runtime.InteropServices;
using AlbertCompiled.Tests.Infrastructure;

namespace AlbertCompiled.Tests.Gpu.Stub;

/// <summary>
/// The stand-in for the CUDA driver, built from cuda_stub.c by the C compiler of the machine. Only a process that this class starts
/// sees it: a real card stays what it is for all other tests.
/// </summary>
static class StubDriver
{
    static readonly Lazy<(string? Folder, string Reason)> Built = new(Build);

    /// <summary>Why it is not there, or null.</summary>
    public static string? Absent => Built.Value.Folder is null ? Built.Value.Reason : null;

    /// <summary>Runs a scenario in a process of its own; returns the driver's log.</summary>
    /// <param name="scenario">The name of one of <see cref="StubScenarios"/>.</param>
    /// <param name="settings">Environment variables of the stand-in.</param>
    public static StubLog Run(string scenario, params ReadOnlySpan<(string Name, string Value)> settings)
    {
        string log = Path.Combine(Built.Value.Folder!, $"{scenario}-{Guid.NewGuid():N}.log");
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(StubDriver).Assembly.Location, scenario]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LD_LIBRARY_PATH"] = Built.Value.Folder;
        start.Environment["STUB_CUDA_LOG"] = log;
        start.Environment["ALBERT_MEASURE"] = "0";          // unless the test asks for it
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(Built.Value.Folder!, "cache");       // texts of kernels are made once for all scenarios
        foreach (var (name, value) in settings) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{scenario} ended with {process.ExitCode}: {output}");
        var lines = new StubLog(File.ReadAllLines(log));
        File.Delete(log);
        return lines;
    }

    static (string? Folder, string Reason) Build()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64)) return (null, "the stand-in driver is built on Linux alone");
        string folder = Path.Combine(AppContext.BaseDirectory, "stub-driver"), source = Path.Combine(Repository.Root, "tests", "Gpu", "Stub", "cuda_stub.c");
        if (!File.Exists(source)) return (null, "the sources of the stand-in driver are not on this machine");
        Directory.CreateDirectory(folder);
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("cc", ["-O1", "-shared", "-fPIC", "-o", Path.Combine(folder, "libcuda.so.1"), source, "-lpthread"]) { RedirectStandardError = true })!;
            string error = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            if (compiler.ExitCode != 0) throw new InvalidOperationException(error);
            return (folder, "");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "there is no C compiler (cc) to build the stand-in driver with");
        }
    }
}

/// <summary>A test against the stand-in driver, or the reason why not.</summary>
sealed class StubFactAttribute : FactAttribute
{
    public StubFactAttribute() => Skip = StubDriver.Absent;
}

/// <summary>A theory against the stand-in driver, or the reason why not.</summary>
sealed class StubTheoryAttribute : TheoryAttribute
{
    public StubTheoryAttribute() => Skip = StubDriver.Absent;
}

/// <summary>What the driver was asked for, a line a call, in parts that the scenario marked.</summary>
sealed class StubLog(string[] lines)
{
    public IReadOnlyList<string> Lines => lines;

    /// <summary>The lines between a mark and the next.</summary>
    public string[] Part(string mark) =>
        [.. lines.SkipWhile(l => l != $"# {mark}").Skip(1).TakeWhile(l => !l.StartsWith('#')).Where(l => !l.StartsWith("seen", StringComparison.Ordinal))];

    /// <summary>The rest of the lines that begin with a word.</summary>
    public string[] All(string word) => [.. lines.Where(l => l.StartsWith(word + " ", StringComparison.Ordinal)).Select(l => l[(word.Length + 1)..])];
}
