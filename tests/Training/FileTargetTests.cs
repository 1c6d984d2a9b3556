using System.Diagnostics;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>A file is put in the place of a file only: links and pipes stay what they are.</summary>
public sealed class FileTargetTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_link_stays_one()
    {
        if (OperatingSystem.IsWindows()) return;
        folder.Write("there/old.svg", "old");
        File.CreateSymbolicLink(folder["first"], folder["there/old.svg"]);
        File.CreateSymbolicLink(folder["second"], "first");
        File.CreateSymbolicLink(folder["new"], folder["there/new.svg"]);
        foreach (string link in (string[])["second", "new"]) CliRun.Compiled(Cli.ModelRegistry.Zoo, "graph", "AlbertTiny", "--out", folder[link]).Succeeds();
        Assert.NotNull(new FileInfo(folder["second"]).LinkTarget);
        Assert.NotNull(new FileInfo(folder["first"]).LinkTarget);
        foreach (string file in (string[])["old", "new"]) Assert.StartsWith("<svg", File.ReadAllText(folder[$"there/{file}.svg"]));
        Assert.Equal(6, Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void An_ONNX_file_is_written_through_a_link()
    {
        if (OperatingSystem.IsWindows()) return;
        File.CreateSymbolicLink(folder["link"], folder["model.onnx"]);
        long bytes = FakeModel.Create(FakeModel.Describe(), new(64, 4)).ToOnnx("predict").Save(folder["link"]);
        Assert.Equal(bytes, new FileInfo(folder["model.onnx"]).Length);
        Assert.NotNull(new FileInfo(folder["link"]).LinkTarget);
    }

    [Fact]
    public async Task A_pipe_stays_one()
    {
        if (!OperatingSystem.IsLinux()) return;
        string pipe = folder["pipe"];
        Process.Start("mkfifo", [pipe]).WaitForExit();
        using (var reader = Process.Start(new ProcessStartInfo("cat", [pipe]) { RedirectStandardOutput = true })!)
        {
            DurableFiles.Write(pipe, stream => stream.Write("whole"u8));
            Assert.Equal("whole", reader.StandardOutput.ReadToEnd());
        }

        var read = Task.Run(() => File.ReadAllText(pipe));
        FakeModel.Create(FakeModel.Describe(), new(64, 4)).ToOnnx("predict").Save(pipe);
        Assert.Contains("word.weight", await read);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    /// <summary>A rename would put another file in the place of a log that a shell appends to.</summary>
    [Theory]
    [InlineData("/dev/stdout", ">>")]
    [InlineData("/dev/stdout", ">")]
    [InlineData("/dev/fd/3", "3>>")]
    [InlineData("LINK", "2>>")]
    public void A_file_that_is_open_already_is_gone_on_with(string path, string redirection)
    {
        if (!OperatingSystem.IsLinux()) return;
        folder.Write("log", "before\n");
        if (path == "LINK") File.CreateSymbolicLink(path = folder["link"], "/dev/stderr");
        string graph = string.Join(' ', CliProcess.Command("graph", "AlbertTiny", "--out", path));
        Assert.Equal(0, CliProcess.Run("sh", "-c", $"{{ ln {folder["log"]} {folder["same"]} && {graph} && echo after; }} {redirection} {folder["log"]}").Code);
        string log = File.ReadAllText(folder["log"]);
        Assert.Equal(redirection != ">", log.StartsWith("before\n", StringComparison.Ordinal));
        Assert.Contains("<svg", log);
        Assert.Contains("</svg>", log);
        if (path == "/dev/stdout") Assert.EndsWith("after\n", log);
        Assert.Equal(log, File.ReadAllText(folder["same"]));
    }
}
