namespace AlbertCompiled.Tests;

/// <summary>A folder with some text, and <c>albert pretrain</c> on it.</summary>
public abstract class PretrainingCommandTests : IDisposable
{
    private protected readonly TemporaryFolder folder = new();

    protected PretrainingCommandTests()
    {
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        Environment.SetEnvironmentVariable("ALBERT_CACHE", Path.Combine(Path.GetTempPath(), "albert-test-cache"));
    }

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    // options given again take the place of the usual ones
    private protected CliRun Pretrain(params string[] more) => CliRun.Of(["pretrain", .. Arguments()[1..].Chunk(2).Where(pair => !more.Contains(pair[0])).SelectMany(pair => pair), .. more]);

    private protected string[] Arguments() => ["pretrain", "--model", "Fake", "--text", folder["text"], "--steps", "12", "--batch-tokens", "512", "--sequence", "64", "--out", folder["run"]];
}
