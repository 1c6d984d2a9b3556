using System.Diagnostics;
using AlbertCompiled.Onnx;
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
        foreach (string link in (string[])["second", "new"]) CliRun.Zoo("graph", "AlbertTiny", "--out", folder[link]).Succeeds();
        Assert.NotNull(new FileInfo(folder["second"]).LinkTarget);
        Assert.NotNull(new FileInfo(folder["first"]).LinkTarget);
        foreach (string file in (string[])["old", "new"]) Assert.StartsWith("<svg", File.ReadAllText(folder[$"there/{file}.svg"]));
        Assert.Equal(6, Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void What_is_written_aside_takes_nobodys_name_and_is_removed_when_its_process_is_gone()
    {
        string own = folder.Write("model.onnx.tmp", "mine"), other = folder.Write("model.onnx.mine.albert.tmp", "mine");
        string left = folder.Write("model.onnx.abcdefgh.ijk.albert.tmp", "of a process that was killed");
        string held = folder["model.onnx.bcdefghi.jkl.albert.tmp"];
        using (new FileStream(held, FileMode.Create, FileAccess.Write, FileShare.None)) // of one at work
            FileTarget.Write(folder["model.onnx"], stream => stream.Write("whole"u8));
        Assert.Equal(("mine", "mine", "whole"), (File.ReadAllText(own), File.ReadAllText(other), File.ReadAllText(folder["model.onnx"])));
        Assert.True(File.Exists(held));
        Assert.False(File.Exists(left));
        Assert.Throws<IOException>(() => FileTarget.Write(folder["model.onnx"], _ => throw new IOException("no room")));
        Assert.Equal(new[] { own, other, folder["model.onnx"] }.Order(), Directory.GetFiles(folder.Path).Order());
        Assert.Equal(("model.onnx", null, null), (FileTarget.OfAside(Path.GetFileName(held)), FileTarget.OfAside("model.onnx"), FileTarget.OfAside(".abcdefgh.ijk.albert.tmp")));
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

    [Theory]
    [InlineData(false, "No space left on device")]
    [InlineData(true, "access is denied")]
    public void An_ONNX_file_that_cannot_be_written_is_told_by_its_own_name_and_leaves_the_old_one(bool denied, string expected)
    {
        string path = folder.Write("model.onnx", "old"), aside = folder["model.onnx.abcdefgh.ijk.albert.tmp"];
        using var model = FakeModel.Create(FakeModel.Describe(), new(64, 4));
        ((FakeParameters)model.Parameters).BeforeRead = _ => throw (denied ? new UnauthorizedAccessException($"Access to the path '{aside}' is denied.") : new IOException($"No space left on device : '{aside}'"));
        Assert.Equal($"cannot write {path}: {expected}", Assert.Throws<OnnxException>(() => model.ToOnnx("predict").Save(path)).Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
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
