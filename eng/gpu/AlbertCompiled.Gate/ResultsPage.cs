using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace AlbertCompiled.Gate;

/// <summary>results.json as tables.</summary>
static class ResultsPage
{
    /// <summary>All tables, each under its name.</summary>
    public static string Whole(JsonObject results)
    {
        var page = new StringBuilder(Card(results)).AppendLine().AppendLine();
        foreach (var (name, table) in Parts(results))
            if (table.Length > 0) page.AppendLine($"## {name}").AppendLine().AppendLine(table);
        return page.ToString();
    }

    /// <summary>What was measured, on what and when: one line.</summary>
    public static string Card(JsonObject results) => string.Join("; ", Array(results, "card").Select(l => l.ToString())) + ".";

    /// <summary>The tables by name; empty where nothing was measured.</summary>
    public static IEnumerable<(string Name, string Table)> Parts(JsonObject results)
    {
        yield return ("train", Training(results));
        yield return ("infer", Inference(results));
        yield return ("kernels", Printed(results, "gpu "));
        yield return ("profile", Printed(results, "profile "));
        yield return ("peer-kernels", PeerKernels(results));
        yield return ("demo", Table("demo | largest difference of windowed losses | tolerance | close", Object(results, "demo").Select(d =>
            $"{d.Key} | {Number(d.Value!["worst"], "F4")} | {d.Value["tolerance"]} | {d.Value["close"]}")));
        yield return ("checks", Table("class | passed | failed | skipped", Object(results, "checks").Select(c =>
            c.Value!["ended"] is { } ended ? $"{c.Key} | {ended} | |" : $"{c.Key} | {c.Value["passed"]} | {c.Value["failed"]} | {c.Value["skipped"]}")));
        yield return ("sanitizer", string.Concat(Array(results, "sanitizer").Select(l => $"    {l}\n")));
        yield return ("failures", Failures(results));
    }

    /// <summary>Steps: ours, then each of PyTorch's forms of the same work, with the ratio of tokens per second.</summary>
    static string Training(JsonObject results)
    {
        var rows = new List<string>();
        foreach (var ours in Benchmarks(results, "train"))
        {
            var (length, dropout, bf16) = (ours("S"), ours("dropout") ?? "0", ours("dtype") == "bf16");
            string work = $"S={length}, B={ours("B")}, dropout {dropout}";
            rows.Add($"{work} | ours, {ours("dtype")} | {ours("tokens_per_s")} | {ours("step_ms")} | {ours("of_peak")} | {ours("peak_mb")} | {Seconds(ours("first_step_ms"))} | ");
            if (!bf16) continue;
            foreach (var peer in Peers(results, "train").Where(p => p["S"]!.ToString() == length && Equal(p["dropout"], dropout) && p["tokens_per_s"] is not null))
            {
                string attention = peer["attention"]?.ToString() == "cudnn" ? ", cuDNN's attention" : "", ratio = Ratio(ours("tokens_per_s"), peer["tokens_per_s"]);
                rows.Add($"{work} | PyTorch: {peer["model"]}, {peer["mode"]}{attention} | {peer["tokens_per_s"]} | {peer["step_ms"]} | {peer["mfu"]} | {peer["peak_mb"]} | {peer["first_step_s"]} | {ratio}");
            }
        }

        return Table("work | who | tokens/s | step, ms | % of the peak | memory, MB | first step, s | ours / theirs", rows);
    }

