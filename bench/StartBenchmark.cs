using System.Diagnostics;

namespace AlbertCompiled.Bench;

/// <summary>What a user waits for: from the start of the process to the end of the first training step, weights drawn and code compiled on the way.</summary>
internal static class StartBenchmark
{
    public static void Run(Options options)
    {
        var begun = Process.GetCurrentProcess().StartTime;
        double main = (DateTime.Now - begun).TotalMilliseconds;
        using var workload = new Workload(options);
        double ready = (DateTime.Now - begun).TotalMilliseconds;
        float loss = workload.Step();
        double first = (DateTime.Now - begun).TotalMilliseconds;
        workload.Step();
        double second = (DateTime.Now - begun).TotalMilliseconds;
        Console.WriteLine($"first_step_ms={first:F0} main_ms={main:F0} model_ms={ready - main:F0} step1_ms={first - ready:F0} step2_ms={second - first:F0} loss={loss:F4} {workload}");
    }
}
