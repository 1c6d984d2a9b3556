using System.Diagnostics;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Signals to the command line as a process: the run is saved, and the exit code names the signal.</summary>
public sealed class InterruptionTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public void A_signal_saves_the_run(string signal, int code)
    {
        if (OperatingSystem.IsWindows()) return;
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        string run = folder["run"];
        using var process = CliProcess.Start([.. Listening, .. CliProcess.Command(
            "pretrain", "--text", folder["text"], "--batch-tokens", "128", "--sequence", "32", "--threads", "1", "--steps", "1000000", "--checkpoint-steps", "1", "--run", run)]);
        while (!process.HasExited && new CheckpointStore(run).Latest() is null) Thread.Sleep(5);
        Process.Start("kill", [$"-{signal}", $"{process.Id}"]).WaitForExit();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(code, process.ExitCode);
        Assert.Contains("interrupted after step ", output);
        Assert.True(File.Exists(folder["run/report.html"]));
    }

    [Fact]
    public void A_signal_that_comes_twice_at_once_saves_the_run_all_the_same()
    {
        if (OperatingSystem.IsWindows()) return;
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        string run = folder["run"];
        using var process = CliProcess.Start(CliProcess.Command(
            "pretrain", "--text", folder["text"], "--batch-tokens", "2048", "--sequence", "32", "--threads", "1", "--steps", "1000000", "--checkpoint-steps", "1", "--run", run));
        while (!process.HasExited && new CheckpointStore(run).Latest() is null) Thread.Sleep(5);
        Process.Start("sh", ["-c", $"kill -TERM {process.Id}; sleep 0.02; kill -TERM {process.Id}"]).WaitForExit();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(143, process.ExitCode);
        Assert.Contains("interrupted after step ", output);
    }

    // what a shell starts in the background ignores Ctrl-C, what nohup starts the end of a session, and so do the processes that they start
    static string[] Listening => Ignored("INT", 2) + Ignored("HUP", 1) is { Length: > 0 } ignored ? ["env", .. ignored.Split(' ', StringSplitOptions.RemoveEmptyEntries)] : [];

    static string Ignored(string name, int signal) => File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } ignored
        && (Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) & 1UL << (signal - 1)) != 0 ? $" --default-signal={name}" : "";

    [Fact]
    public void Messages_are_in_one_language()
    {
        if (OperatingSystem.IsWindows()) return;
        var (code, _, error) = CliProcess.Run(["env", "LC_ALL=tr_TR.UTF-8", .. CliProcess.Command("info")]);
        Assert.Equal(2, code);
        Assert.EndsWith("error: Required argument 'model' missing for command: 'info'; see albert info --help\n", error); // a shell may warn of the locale before
    }
}
