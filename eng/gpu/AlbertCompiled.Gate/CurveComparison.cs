using System.Globalization;
using System.Text.Json;

namespace AlbertCompiled.Gate;

/// <summary>
/// <c>gate curves</c>: two loss curves of one recipe and seed. Rounding makes single steps drift apart, so means over windows are compared.
/// </summary>
static class CurveComparison
{
    const int Windows = 10;

    public static int Run(string[] arguments)
    {
        if (!Arguments.TryParse(arguments, out var given, "--tolerance", "--json")) return 2;
        if (given.Rest is not [var expectedFile, var actualFile]) return Arguments.Complain("gate curves: wants two files, EXPECTED and ACTUAL");
        if (given.Rest.FirstOrDefault(f => !File.Exists(f)) is { } absent) return Arguments.Complain($"gate curves: {absent} does not exist");
        double tolerance = double.Parse(given.Text("--tolerance") ?? "0.1", CultureInfo.InvariantCulture);
        Dictionary<int, double> expected = Read(expectedFile), actual = Read(actualFile);
        int[] steps = [.. expected.Keys.Intersect(actual.Keys).Order()];
        if (steps.Length < Windows) return Arguments.Complain($"gate curves: the files share {steps.Length} steps, fewer than {Windows}");

        Console.WriteLine("| steps | expected loss | loss | difference |\n|---|---|---|---|");
        var rows = new List<object>();
        double worst = 0;
        foreach (int[] window in steps.Chunk((steps.Length + Windows - 1) / Windows))
        {
            double e = window.Average(s => expected[s]), a = window.Average(s => actual[s]), difference = Math.Abs(a - e);
            worst = Math.Max(worst, difference); // a NaN stays
            rows.Add(new { first = window[0], last = window[^1], expected = e, actual = a });
            Console.WriteLine($"| {window[0]} to {window[^1]} | {e:F4} | {a:F4} | {a - e:+0.0000;-0.0000} |");
        }

        bool close = worst <= tolerance;
        Console.WriteLine($"\nlargest difference {worst:F4}, {(close ? "within" : "BEYOND")} {tolerance}");
        if (given.Text("--json") is { } file) File.WriteAllText(file, JsonSerializer.Serialize(new { close, worst = double.IsFinite(worst) ? worst : -1, tolerance, windows = rows }));
        return close ? 0 : 1;
    }

    static Dictionary<int, double> Read(string file)
    {
        var losses = new Dictionary<int, double>();
        foreach (string line in File.ReadLines(file))
        {
            using var json = JsonDocument.Parse(line);
            var record = json.RootElement;
            if (record.GetProperty("kind").GetString() != "step") continue;
            var loss = record.GetProperty("loss");
            losses[record.GetProperty("step").GetInt32()] = loss.ValueKind == JsonValueKind.Number ? loss.GetDouble() : double.NaN;
        }

        return losses;
    }
}
