using System.Text.Json;
using AlbertCompiled.Training;

namespace AlbertCompiled.Tests;

/// <summary>Where JSON by reflection is off, as in programs of one file, trimmed ones and native ones: all that is written and read must have been generated.</summary>
public sealed class GeneratedJsonTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_program_trains_tunes_predicts_and_publishes_without_reflection()
    {
        using (var configuration = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "albert.runtimeconfig.json"))))
            Assert.False(configuration.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty("System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault").GetBoolean());
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        string[] pretrain = ["pretrain", "--text", folder["text"], "--batch-tokens", "128", "--sequence", "32", "--threads", "1", "--steps", "2", "--run", folder["run"]];
        Succeeds(pretrain);
        Assert.Contains("resumed after step 2", Succeeds(pretrain));
        Succeeds("export", folder["run"], "--folder", folder["published"]);
        Succeeds("fill-mask", folder["published"], "The [MASK].");

        folder.Write("train.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 16).Select(i => $"a {(i % 2 == 0 ? "good" : "bad")} case,{(i % 2 == 0 ? "yes" : "no")}\n")));
        string[] tune = ["finetune", "classification", "--data", folder["train.csv"], folder["train.csv"], "--from", folder["published"], "--epochs", "1", "--threads", "1", "--run", folder["tuned"]];
        Succeeds(tune);
        Assert.StartsWith("{\"label\":\"", Succeeds("predict", folder["tuned"], "--data", folder["train.csv"], "--threads", "1"));
        Succeeds("predict", folder["tuned"], "--data", folder["train.csv"], "--threads", "1", "--predictions", folder["a.jsonl"]);
        Assert.StartsWith("{\"ids\":[", Succeeds("tokenize", folder["tuned"], "a case", "--json"));
    }

    static string Succeeds(params string[] command)
    {
        var (code, output, error) = CliProcess.Run(CliProcess.Command(command));
        Assert.True(code == 0, $"{string.Join(' ', command)}: {error}");
        return output;
    }
}
