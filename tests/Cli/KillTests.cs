using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Training;
using Xunit.Abstractions;

namespace AlbertCompiled.Tests;

/// <summary>
/// A run that saves every step is killed (SIGKILL) at random moments, from start-up to the report, and goes on by the same command each time.
/// In the end its measurements and weights are those of the run that nothing broke. ALBERT_KILLS sets how many times.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    const int Steps = 8;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_killed_run_goes_on_as_if_nothing_had_happened()
    {
        int wanted = int.Parse(Environment.GetEnvironmentVariable("ALBERT_KILLS") ?? "2", CultureInfo.InvariantCulture);
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        long start = Stopwatch.GetTimestamp();
        Completes("whole");
        double whole = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        string[] expected = Metrics("whole");
        var times = File.ReadLines(folder["whole/metrics.jsonl"]).Select(l => MetricsLog.Parse(l)!.Value).Where(m => m.GetProperty("kind").GetString() == "step").Select(m => m.GetProperty("time").GetDouble()).ToArray();
        double training = 1000 * (times[^1] - times[0]);
        var random = new Random(wanted);
        int kills = 0, runs = 0, early = 0;
        for (; kills < wanted; runs++)
        {
            string run = $"run{runs}";
            while (kills < wanted)
            {
                using var process = CliProcess.Start(Command(run));
                // half of the moments lie anywhere, half where steps are trained and saved
                if (random.Next(2) == 0) Wait(process, random.Next((int)whole));
                else if (Stepped(process, run)) Wait(process, random.Next((int)(training / 2)));
                bool killed = !process.HasExited;
                if (killed) process.Kill();
                process.WaitForExit();
                if (!killed || process.ExitCode == 0)
                {
                    Assert.True(process.ExitCode == 0, process.StandardError.ReadToEnd());   // what a kill left could not be gone on with
                    break;
                }

                kills++;
                if (!RunFolder.Exists(folder[run])) early++;
            }

            Completes(run);
            Assert.Equal(expected, Metrics(run));
            Assert.Equal(Weights("whole"), Weights(run));
            long[] steps = [.. EventFileTests.Read(File.ReadAllBytes(folder[$"{run}/{TensorBoardEvents.FileName}"])).Where(e => e.Scalars.Any(s => s.Tag == "train/loss")).Select(e => e.Step)];
            Assert.Equal(Enumerable.Range(1, Steps).Select(s => (long)s), steps);
            Assert.Empty(Directory.GetFileSystemEntries(folder[$"{run}/checkpoints"], "*.tmp"));
        }

        output.WriteLine($"{kills} kills in {runs} runs of {Steps} steps, {early} of them before there was a run; every series equals the unbroken one");
    }

    string[] Command(string run) => CliProcess.Command(
        "pretrain", "--text", folder["text"], "--steps", $"{Steps}", "--batch-tokens", "128", "--accumulate", "2", "--sequence", "32", "--threads", "1",
        "--checkpoint-steps", "1", "--keep", "2", "--evaluate-every", "5", "--run", folder[run]);

    void Completes(string run)
    {
        var (code, _, error) = CliProcess.Run(Command(run));
        Assert.True(code == 0, error);
    }

    static void Wait(Process process, int milliseconds) => process.WaitForExit(TimeSpan.FromMilliseconds(milliseconds));

    // returns when the process has saved a step
    bool Stepped(Process process, string run)
    {
        string? before = new CheckpointStore(folder[run]).Latest();
        while (!process.HasExited)
        {
            if (new CheckpointStore(folder[run]).Latest() != before) return true;
            Thread.Sleep(1);
        }

        return false;
    }

    string[] Metrics(string run) => CliRun.Measured(folder[$"{run}/metrics.jsonl"]);

    byte[] Weights(string run) => File.ReadAllBytes(folder[$"{run}/checkpoints/step-{Steps:D8}/optimizer.safetensors"]);
}
