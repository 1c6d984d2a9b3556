using System.Globalization;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Bench;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var cpu = Info();
        string name = cpu.GetValueOrDefault("model name", Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "processor unknown");
        string family = cpu.TryGetValue("cpu family", out string? f) ? $" (family {f}, model {cpu.GetValueOrDefault("model")})" : "";
        string bf16 = BFloat16.IsSupported ? ", AVX512-BF16" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{name}{family}, {Environment.ProcessorCount} cores, {32 * Simd.Width}-bit vectors{bf16}, {DateTime.Now:yyyy-MM-dd}");
    }

    /// <summary>Tasks that were ready to run in the last minute, or 0 where nobody counts them.</summary>
    public static double Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    static Dictionary<string, string> Info()
    {
        var info = new Dictionary<string, string>();
        if (!File.Exists("/proc/cpuinfo")) return info;
        foreach (string line in File.ReadLines("/proc/cpuinfo"))
            if (line.Split(':', 2) is [var key, var value]) info.TryAdd(key.Trim(), value.Trim());
        return info;
    }
}
