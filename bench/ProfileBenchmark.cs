using System.Diagnostics;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>Where the time of a training step goes, by kernel.</summary>
internal static class ProfileBenchmark
{
    public static void Run(Options options)
    {
        using var workload = new Workload(options);
        if (workload.Device is not CpuDevice cpu) throw new ArgumentException("only the CPU is profiled");
        int steps = options.Number("steps", 5);
        for (int i = 0; i < 2; i++) workload.Step();

        var kernels = new Dictionary<string, (int Calls, TimeSpan Time)>();
        cpu.Team.Observer = (job, time) =>
        {
            string name = job.ToString()!;
            var (calls, total) = kernels.GetValueOrDefault(name);
            kernels[name] = (calls + 1, total + time);
        };
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++) workload.Step();
        double whole = Stopwatch.GetElapsedTime(start).TotalMilliseconds / steps, inside = 0;
        cpu.Team.Observer = null;

        Console.WriteLine($"{"kernel",-60} {"calls",6} {"ms",9} {"share",7}");
        foreach (var (name, (calls, time)) in kernels.OrderByDescending(k => k.Value.Time))
        {
            double milliseconds = time.TotalMilliseconds / steps;
            inside += milliseconds;
            Console.WriteLine($"{name,-60} {calls / steps,6} {milliseconds,9:F2} {milliseconds / whole,7:P1}");
        }

        Console.WriteLine($"{"between kernels",-60} {"",6} {whole - inside,9:F2} {(whole - inside) / whole,7:P1}");
        Console.WriteLine($"step_ms={whole:F2} {workload}");
    }
}
