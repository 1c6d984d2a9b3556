using System.Globalization;
using AlbertCompiled.Cpu;
using AlbertCompiled.Gpu;

namespace AlbertCompiled;

/// <summary>A kind of device on this machine.</summary>
/// <param name="Kind">The word that opens it.</param>
/// <param name="Name">What a person calls it; empty if it is absent.</param>
/// <param name="Memory">Bytes of memory, 0 if absent.</param>
/// <param name="Absent">Why it is not there, or null.</param>
public sealed record DeviceInfo(string Kind, string Name, long Memory, string? Absent)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind,-10} {(Absent is null ? Name : "absent: " + Absent)}");
}

public abstract partial class Device
{
    /// <summary>The words that <see cref="Open"/> takes besides auto.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["cpu", "cuda", "opencl", "ilgpu-cpu"];

    /// <summary>Opens a device.</summary>
    /// <param name="word">auto (cuda if there is a card, else cpu), cpu, cuda, opencl, or ilgpu-cpu (a simulator for tests).</param>
    /// <param name="threads">Threads of the cpu; 0: one for each processor.</param>
    /// <exception cref="DeviceException">The word is unknown or the device is not there.</exception>
    public static Device Open(string word, int threads = 0) => word switch
    {
        "auto" => (Device?)GpuDevice.TryOpen("cuda", out _) ?? new CpuDevice(threads),
        "cpu" => new CpuDevice(threads),
        "cuda" or "opencl" or "ilgpu-cpu" => GpuDevice.Open(word),
        _ => throw new DeviceException($"there is no device called {word}; choose auto, {string.Join(", ", Kinds)}"),
    };

    /// <summary>Every kind of device: what it is on this machine, or why it is absent. Does not throw.</summary>
    public static IReadOnlyList<DeviceInfo> List() => [.. Kinds.Select(Inspect)];

    static DeviceInfo Inspect(string kind)
    {
        if (kind == "cpu") return new(kind, CpuDevice.Describe(Environment.ProcessorCount), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, null);
        using var gpu = GpuDevice.TryOpen(kind, out string reason);
        return gpu is null ? new(kind, "", 0, reason) : new(kind, gpu.Name, gpu.Accelerator.MemorySize, null);
    }
}
