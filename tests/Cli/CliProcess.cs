using System.Diagnostics;

namespace AlbertCompiled.Tests;

/// <summary>The command line as a process of its own, on the smallest model of the zoo: it can be killed, and its disk can be full.</summary>
static class CliProcess
{
    static readonly string Program = Path.Combine(AppContext.BaseDirectory, "albert.dll");

    /// <summary>The words of a command.</summary>
    public static string[] Command(params string[] arguments) => ["dotnet", "exec", Program, .. arguments];

    /// <summary>Starts a program with the tests' cache of corpora.</summary>
    public static Process Start(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = System.Text.Encoding.UTF8 };
        start.Environment["ALBERT_CACHE"] = Path.Combine(Path.GetTempPath(), "albert-test-cache");
        return Process.Start(start)!;
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int Code, string Output, string Error) Run(params string[] command)
    {
        using var process = Start(command);
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
