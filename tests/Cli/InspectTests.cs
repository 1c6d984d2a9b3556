using System.Xml.Linq;
using AlbertCompiled.Commands;
using AlbertCompiled.Models;
using AlbertCompiled.Tests.Numbers;

namespace AlbertCompiled.Tests;

/// <summary>albert graph and albert analyze, end to end.</summary>
public sealed class InspectTests : IDisposable
{
    static readonly ModelRegistry Models = new(new RegisteredModel(AlbertTiny.Compiled, AlbertTiny.Create), new RegisteredModel(GoldenGroups.Compiled, GoldenGroups.Create));

    readonly TemporaryFolder folder = new();

    public InspectTests()
    {
        folder.Write("text/a.txt", TestText.Documents(60, 30));
        Environment.SetEnvironmentVariable("ALBERT_CACHE", Path.Combine(Path.GetTempPath(), "albert-test-cache"));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Graph_draws_a_model()
    {
        Assert.Contains("tiny.svg: AlbertTiny, predict", Run("graph", "alberttiny", "--program", "predict", "--out", folder["tiny.svg"]).Succeeds().Output);
        Assert.Equal("svg", XDocument.Load(folder["tiny.svg"]).Root!.Name.LocalName);
        Run("graph", "AlbertTiny", "--program", "parse", "--out", folder["x.svg"]).Fails("AlbertTiny has no program parse; it has train, evaluate, predict");
        Run("graph", "Nothing").Fails("no model is called Nothing");
        Run("graph", "AlbertTiny", "--batch-tokens", "0").Fails("--batch-tokens takes a whole number from 1, not 0");
        Run("graph", "AlbertTiny", "--out", folder["no/such/folder/x.svg"]).Fails("cannot write", "x.svg");
        Run("graph", "AlbertTiny", "--out", folder["text/a.txt"]).Fails("text/a.txt is there already and no .svg file");
        Assert.Equal(2, Run("graph").Fails("see albert graph --help").Code);
        CliRun.Of("graph", "Fake", "--out", folder["x.svg"]).Fails("Fake says nothing of its kernels");
        Assert.False(File.Exists(folder["x.svg"]));
    }

    [Fact]
    public void Analyze_looks_into_a_run()
    {
        Run("pretrain", "--model", "AlbertTiny", "--text", folder["text"], "--steps", "2", "--batch-tokens", "256", "--sequence", "64", "--out", folder["run"]).Succeeds();
        string output = Run("analyze", folder["run"], "--sequences", "3").Succeeds().Output;
        Assert.Matches(@"analysis\.html: AlbertTiny, after 2 steps; 3 layers on 3 sequences of \d+ tokens", output);
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(folder["run/analysis.html"]));
        Run("analyze", folder["run"], "--text", "The [MASK] of a list.", "--words", "list, unbelievably", "--sequences", "2", "--out", folder["b.html"]).Succeeds();
        string page = File.ReadAllText(folder["b.html"]);
        Assert.Contains("[MASK] takes from: ", page);
        Assert.Contains("<th>list</th>", page);

        Run("analyze", folder["run"], "--text", string.Join(' ', Enumerable.Repeat("word", 200))).Fails("tokens; attention is shown for 128 at most");
        Run("analyze", folder["run"], "--text", " ").Fails("--text is empty");
        Run("analyze", folder["run"], "--words", " , ").Fails("--words is empty");
        Run("analyze", folder["run"], "--sequences", "0").Fails("--sequences takes a whole number from 1 to 4096, not 0");
        Run("analyze", folder["missing"]).Fails("is not the folder of a run");
        Run("analyze", folder["run"], "--out", folder["run/config.json"]).Fails("config.json is there already and no .html file");
        Assert.Equal(2, Run("analyze").Fails("see albert analyze --help").Code);

        File.AppendAllText(folder["text/a.txt"], "One more.\n");
        Assert.StartsWith($"warning: the text has changed since {folder["run"]} was begun", Run("analyze", folder["run"], "--sequences", "2", "--out", folder["b.html"]).Error);
    }

    [Fact]
    public void Analyze_looks_into_a_published_folder()
    {
        string path = PublishedFiles.Write(folder, "b_groups");
        string output = Run("analyze", path, "--text", "a list", "--sequences", "2").Succeeds().Output;
        Assert.Contains("text: XML documentation", output);
        Assert.Matches(@"GoldenGroups, \d+ weights loaded; none missing; none not used; 4 layers on 2 sequences of \d+ tokens", output);
        Run("graph", path, "--program", "predict", "--out", folder["groups.svg"]).Succeeds();
        Assert.Contains("layer 4.2", File.ReadAllText(Path.Combine(path, "analysis.html"))); // 4 layers of 2 blocks
        File.Delete(Path.Combine(path, "model.safetensors"));
        Run("analyze", path).Fails("model.safetensors");
    }

    [Fact]
    public void A_model_without_a_definition_is_told_so()
    {
        CliRun.Of("pretrain", "--model", "Fake", "--text", folder["text"], "--steps", "2", "--batch-tokens", "256", "--sequence", "64", "--out", folder["run"]).Succeeds();
        CliRun.Of("analyze", folder["run"]).Fails("Fake does not say what definition it was compiled from");
    }

    static CliRun Run(params string[] args) => CliRun.Compiled(Models, args);
}