    static string Inference(JsonObject results)
    {
        var rows = new List<string>();
        foreach (var ours in Benchmarks(results, "infer"))
        {
            bool latency = ours("sentences") == "1";
            rows.Add($"{(latency ? $"one sequence of {ours("S")}" : $"{ours("sentences")} paragraphs")} | ours, {ours("dtype")} | {ours("latency_ms")} ms | {ours("tokens_per_s")} tokens/s | ");
            foreach (var peer in Peers(results, latency ? "latency" : "throughput").Where(p => p["error"] is null && p["skipped"] is null))
            {
                rows.Add(latency
                    ? $"one sequence of {peer["S"]} | PyTorch: {peer["model"]}, {peer["mode"]} | {peer["latency_ms"]} ms | | {Ratio(peer["latency_ms"]?.ToString(), ours("latency_ms"))}"
                    : $"{ours("sentences")} paragraphs | PyTorch: {peer["model"]}, {peer["mode"]}, batches of {peer["batch"]}, {peer["order"]} | | {peer["tokens_per_s"]} tokens/s | {Ratio(ours("tokens_per_s"), peer["tokens_per_s"])}");
            }
        }

        return Table("work | who | latency | throughput | ours / theirs", rows);
    }

    /// <summary>The lines of a benchmark as they were printed.</summary>
    static string Printed(JsonObject results, string command) => string.Join('\n', Array(results, "times")
        .Where(t => t["command"]!.ToString().StartsWith(command, StringComparison.Ordinal))
        .Select(t => string.Concat(t["lines"]!.AsArray().Select(l => l!.ToString()).Where(l => !l.StartsWith("exit code ", StringComparison.Ordinal)).Select(l => $"    {l}\n"))));

    static string PeerKernels(JsonObject results) => Table("PyTorch | figures", results["peer"] is null ? [] : Array(results, "peer")
        .Where(p => p["part"]!.ToString() is "gemm" or "attention" or "copy" or "setup" or "compiled")
        .Select(p => $"{p["part"]} | {string.Join(", ", p.AsObject().Where(f => f.Key is not ("part" or "took_s")).Select(f => $"{f.Key} {f.Value}"))}"));

    static string Failures(JsonObject results) => string.Concat(
        Array(results, "times").Where(t => !t["lines"]!.AsArray().Any(l => l!.ToString().StartsWith("exit code 0 ", StringComparison.Ordinal))).Select(t => $"- bench {t["command"]}: {string.Join(" / ", t["lines"]!.AsArray().Take(3))}\n")
        .Concat(Array(results, "peer").Where(p => p["error"] is not null || p["skipped"] is not null).Select(p => $"- peer: {p.ToJsonString()}\n")));

    /// <summary>The figures of each run of a benchmark, looked up by key.</summary>
    static IEnumerable<Func<string, string?>> Benchmarks(JsonObject results, string name) =>
        from t in Array(results, "times")
        where t["command"]!.ToString().StartsWith(name + " ", StringComparison.Ordinal) && t["figures"]!["tokens_per_s"] is not null
        select new Func<string, string?>(key => t["figures"]![key]?.ToString());

    static IEnumerable<JsonNode> Peers(JsonObject results, string part) => Array(results, "peer").Where(p => p["part"]!.ToString() == part);

    static IEnumerable<JsonNode> Array(JsonObject results, string name) => results[name] is JsonArray array ? array.Select(n => n!) : [];

    static JsonObject Object(JsonObject results, string name) => results[name] as JsonObject ?? [];

    static string Table(string header, IEnumerable<string> rows)
    {
        string[] all = [.. rows];
        if (all.Length == 0) return "";
        return $"| {header} |\n|{string.Concat(Enumerable.Repeat("---|", header.Split('|').Length))}\n{string.Concat(all.Select(r => $"| {r} |\n"))}";
    }

    static double? Parse(string? text) => double.TryParse(text, CultureInfo.InvariantCulture, out double value) ? value : null;

    static bool Equal(JsonNode? a, string b) => Parse(a?.ToString()) == Parse(b);

    static string Number(JsonNode? node, string format) => Parse(node?.ToString())?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    static string Seconds(string? milliseconds) => (Parse(milliseconds) / 1000)?.ToString("F2", CultureInfo.InvariantCulture) ?? "";

    static string Ratio(string? ours, object? theirs) => (Parse(ours) / Parse(theirs?.ToString()))?.ToString("F2", CultureInfo.InvariantCulture) ?? "";
}
