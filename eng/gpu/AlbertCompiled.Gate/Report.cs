using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AlbertCompiled.Bench;

namespace AlbertCompiled.Gate;

/// <summary><c>gate report</c>: gathers what a run left into results.json and results.md, and writes its tables into the documentation.</summary>
static class Report
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static int Run(string[] arguments)
    {
        if (!Arguments.TryParse(arguments, out var given, "--write")) return 2;
        if (given.Rest is not [var source] || !(Directory.Exists(source) || File.Exists(source))) return Arguments.Complain("gate report: wants a folder that run has written, or its results.json");
        JsonObject results;
        if (Directory.Exists(source))
        {
            results = Results.Gather(source);
            File.WriteAllText(Path.Combine(source, "results.json"), results.ToJsonString(Indented));
            File.WriteAllText(Path.Combine(source, "results.md"), ResultsPage.Whole(results));
        }
        else
        {
            results = JsonNode.Parse(File.ReadAllText(source))!.AsObject();
        }

        Console.WriteLine(ResultsPage.Whole(results));
        return given.Text("--write") is { } document ? Write(document, results) : 0;
    }

    static int Write(string document, JsonObject results)
    {
        if (!File.Exists(document)) return Arguments.Complain($"gate report: {document} does not exist");
        string text = File.ReadAllText(document);
        try
        {
            // A part that was not measured leaves what stands there.
            foreach (var (name, table) in ResultsPage.Parts(results))
                if (table.Length > 0) text = MarkedText.Replace(text, $"gpu:{name}", $"{ResultsPage.Card(results)}\n\n{table}");
        }
        catch (ArgumentException e)
        {
            return Arguments.Complain($"gate report: {document}: {e.Message}");
        }

        File.WriteAllText(document, text);
        return 0;
    }
}
