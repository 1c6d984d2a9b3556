using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AlbertCompiled.Gate;

/// <summary>What the parts of a run left in a folder, as one object: results.json.</summary>
static partial class Results
{
    public static JsonObject Gather(string folder) => new()
    {
        ["card"] = Lines(folder, "card.txt"),
        ["parts"] = Lines(folder, "parts.txt"),
        ["checks"] = Checks(folder),
        ["demo"] = Demo(folder),
        ["times"] = Times(Read(folder, "times.txt")),
        ["peer"] = new JsonArray([.. Read(folder, "peer.jsonl").Where(l => l.StartsWith('{')).Select(l => JsonNode.Parse(l))]),
        ["sanitizer"] = Lines(Path.Combine(folder, "sanitize"), "summary.txt"),
    };

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

    /// <summary>Benchmarks print key=value; the command stands in front of their lines, after a #. The command's own keys are figures too, and first.</summary>
    public static JsonArray Times(IEnumerable<string> lines)
    {
        var times = new JsonArray();
        JsonObject? current = null;
        foreach (string line in lines)
        {
            if (line.StartsWith("# ", StringComparison.Ordinal)) times.Add(current = new JsonObject { ["command"] = line[2..], ["lines"] = new JsonArray(), ["figures"] = new JsonObject() });
            else if (line.Length > 0 && current is not null) ((JsonArray)current["lines"]!).Add(line);
            if (current is null) continue;
            foreach (Match m in Figure().Matches(line)) current["figures"]![m.Groups[1].Value] = m.Groups[2].Value;
        }

        return times;
    }

    [GeneratedRegex(@"(?<!\S)([A-Za-z_]\w*)=(\S+)")]
    private static partial Regex Figure();
}
