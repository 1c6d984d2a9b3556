using System.Security.Cryptography;

namespace AlbertCompiled.Tests.Gpu.Stub;

/// <summary>Products are measured on a card before the first step, and once for all.</summary>
public sealed class MeasureTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("cache").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [StubFact]
    public void Measured_in_front_of_the_first_step_and_never_again()
    {
        string[] first = Run(), steps = [.. first.SkipWhile(l => l != "# step 1")], front = [.. first.TakeWhile(l => l != "# step 1")];
        int timed = Array.FindLastIndex(front, l => l.StartsWith("cuEventElapsedTime", StringComparison.Ordinal));
        Assert.InRange(timed, 0, front.Length);
        Assert.DoesNotContain(steps, l => l.StartsWith("cuEventElapsedTime", StringComparison.Ordinal));
        string file = Assert.Single(Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories));
        Assert.Matches("^products-Stand-in-card-[0-9a-f]{8}.json$", Path.GetFileName(file));
        Assert.Equal(Path.Combine(folder, "AlbertCompiled"), Path.GetDirectoryName(file));
        string content = File.ReadAllText(file);

        // the next process reads what this one measured, and runs the same kernels on the same grids
        string[] second = Run();
        Assert.DoesNotContain(second, l => l.StartsWith("cuEventElapsedTime", StringComparison.Ordinal));
        Assert.Equal(content, File.ReadAllText(file));
        Assert.Equal(Captured(first), Captured(second));
        Assert.NotEmpty(Captured(first));
        Assert.DoesNotContain(first.Concat(second), l => l.StartsWith("violation", StringComparison.Ordinal));
    }

    [StubFact]
    public void Memory_that_is_refused_is_done_without() => Assert.Equal(["False", "True"], StubDriver.Run("scratch").All("#"));

    [StubFact]
    public void A_form_without_room_for_its_parts_is_done_without()
    {
        var log = StubDriver.Run("tight", ("XDG_CACHE_HOME", folder), ("ALBERT_MEASURE", "1"), ("STUB_CUDA_ARCH", "80"), ("STUB_CUDA_MEMORY", "400000000"));
        Assert.Equal(["queued"], log.All("#"));
        Assert.Contains(log.Lines, l => l.StartsWith("cuEventElapsedTime", StringComparison.Ordinal));
    }

    [StubFact]
    public void Kernels_are_loaded_in_front_of_the_first_step()
    {
        string[] lines = [.. Run().SkipWhile(l => l != "# step 0").TakeWhile(l => l != "# step 1")];
        int timed = Array.FindLastIndex(lines, l => l.StartsWith("cuEventElapsedTime", StringComparison.Ordinal));
        int launched = Array.FindIndex(lines, timed, l => l.StartsWith("launch", StringComparison.Ordinal));
        Assert.Contains(lines[..launched], l => l.StartsWith("cuModuleLoadData ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines[launched..], l => l.StartsWith("cuModuleLoadData", StringComparison.Ordinal));
    }

    [StubFact]
    public void Kernels_are_compiled_once_for_all_processes()
    {
        Run();      // measures: later processes need the same kernels
        string[] first = Run("0"), second = Run("0");
        var compiled = Codes(first, "cuLinkComplete ");
        Assert.NotEmpty(compiled);
        Assert.Equal(compiled, Codes(first, "cuModuleLoadData "));
        Assert.Empty(Codes(second, "cuLinkComplete "));
        Assert.Equal(compiled, Codes(second, "cuModuleLoadData "));
        Assert.Equal(Captured(first), Captured(second));

        // a file of another length, and one of other bytes
        string[] files = Directory.GetFiles(folder, "*.cubin", SearchOption.AllDirectories);
        Assert.Equal(compiled.Count, files.Length);
        File.WriteAllBytes(files[0], [1, 2, 3]);
        byte[] bytes = File.ReadAllBytes(files[1]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(files[1], bytes);
        string[] third = Run("0");
        Assert.Equal(2, Codes(third, "cuLinkComplete ").Count);
        Assert.Equal(Captured(first), Captured(third));
        Assert.Empty(Codes(Run("0"), "cuLinkComplete "));

        // ILGPU compiles nothing that is kept: texts with a line more are read, and are other kernels
        string[] texts = Directory.GetFiles(folder, "*.ptx", SearchOption.AllDirectories);
        Assert.InRange(texts.Length, files.Length, 2 * files.Length);      // kernels of several programs may have the same text
        foreach (string text in texts) Rewrite(text, content => [.. content, .. "// read\n"u8]);
        string[] fourth = Run("0");
        Assert.Equal(compiled.Count, Codes(fourth, "cuLinkComplete ").Count);
        Assert.Empty(Codes(fourth, "cuLinkComplete ").Intersect(compiled));
    }

    static void Rewrite(string path, Func<byte[], byte[]> change)
    {
        byte[] content = change(File.ReadAllBytes(path)[SHA256.HashSizeInBytes..]);
        File.WriteAllBytes(path, [.. SHA256.HashData(content), .. content]);
    }

    static SortedSet<string> Codes(string[] lines, string call) => [.. lines.Where(l => l.StartsWith(call, StringComparison.Ordinal)).Select(l => l[call.Length..])];

    // one thread: in which order ILGPU puts a loop's variables depends on what it compiled before, and several threads take turns by chance
    string[] Run(string measure = "1") => [.. StubDriver.Run("measure", ("XDG_CACHE_HOME", folder), ("ALBERT_MEASURE", measure), ("CUDA_CACHE_DISABLE", measure), ("DOTNET_PROCESSOR_COUNT", "1")).Lines];

    // kernels, grids and groups, without arguments: addresses differ from process to process
    static string[] Captured(string[] lines) => [.. lines.Where(l => l.StartsWith("captured ", StringComparison.Ordinal)).Select(l => l[..l.LastIndexOf("  ", StringComparison.Ordinal)])];
}
