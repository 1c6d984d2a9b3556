using System.Diagnostics;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>
/// Times whole pretraining steps: forward, backward, update. The work is that of the usual comparison: B full sequences of S tokens,
/// 15% of the tokens predicted, heads computed for those only, dropout off. Of the peak: the matrix FLOPs of a step, beside what the cores
/// reached on registers just before it.
/// </summary>
internal static class TrainBenchmark
{
    public static void Run(Options options)
    {
        using var workload = new Workload(options);
        int steps = options.Number("steps", 10), warmup = options.Number("warmup", 2);
        var (milliseconds, shares) = (new List<double>(), new List<double>());
        float loss = 0;
        for (int step = -warmup; step < steps; step++)
        {
            double peak = workload.Device is CpuDevice cpu ? Peak.Measure(cpu.Team) : double.NaN;
            long start = Stopwatch.GetTimestamp();
            loss = workload.Step();
            var time = Stopwatch.GetElapsedTime(start);
            if (step < 0) continue;
            milliseconds.Add(time.TotalMilliseconds);
            shares.Add(workload.Flops / time.TotalSeconds / peak / workload.PeakFactor);
        }

        milliseconds.Sort();
        shares.Sort();
        double median = milliseconds[steps / 2];
        Console.WriteLine($"tokens_per_s={workload.Tokens / median * 1000:F1} step_ms={median:F2} min_ms={milliseconds[0]:F2} of_peak={shares[steps / 2] * 100:F1} loss={loss:F4} {workload} "
            + $"planned_mb={workload.PlannedBytes / 1e6:F1} peak_mb={Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F1}");
    }
}
