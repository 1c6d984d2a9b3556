using System.Diagnostics;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>
/// The time of each kernel of the CPU beside its floor: the larger of its FLOPs over the peak of the cores and its bytes
/// over the bandwidth of the last-level cache. What is still in a nearer cache is read faster than that.
/// </summary>
internal static class KernelTimes
{
    sealed record Row(string Name, int Calls, double Milliseconds, double Floor);

    /// <summary>The parts of a step, by what kernels' names start with; matrix products bear the names of their epilogues.</summary>
    static readonly (string Part, Func<Row, bool> Holds)[] Parts =
    [
        ("matrix products, packing included", r => r.Name.StartsWith("packing", StringComparison.Ordinal) || r.Name.Contains(" over ", StringComparison.Ordinal)),
        ("attention", r => r.Name.StartsWith("attention", StringComparison.Ordinal)),
        ("rows, sums, tables, update", _ => true),
    ];

    /// <summary>Prints where the time of a step goes.</summary>
    /// <param name="device">What it runs on.</param>
    /// <param name="step">The step.</param>
    /// <param name="steps">Steps to take the mean of, after two.</param>
    /// <param name="peakFactor">How much more the cores can do in the step's precision than in float32.</param>
    /// <param name="description">What the step is.</param>
    public static void Print(CpuDevice device, Action step, int steps, int peakFactor, string description)
    {
        for (int i = 0; i < 2; i++) step();
        double peak = Enumerable.Range(0, 20).Max(_ => Peak.Measure(device.Team)) * peakFactor, bandwidth = Bandwidth.Measure(device.Team);

        var kernels = new Dictionary<string, Row>();
        device.Team.Observer = (work, time) =>
        {
            string name = work.ToString()!;
            var sum = kernels.GetValueOrDefault(name) ?? new Row(name, 0, 0, 0);
            double floor = Math.Max(work.Cost.Flops / peak, work.Cost.Bytes / bandwidth) * 1000;
            kernels[name] = new(name, sum.Calls + 1, sum.Milliseconds + time.TotalMilliseconds / steps, sum.Floor + floor / steps);
        };
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++) step();
        double whole = Stopwatch.GetElapsedTime(start).TotalMilliseconds / steps;
        device.Team.Observer = null;

        Console.WriteLine($"{"kernel",-60} {"calls",6} {"ms",9} {"floor",9} {"share",7}");
        foreach (var row in kernels.Values.OrderByDescending(r => r.Milliseconds)) Print(row, whole, steps);
        Console.WriteLine();
        foreach (var part in kernels.Values.ToLookup(r => Parts.First(p => p.Holds(r)).Part))
            Print(new(part.Key, part.Sum(r => r.Calls), part.Sum(r => r.Milliseconds), part.Sum(r => r.Floor)), whole, steps);
        Print(new("between kernels", 0, whole - kernels.Values.Sum(r => r.Milliseconds), 0), whole, steps);
        Console.WriteLine($"step_ms={whole:F2} peak_gflops={peak / 1e9:F0} bandwidth_gb_s={bandwidth / 1e9:F0} {description}");
    }

    static void Print(Row row, double whole, int steps) =>
        Console.WriteLine($"{row.Name,-60} {row.Calls / steps,6} {row.Milliseconds,9:F2} {row.Floor,9:F2} {row.Milliseconds / whole,7:P1}");
}
