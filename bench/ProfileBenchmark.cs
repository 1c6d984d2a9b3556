using System.Diagnostics;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>
/// Where the time of a training step goes, kernel by kernel, beside the floor of each: the larger of its FLOPs over the peak of the cores and its bytes
/// over the bandwidth of the last-level cache. What is still in a nearer cache is read faster than that.
/// </summary>
internal static class ProfileBenchmark
{
    sealed record Row(string Name, int Calls, double Milliseconds, double Floor);

    /// <summary>The parts of a step, by what kernels' names start with; matrix products bear the names of their epilogues.</summary>
    static readonly (string Part, Func<Row, bool> Holds)[] Parts =
    [
        ("matrix products, packing included", r => r.Name.StartsWith("packing", StringComparison.Ordinal) || r.Name.Contains(" over ", StringComparison.Ordinal)),
        ("attention", r => r.Name.StartsWith("attention", StringComparison.Ordinal)),
        ("rows, sums, tables, update", _ => true),
    ];

    public static void Run(Options options)
    {
        using var workload = new Workload(options);
        int steps = options.Number("steps", 5);
        if (workload.Device is Gpu.GpuDevice gpu)
        {
            GpuProfile.Run(workload, gpu, steps);
            return;
        }

        var cpu = (CpuDevice)workload.Device;
        for (int i = 0; i < 2; i++) workload.Step();
        double peak = Enumerable.Range(0, 20).Max(_ => Peak.Measure(cpu.Team)) * workload.PeakFactor, bandwidth = Bandwidth.Measure(cpu.Team);

        var kernels = new Dictionary<string, Row>();
        cpu.Team.Observer = (work, time) =>
        {
            string name = work.ToString()!;
            var sum = kernels.GetValueOrDefault(name) ?? new Row(name, 0, 0, 0);
            double floor = Math.Max(work.Cost.Flops / peak, work.Cost.Bytes / bandwidth) * 1000;
            kernels[name] = new(name, sum.Calls + 1, sum.Milliseconds + time.TotalMilliseconds / steps, sum.Floor + floor / steps);
        };
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++) workload.Step();
        double whole = Stopwatch.GetElapsedTime(start).TotalMilliseconds / steps;
        cpu.Team.Observer = null;

        Console.WriteLine($"{"kernel",-60} {"calls",6} {"ms",9} {"floor",9} {"share",7}");
        foreach (var row in kernels.Values.OrderByDescending(r => r.Milliseconds)) Print(row, whole, steps);
        Console.WriteLine();
        foreach (var part in kernels.Values.ToLookup(r => Parts.First(p => p.Holds(r)).Part))
            Print(new(part.Key, part.Sum(r => r.Calls), part.Sum(r => r.Milliseconds), part.Sum(r => r.Floor)), whole, steps);
        Print(new("between kernels", 0, whole - kernels.Values.Sum(r => r.Milliseconds), 0), whole, steps);
        Console.WriteLine($"step_ms={whole:F2} peak_gflops={peak / 1e9:F0} bandwidth_gb_s={bandwidth / 1e9:F0} {workload}");
    }

    static void Print(Row row, double whole, int steps) =>
        Console.WriteLine($"{row.Name,-60} {row.Calls / steps,6} {row.Milliseconds,9:F2} {row.Floor,9:F2} {row.Milliseconds / whole,7:P1}");
}
