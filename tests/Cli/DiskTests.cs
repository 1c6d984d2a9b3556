
namespace AlbertCompiled.Tests;

/// <summary>A disk that is full or may not be written: one line that says so, and nothing lost. On file systems mounted in a namespace of the test's own.</summary>
public sealed class DiskTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [NamespaceFact]
    public void A_full_disk_keeps_the_last_checkpoint_and_the_run_goes_on_when_there_is_room()
    {
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        Directory.CreateDirectory(folder["disk"]);
        string pretrain = string.Join(' ', CliProcess.Command(
            "pretrain", "--text", folder["text"], "--batch-tokens", "128", "--sequence", "32", "--threads", "1", "--steps", "4", "--evaluate-every", "4", "--checkpoint-steps", "2", "--keep", "3", "--run"));
        string run = folder["disk/run"];
        // a checkpoint takes 16 MB
        var (code, output, error) = InNamespace($"""
            mount -t tmpfs -o size=24m none {folder["disk"]}
            {pretrain} {run} > /dev/null; echo "code $?"
            echo "left: $(ls {run}/checkpoints)"
            mount -o remount,ro {folder["disk"]}
            {pretrain} {run} > /dev/null; echo "code $?"
            mount -o remount,rw,size=100m {folder["disk"]}
            {pretrain} {run} > /dev/null; echo "code $?"
            cp {run}/metrics.jsonl {folder["broken.jsonl"]}
            {pretrain} {folder["whole"]} > /dev/null; echo "code $?"
            """);
        string[] told = error.TrimEnd('\n').Split('\n');
        Assert.Equal(0, code);
        Assert.Equal(["code 1", "left: step-00000002", "code 1", "code 0", "code 0"], output.TrimEnd('\n').Split('\n'));
        Assert.Equal(2, told.Length);
        Assert.Matches($"^error: cannot write the checkpoint {run}/checkpoints/step-00000004: .*No space left on device.*; the last good one is {run}/checkpoints/step-00000002$", told[0]);
        Assert.Matches($"^error: cannot write the run folder {run}: .*Read-only file system.*--run$", told[1]);
        Assert.Equal(Metrics("whole/metrics.jsonl"), Metrics("broken.jsonl"));
    }

    [Fact]
    public void Measurements_that_cannot_be_written_stop_the_run_in_one_line()
    {
        if (!File.Exists("/dev/full")) return;      // not on Linux
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        Directory.CreateDirectory(folder["run"]);
        File.CreateSymbolicLink(folder["run/events.out.tfevents.run"], "/dev/full");
        Environment.SetEnvironmentVariable("ALBERT_CACHE", Path.Combine(Path.GetTempPath(), "albert-test-cache"));
        CliRun.Of("pretrain", "--model", "Fake", "--text", folder["text"], "--steps", "12", "--batch-tokens", "512", "--sequence", "64", "--checkpoint-steps", "4", "--run", folder["run"])
            .Fails("cannot write", "events.out.tfevents.run", "No space left on device", "so training stopped; there is no earlier checkpoint");
    }

    static (int Code, string Output, string Error) InNamespace(string script) => CliProcess.Run("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script);

    string[] Metrics(string path) => CliRun.Measured(folder[path]);

    sealed class NamespaceFactAttribute : FactAttribute
    {
        static readonly Lazy<string?> Refusal = new(() =>
        {
            try
            {
                var (code, _, error) = CliProcess.Run("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs none /tmp");
                return code == 0 ? null : $"no file system can be mounted: {error.Trim()}";
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                return $"unshare: {e.Message}";
            }
        });

        public NamespaceFactAttribute() => Skip = Refusal.Value;
    }
}
