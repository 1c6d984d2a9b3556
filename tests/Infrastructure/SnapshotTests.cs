using Xunit.Sdk;

namespace AlbertCompiled.Tests.Infrastructure;

/// <summary>The snapshots themselves.</summary>
public sealed class SnapshotTests : IDisposable
{
    readonly string directory = Directory.CreateTempSubdirectory("snapshots").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    Task Verify(params Target[] targets) => new Snapshot(directory, "Class.Method").Verify(targets);

    string[] Files => [.. Directory.GetFiles(directory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task A_new_text_fails_and_waits_to_be_accepted()
    {
        var failure = await Assert.ThrowsAsync<XunitException>(() => Verify(new Target("cs", "a\n")));
        Assert.Contains("new: Class.Method.received.cs", failure.Message);
        Assert.Equal(["Class.Method.received.cs"], Files);
        File.Move(Path.Combine(directory, "Class.Method.received.cs"), Path.Combine(directory, "Class.Method.verified.cs"));
        await Verify(new Target("cs", "a\r\n"));
    }

    [Fact]
    public async Task A_changed_text_fails_with_its_first_different_line_until_it_changes_back()
    {
        File.WriteAllText(Path.Combine(directory, "Class.Method#Hint.g.verified.cs"), "same\r\nold\r\n");
        var failure = await Assert.ThrowsAsync<XunitException>(() => Verify(new Target("cs", "same\nnew", "Hint.g")));
        Assert.Contains("line 2:\n  - old\n  + new", failure.Message);
        Assert.Equal(["Class.Method#Hint.g.received.cs", "Class.Method#Hint.g.verified.cs"], Files);
        await Verify(new Target("cs", "same\nold", "Hint.g"));
        Assert.Equal(["Class.Method#Hint.g.verified.cs"], Files);
    }

    [Fact]
    public async Task A_file_that_nothing_produces_fails_but_not_that_of_another_test()
    {
        File.WriteAllText(Path.Combine(directory, "Class.Method#Gone.verified.cs"), "");
        File.WriteAllText(Path.Combine(directory, "Class.MethodOfAnother.verified.cs"), "");
        var failure = await Assert.ThrowsAsync<XunitException>(() => Verify());
        Assert.Contains("no longer produced: Class.Method#Gone.verified.cs", failure.Message);
        Assert.DoesNotContain("Another", failure.Message);
    }

    [Fact]
    public async Task Targets_need_names_of_their_own() => await Assert.ThrowsAsync<XunitException>(() => Verify(new Target("cs", "a"), new Target("cs", "b")));
}
