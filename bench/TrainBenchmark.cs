using System.Diagnostics;
using System.Globalization;
using AlbertCompiled.Cpu;
using AlbertCompiled.Gpu;

namespace AlbertCompiled.Bench;

/// <summary>
/// Times whole pretraining steps: forward, backward, update. The work is that of the usual comparison: B full sequences of S tokens,
/// 15% of the tokens predicted, heads computed for those only, dropout off. Of the peak: the matrix FLOPs of a step, beside what the cores
/// reached on registers just before it, or what a card's data sheet says. On a GPU steps follow each other without a wait.
/// </summary>
internal static class TrainBenchmark
{
    public static void Run(Options options)
    {
        using var workload = new Workload(options);
        if (workload.Device is GpuDevice) OnGpu(workload, options);
        else OnProcessor(workload, options);
    }

    static void OnProcessor(Workload workload, Options options)
    {
        int steps = options.Number("steps", 10), warmup = options.Number("warmup", 2);
        var (milliseconds, shares) = (new List<double>(), new List<double>());
        float loss = 0;
        for (int step = -warmup; step < steps; step++)
        {
            double peak = Peak.Measure(((CpuDevice)workload.Device).Team);
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
        Console.WriteLine($"tokens_per_s={workload.Tokens / median * 1000:F1} step_ms={median:F2} min_ms={milliseconds[0]:F2} of_peak={shares[steps / 2] * 100:F1} loss={loss:F6} {workload} "
            + $"planned_mb={workload.PlannedBytes / 1e6:F1} peak_mb={Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F1}");
    }

    static void OnGpu(Workload workload, Options options)
    {
        workload.Step();
        double first = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
        var time = GpuSteps.Measure(workload, options.Number("steps", 20), options.Number("warmup", 3));
        double rate = workload.Flops / time.Step;
        string share = CardPeak.Of(workload.Device.Name) is { } card
            ? string.Create(CultureInfo.InvariantCulture, $"of_peak={rate / card.Flops(workload.Precision) * 100:F1} peak_tflops={card.Flops(workload.Precision) / 1e12}")
            : "of_peak=unknown";
        Console.WriteLine($"tokens_per_s={workload.Tokens / time.Step:F0} step_ms={time.Step * 1000:F3} waited_ms={time.Waited * 1000:F3} min_ms={time.Least * 1000:F3} "
            + $"host_ms={time.Host * 1000:F3} host_share={time.Host / time.Step * 100:F1} tflops={rate / 1e12:F1} {share} first_step_ms={first:F0} loss={time.Loss:F4} {workload} "
            + $"planned_mb={workload.PlannedBytes / 1e6:F1} peak_mb={workload.UsedBytes / 1e6:F1} host_mb={Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F1}");
    }
}
