using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AlbertCompiled.Gate;

/// <summary><c>gate report</c>: gathers what the parts of a run left in a folder into results.json and results.md.</summary>
static partial class Report
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static int Run(string[] arguments)
    {
        if (arguments is not [var folder] || !Directory.Exists(folder)) return Arguments.Complain("gate report: wants a folder that run has written");
        var results = new JsonObject { ["card"] = Lines(folder, "card.txt"), ["parts"] = Lines(folder, "parts.txt"), ["checks"] = Checks(folder), ["demo"] = Demo(folder), ["times"] = Times(folder), ["peer"] = Peer(folder) };
        File.WriteAllText(Path.Combine(folder, "results.json"), results.ToJsonString(Indented));
        string page = Page(results);
        File.WriteAllText(Path.Combine(folder, "results.md"), page);
        Console.WriteLine(page);
        return 0;
    }

    static JsonArray Lines(string folder, string name) => [.. Read(folder, name).Select(l => JsonValue.Create(l))];

    static string[] Read(string folder, string name) => Path.Combine(folder, name) is var file && File.Exists(file) ? File.ReadAllLines(file) : [];

    static JsonObject Checks(string folder)
    {
        var classes = new JsonObject();
        string checks = Path.Combine(folder, "checks");
        if (!Directory.Exists(checks)) return classes;
        foreach (string log in Directory.GetFiles(checks, "*.log").Order(StringComparer.Ordinal))
        {
            string file = Path.ChangeExtension(log, ".json"), name = Path.GetFileNameWithoutExtension(log);
            classes[name] = File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file)) : new JsonObject { ["ended"] = "before its report: see its log" };
        }

        return classes;
    }

    static JsonObject Demo(string folder)
    {
        var curves = new JsonObject();
        foreach (string file in Directory.GetFiles(folder, "demo-*.json").Order(StringComparer.Ordinal))
            curves[Path.GetFileNameWithoutExtension(file)["demo-".Length..]] = JsonNode.Parse(File.ReadAllText(file));
        return curves;
    }

    /// <summary>Benchmarks print key=value; a command stands before its lines after a #.</summary>
    static JsonArray Times(string folder)
    {
        var times = new JsonArray();
        JsonObject? current = null;
        foreach (string line in Read(folder, "times.txt"))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal)) times.Add(current = new JsonObject { ["command"] = line[2..], ["lines"] = new JsonArray(), ["figures"] = new JsonObject() });
            else if (line.Length > 0 && current is not null)
            {
                ((JsonArray)current["lines"]!).Add(line);
                foreach (Match m in Figure().Matches(line)) current["figures"]![m.Groups[1].Value] = m.Groups[2].Value;
            }
        }

        return times;
    }

    static JsonArray Peer(string folder)
    {
        var figures = new JsonArray();
        foreach (string line in Read(folder, "peer.jsonl"))
            if (line.StartsWith('{')) figures.Add(JsonNode.Parse(line));
        return figures;
    }

    static string Page(JsonObject results)
    {
        var page = new StringBuilder();
        page.AppendJoin("; ", ((JsonArray)results["card"]!).Select(l => l!.ToString())).AppendLine(".").AppendLine();

        Table(page, "class", "passed | failed | skipped", ((JsonObject)results["checks"]!).Select(c => (c.Key, c.Value!["ended"] is { } ended ? $"{ended} | |" : $"{c.Value["passed"]} | {c.Value["failed"]} | {c.Value["skipped"]}")));
        Table(page, "demo beside the processor", "largest difference of windowed losses | tolerance | close", ((JsonObject)results["demo"]!).Select(d =>
            (d.Key, $"{d.Value!["worst"]!.GetValue<double>().ToString("F4", CultureInfo.InvariantCulture)} | {d.Value["tolerance"]} | {d.Value["close"]}")));
        Table(page, "bench", "figures", ((JsonArray)results["times"]!).Where(t => ((JsonObject)t!["figures"]!).Count > 0).Select(t =>
            (t!["command"]!.ToString(), string.Join(", ", ((JsonObject)t["figures"]!).Where(f => !t["command"]!.ToString().Contains($" {f.Key}=", StringComparison.Ordinal)).Select(f => $"{f.Key} {f.Value}")))));
        Table(page, "PyTorch", "figures", ((JsonArray)results["peer"]!).Select(p => (p!["part"]!.ToString(), string.Join(", ", ((JsonObject)p).Where(f => f.Key != "part").Select(f => $"{f.Key} {f.Value}")))));
        return page.ToString();
    }

    static void Table(StringBuilder page, string first, string others, IEnumerable<(string Name, string Cells)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        page.AppendLine($"| {first} | {others} |").AppendLine($"|---|{string.Concat(Enumerable.Repeat("---|", others.Split('|').Length))}");
        foreach (var (name, cells) in all) page.AppendLine($"| {name} | {cells} |");
        page.AppendLine();
    }

    [GeneratedRegex(@"([A-Za-z_][\w]*)=(\S+)")]
    private static partial Regex Figure();
}
