using System.Diagnostics;
using AlbertCompiled.Models;

namespace AlbertCompiled.Bench;

/// <summary>
/// Times whole pretraining steps: forward, backward, update. The work is that of the usual comparison: B full sequences of S tokens,
/// 15% of the tokens predicted, heads computed for those only, dropout off.
/// </summary>
internal static class TrainBenchmark
{
    public static void Run(Options options)
    {
        using var workload = new Workload(options);
        int steps = options.Number("steps", 10);
        var milliseconds = new List<double>();
        float loss = 0;
        for (int step = -2; step < steps; step++)
        {
            long start = Stopwatch.GetTimestamp();
            loss = workload.Step();
            if (step >= 0) milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        milliseconds.Sort();
        double median = milliseconds[milliseconds.Count / 2];
        Console.WriteLine($"tokens_per_s={workload.Tokens / median * 1000:F1} step_ms={median:F2} min_ms={milliseconds[0]:F2} loss={loss:F4} {workload}");
    }
}
