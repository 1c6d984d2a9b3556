using AlbertCompiled.Training;

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
        folder.Write("run/run.begun", "{}"); // as of a run that was killed while it began
        File.CreateSymbolicLink(folder["run/events.out.tfevents.run"], "/dev/full");
        Environment.SetEnvironmentVariable("ALBERT_CACHE", Path.Combine(Path.GetTempPath(), "albert-test-cache"));
        CliRun.Of("pretrain", "--model", "Fake", "--text", folder["text"], "--steps", "12", "--batch-tokens", "512", "--sequence", "64", "--checkpoint-steps", "4", "--run", folder["run"])
            .Fails("cannot write", "events.out.tfevents.run", "No space left on device", "so training stopped; there is no earlier checkpoint");
    }

    [Fact]
    public void An_exported_file_that_does_not_fit_is_told_by_its_own_name()
    {
        if (!File.Exists("/dev/full")) return;      // not on Linux
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        Environment.SetEnvironmentVariable("ALBERT_CACHE", Path.Combine(Path.GetTempPath(), "albert-test-cache"));
        CliRun.Of("pretrain", "--model", "Fake", "--text", folder["text"], "--steps", "1", "--batch-tokens", "512", "--sequence", "64", "--run", folder["run"]).Succeeds();
        File.CreateSymbolicLink(folder["model.onnx"], "/dev/full");
        Assert.Equal($"error: cannot write {folder["model.onnx"]}: No space left on device\n", CliRun.Of("export", folder["run"], "--onnx", folder["model.onnx"]).Error);
        Assert.NotNull(new FileInfo(folder["model.onnx"]).LinkTarget);
    }

    [Theory]
    [InlineData(2, "bogus")]
    [InlineData(1, "info", "/nowhere")]
    public void A_failure_that_nobody_hears_keeps_its_exit_code(int code, params string[] arguments)
    {
        if (!File.Exists("/dev/full")) return;      // not on Linux
        Assert.Equal((code, "", ""), CliProcess.Run(["sh", "-c", "exec \"$@\" 2> /dev/full", "sh", .. CliProcess.Command(arguments)]));
    }

    [Fact]
    public void Standard_error_that_is_closed_aborts_nothing()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal((2, "", ""), CliProcess.Run(["sh", "-c", "exec \"$@\" 2>&-", "sh", .. CliProcess.Command("bogus")]));
    }

    [Fact]
    public void A_warning_that_nobody_hears_stops_nothing()
    {
        if (!File.Exists("/dev/full")) return;      // not on Linux
        folder.Write("a.jsonl", "{\"text\":\"One. Two.\"}\n{\"text\":\"\"}\n{\"text\":\"Last.\"}\n");
        Assert.Equal((0, "One.\nTwo.\n", ""), CliProcess.Run(["sh", "-c", "exec \"$@\" 2> /dev/full", "sh", .. CliProcess.Command("sentences", "--text", folder["a.jsonl"])]));
    }

    /// <summary>As another user if this one may write everywhere.</summary>
    [OtherUserFact]
    public void A_folder_that_turns_read_only_keeps_the_last_checkpoint()
    {
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        Directory.CreateDirectory(folder["disk/cache"]);
        string run = folder["disk/run"], checkpoints = folder["disk/run/checkpoints"];
        string pretrain = string.Join(' ', CliProcess.Command(
            "pretrain", "--text", folder["text"], "--batch-tokens", "128", "--sequence", "32", "--threads", "1", "--steps", "10000", "--checkpoint-steps", "1", "--run", run));
        var (code, output, error) = CliProcess.Run("sh", "-c", $"""
            chmod -R a+rwX {folder.Path}
            ALBERT_CACHE={folder["disk/cache"]} {OtherUserFactAttribute.Prefix} {pretrain} > /dev/null & pid=$!
            while kill -0 $pid 2> /dev/null && ! [ -d {checkpoints}/step-00000003 ]; do sleep 0.02; done
            chmod a-w {checkpoints} {run}
            wait $pid; echo "code $?"
            """);
        Assert.Equal((0, "code 1\n"), (code, output));
        string last = new CheckpointStore(run).Latest()!;
        Assert.Matches($"^error: cannot write the checkpoint {checkpoints}/step-[0-9]+: .*denied.*; the last good one is {last}\n$", error);
        Manifest.Verify(last);
        Assert.Equal(0, CliProcess.Run("chmod", "-R", "a+rwX", folder.Path).Code);
    }

    /// <summary>As another user if this one may read everywhere.</summary>
    [OtherUserFact]
    public void What_may_not_be_read_is_told_so_and_not_called_missing()
    {
        foreach (string name in (string[])["config.json", "vocabulary.model", "a.txt"]) folder.Write($"closed/run/{name}", "");
        string run = folder["closed/run"];
        string[][] commands = [["fill-mask", run, "a [MASK]"], ["tokenize", run, "a"], ["info", run], ["evaluate", run], ["pretrain", "--text", run], ["pretrain", "--data", run]];
        Told("000", run, commands);                 // nothing of it
        Told("444", run, commands);                 // names alone
        Told("000", folder["closed"], commands);    // nor that it is there
    }

    /// <summary>The same of a task's data.</summary>
    [OtherUserFact]
    public void Data_that_may_not_be_read_are_told_so()
    {
        string race = folder["closed/RACE"], dev = folder["closed/RACE/dev"], rte = folder["closed/RTE"];
        folder.Write("closed/RACE/dev/middle/1.txt", "");
        folder.Write("closed/RTE/train.tsv", "");
        string[] checkRace = ["check-data", "RACE", "--data", dev], checkRte = ["check-data", "RTE", "--data", rte];
        Told("000", folder["closed"], checkRace, checkRte, ["score", "RACE", "--data", dev, "--predictions", "answers.tsv"]);
        foreach (string closed in (string[])[race, dev, Path.Combine(dev, "middle")]) Told("000", closed, checkRace);
        Told("333", Path.Combine(dev, "middle"), checkRace);
        Told("000", Path.Combine(dev, "middle", "1.txt"), checkRace);
        Told("000", rte, checkRte);
    }

    // runs each command while a folder or file has this mode
    void Told(string mode, string closed, params string[][] commands)
    {
        string each = string.Join('\n', commands.Select(c => $"{OtherUserFactAttribute.Prefix} {string.Join(' ', CliProcess.Command([.. c.Select(a => $"'{a}'")]))}; echo \"code $?\""));
        var (code, output, error) = CliProcess.Run("sh", "-c", $"chmod -R a+rwX {folder.Path}; chmod {mode} {closed}\n{each}\nchmod -R u+rwX {folder.Path}");
        Assert.Equal((0, string.Concat(Enumerable.Repeat("code 1\n", commands.Length))), (code, output));
        Assert.All(error.TrimEnd('\n').Split('\n'), line => Assert.Matches($"^error: cannot read .*{closed}.*: access is denied$", line));
    }

    static (int Code, string Output, string Error) InNamespace(string script) => CliProcess.Run("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script);

    string[] Metrics(string path) => CliRun.Measured(folder[path]);

    // the administrator may write to folders that are read-only
    sealed class OtherUserFactAttribute : FactAttribute
    {
        public static string Prefix => Environment.IsPrivilegedProcess ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : "";

        static readonly Lazy<string?> Refusal = new(() =>
        {
            if (OperatingSystem.IsWindows()) return "folders are not made read-only so";
            try
            {
                var (code, _, error) = CliProcess.Run("sh", "-c", $"{Prefix} test -r {CliProcess.Command()[^1]} || {{ echo \"another user cannot read the program\" >&2; exit 1; }}");
                return code == 0 ? null : error.Trim();
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                return e.Message;
            }
        });

        public OtherUserFactAttribute() => Skip = Refusal.Value;
    }

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
