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
        string file = Assert.Single(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
        Assert.Equal(Path.Combine(folder, "AlbertCompiled", "products-Stand-in-card.json"), file);
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
    public void Kernels_are_loaded_in_front_of_the_first_step()
    {
        string[] lines = [.. Run().SkipWhile(l => l != "# step 0").TakeWhile(l => l != "# step 1")];
        int timed = Array.FindLastIndex(lines, l => l.StartsWith("cuEventElapsedTime", StringComparison.Ordinal));
        int launched = Array.FindIndex(lines, timed, l => l.StartsWith("launch", StringComparison.Ordinal));
        Assert.DoesNotContain(lines[launched..], l => l.StartsWith("cuModuleLoadDataEx", StringComparison.Ordinal));
    }

    string[] Run() => [.. StubDriver.Run("measure", ("XDG_CACHE_HOME", folder), ("ALBERT_MEASURE", "1")).Lines];

    // kernels, grids and groups, without arguments: addresses differ from process to process
    static string[] Captured(string[] lines) => [.. lines.Where(l => l.StartsWith("captured ", StringComparison.Ordinal)).Select(l => l[..l.LastIndexOf("  ", StringComparison.Ordinal)])];
}
