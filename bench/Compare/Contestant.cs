using System.Diagnostics;
using System.Globalization;

namespace AlbertCompiled.Bench;

/// <summary>A program that measures itself: it prints key=value figures.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Assembly">The file to run.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Preload">A library to load before all others, or null.</param>
internal sealed record Contestant(string Name, string Assembly, string Arguments, string? Preload = null)
{
    /// <summary>Runs it in a process of its own and returns its tokens per second.</summary>
    /// <exception cref="ArgumentException">It failed, or printed no such figure.</exception>
    public double TokensPerSecond() => Run()("tokens_per_s");

    /// <summary>Runs it in a process of its own and returns its figures by key.</summary>
    /// <exception cref="ArgumentException">It failed; and for a figure that it did not print.</exception>
    public Func<string, double> Run()
    {
        var start = new ProcessStartInfo(DotnetHost.Path, ["exec", Assembly, .. Arguments.Split(' ')]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Preload is not null) start.Environment["LD_PRELOAD"] = Preload;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd(), what = $"{Path.GetFileName(Assembly)} {Arguments}";
        process.WaitForExit();
        if (process.ExitCode != 0) throw new ArgumentException($"{what} failed: {errors.Result.Split('\n')[0]}");
        return key => Figure(output, key) ?? throw new ArgumentException($"{what} printed no {key}");
    }

    /// <summary>A figure in printed output, or null.</summary>
    internal static double? Figure(string output, string key)
    {
        foreach (string word in output.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
            if (word.StartsWith(key + "=", StringComparison.Ordinal) && double.TryParse(word[(key.Length + 1)..], CultureInfo.InvariantCulture, out double figure))
                return figure;
        return null;
    }
}
