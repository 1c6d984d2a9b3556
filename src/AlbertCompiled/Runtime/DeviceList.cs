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
    /// <summary>The words that <see cref="Open"/> takes besides auto; a card among several is cuda:N as well.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["cpu", "cuda", "opencl", "ilgpu-cpu"];

    /// <summary>Opens a device.</summary>
    /// <param name="word">
    /// auto (cuda if there is a card, else cpu; a card that fails is told by <see cref="PassedOver"/>), cpu, cuda (of several cards one that computes in bfloat16, then the
    /// one with the most memory), cuda:N (the driver's number, from 0), opencl, or ilgpu-cpu (a simulator for tests).
    /// </param>
    /// <param name="threads">Threads of the cpu; 0: one for each processor.</param>
    /// <exception cref="DeviceException">The word is unknown or the device is not there.</exception>
    public static Device Open(string word, int threads = 0) => word switch
    {
        "auto" => (Device?)GpuDevice.TryOpen("cuda", out Absence absence) ?? new CpuDevice(threads) { PassedOver = absence.IsFailure ? absence.Reason : null },
        "cpu" => new CpuDevice(threads),
        "cuda" or "opencl" or "ilgpu-cpu" => GpuDevice.Open(word),
        null => throw new ArgumentNullException(nameof(word)),
        _ when GpuDevice.CardOf(word) is not null => GpuDevice.Open(word),
        _ => throw new DeviceException($"there is no device called {word}; choose auto, {string.Join(", ", Kinds)}, or cuda:N for a card among several"),
    };

    /// <summary>Every kind of device: what it is on this machine, or why it is absent; behind cuda, each card if there are several. Does not throw.</summary>
    public static IReadOnlyList<DeviceInfo> List() => [.. Kinds.SelectMany(Inspect)];

    static IEnumerable<DeviceInfo> Inspect(string kind)
    {
        if (kind == "cpu") return [new(kind, CpuDevice.Describe(Environment.ProcessorCount), MachineMemory.Bytes, null)];
        using var gpu = GpuDevice.TryOpen(kind, out string reason);
        if (gpu is null) return [new(kind, "", 0, reason)];
        return [new(kind, gpu.Name, gpu.Accelerator.MemorySize, null), .. kind == "cuda" ? GpuDevice.Cards() : []];
    }
}
