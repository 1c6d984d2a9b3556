using System.Globalization;

namespace AlbertCompiled.Bench;

/// <summary>Time per token and memory of ALBERT base as one of its sizes grows, each in a process of its own.</summary>
internal static class ScaleBenchmark
{
    /// <summary>What grows, and the arguments of <c>bench train</c> for each size.</summary>
    static readonly (string What, (string Size, string Arguments)[] Sizes)[] Tables =
    [
        ("sequence", [.. new[] { 64, 128, 256, 512 }.Select(s => ($"{s}", $"config=base B={2048 / s} S={s}"))]),
        ("tokens", [.. new[] { 512, 1024, 2048, 4096, 8192, 16384 }.Select(n => ($"{n}", $"config=base B={n / 128} S=128"))]),
        ("layers", [("1", "config=layers-1"), ("3", "config=layers-3"), ("6", "config=layers-6"), ("12", "config=base"), ("24", "config=layers-24")]),
        ("hidden", [("256", "config=hidden-256"), ("512", "config=hidden-512"), ("768", "config=base"), ("1024", "config=hidden-1024"), ("2048", "config=hidden-2048")]),
    ];

    public static void Run(Options options)
    {
        string what = options.Text("what", "all"), document = options.Text("write", ""), assembly = typeof(ScaleBenchmark).Assembly.Location;
        string common = $"dtype={options.Text("dtype", "fp32")} threads={options.Number("threads", 2)} steps={options.Number("steps", 3)} warmup={options.Number("warmup", 1)}";
        var tables = Tables.Where(t => what == "all" || t.What == what).ToList();
        if (tables.Count == 0) throw new ArgumentException($"what={what} is none of {string.Join(", ", Tables.Select(t => t.What))}, all");
        foreach (var (name, sizes) in tables)
        {
            var lines = new List<string> { $"| {name} | µs a token | of peak | planned MB | peak MB | beyond the plan, MB |", "|---|---|---|---|---|---|" };
            foreach (var (size, arguments) in sizes)
            {
                var figure = new Contestant("ours", assembly, $"train {arguments} {common}").Run();
                double planned = figure("planned_mb"), peak = figure("peak_mb");
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"| {size} | {1e6 / figure("tokens_per_s"):F0} | {figure("of_peak"):F0}% | {planned:F0} | {peak:F0} | {peak - planned:F0} |"));
                Console.Error.WriteLine(lines[^1]);
            }

            string table = $"{Machine.Describe()}; {common}; `bench scale what={name}`.\n\n{string.Join('\n', lines)}\n";
            Console.WriteLine(table);
            if (document.Length > 0) File.WriteAllText(document, MarkedText.Replace(File.ReadAllText(document), $"scale:{name}", table));
        }
    }
}
