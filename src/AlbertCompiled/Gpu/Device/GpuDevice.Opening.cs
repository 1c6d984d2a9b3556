using System.Globalization;
using System.Reflection;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace AlbertCompiled.Gpu;

/// <summary>Why a device is not there.</summary>
/// <param name="Reason">One line for a person.</param>
/// <param name="IsFailure">Something that seems to be there failed; else this machine has nothing of the kind.</param>
internal readonly record struct Absence(string Reason, bool IsFailure);

/// <content>From a word to a device.</content>
public sealed partial class GpuDevice
{
    const string Card = "cuda:";

    /// <summary>ILGPU's simulator runs a lane as a thread, and a barrier is expensive: groups stay small.</summary>
    const int SimulatorLanes = 16;

    /// <summary>The device behind a word: cuda, cuda:N (the driver's number of a card), opencl, ilgpu-cpu.</summary>
    /// <exception cref="DeviceException">There is none; the message says why.</exception>
    public static GpuDevice Open(string word) =>
        TryOpen(word, out string reason) ?? throw new DeviceException($"no {word} device: {reason}");

    /// <summary>The device behind a word, or null and the reason.</summary>
    public static GpuDevice? TryOpen(string word, out string reason)
    {
        var device = TryOpen(word, out Absence absence);
        reason = device is null ? absence.Reason : "";
        return device;
    }

    /// <summary>The device behind a word, or null and why.</summary>
    internal static GpuDevice? TryOpen(string word, out Absence absence)
    {
        int? number = CardOf(word);
        string kind = number is null ? word : "cuda";
        absence = default;
        if (kind == "cuda" && !NativeLibraries.Exists(NativeLibraries.Cuda))
            return None($"the NVIDIA driver ({NativeLibraries.Cuda}) is not installed", false, out absence);
        if (kind == "opencl" && !NativeLibraries.Exists(NativeLibraries.OpenCL))
            return None($"no OpenCL loader ({NativeLibraries.OpenCL}) is installed", false, out absence);
        Context? context = null;
        Accelerator? accelerator = null;
        try
        {
            if (kind == "cuda") _ = GpuSwitches.Current;       // refuses unknown words
            int cards = kind == "cuda" ? CudaDriver.Start() : 0;
            if (kind == "cuda" && cards == 0) return None("the driver reports no card", false, out absence);
            context = Context.Create(builder => Enable(builder, kind).EnableKernels());
            if (Choose(context, kind, number) is { } found)
            {
                accelerator = found is CPUDevice simulator
                    ? simulator.CreateCPUAccelerator(context, CPUAcceleratorMode.Parallel)
                    : found.CreateAccelerator(context);
                return new GpuDevice(kind, context, accelerator);
            }

            context.Dispose();
            return kind != "cuda" ? None("no platform has a device that can run the kernels", false, out absence)
                : number < cards || number is null ? None("the card is none that the kernels are compiled for", true, out absence)
                : None($"the driver reports {cards} {(cards == 1 ? "card" : "cards")}, numbered from 0", true, out absence);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (accelerator is not null) Free(accelerator);
            context?.Dispose();
            return None(FirstLine((e.InnerException ?? e).Message), true, out absence);
        }
    }

    /// <summary>The number in cuda:N; null if the word is another.</summary>
    internal static int? CardOf(string word) =>
        word.StartsWith(Card, StringComparison.Ordinal) && int.TryParse(word.AsSpan(Card.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <summary>The words of the cards of this machine with their descriptions, if there are several.</summary>
    internal static IReadOnlyList<DeviceInfo> Cards()
    {
        using var context = Context.Create(builder => builder.Cuda());
        var cards = context.Devices.OfType<CudaDevice>().ToList();
        return cards.Count < 2 ? [] : [.. cards.OrderBy(c => c.DeviceId).Select(c => new DeviceInfo($"{Card}{c.DeviceId}", Describe(c.Name, c.MemorySize, "cuda"), c.MemorySize, null))];
    }

    // a card that computes in bfloat16 before one that does not, then the one with the most memory
    static ILGPU.Runtime.Device? Choose(Context context, string kind, int? number) => context.Devices
        .Where(d => d.AcceleratorType == TypeOf(kind) && (number is null || d is CudaDevice card && card.DeviceId == number))
        .OrderByDescending(d => d is CudaDevice { Architecture: { } architecture } && architecture >= CudaArchitecture.SM_80).ThenByDescending(d => d.MemorySize).FirstOrDefault();

    /// <summary>A device whose memory is the simulator's and whose kernels, compiled for CUDA, run in <paramref name="host"/>.</summary>
    internal static GpuDevice Emulate(IKernelHost host)
    {
        var context = Context.Create(builder => Enable(builder, "ilgpu-cpu").EnableKernels());
        return new("emulator", context, context.Devices.OfType<CPUDevice>().First().CreateCPUAccelerator(context, CPUAcceleratorMode.Parallel)) { Host = host };
    }

    internal static string Describe(string name, long memory, string kind) =>
        kind == "ilgpu-cpu" ? "ILGPU simulator on the processor" : $"{name.Trim()}, {(memory / 1e9).ToString("F1", CultureInfo.InvariantCulture)} GB";

    static Context.Builder Enable(Context.Builder builder, string kind) => kind switch
    {
        "cuda" => builder.Cuda(),
        "opencl" => builder.OpenCL(RunsKernels),
        "ilgpu-cpu" => builder.CPU(new CPUDevice(SimulatorLanes, 1, 1)),
        _ => throw new DeviceException($"{kind} is not a GPU device"),
    };

    static AcceleratorType TypeOf(string kind) => kind switch
    {
        "cuda" => AcceleratorType.Cuda,
        "opencl" => AcceleratorType.OpenCL,
        _ => AcceleratorType.CPU,
    };

    /// <summary>
    /// ILGPU's OpenCL code needs the generic address space. PoCL compiles it but does not report it, so it is told so here.
    /// </summary>
    static bool RunsKernels(CLDevice device)
    {
        if (device.Capabilities.GenericAddressSpace) return true;
        if (!device.PlatformName.Contains("Portable Computing Language", StringComparison.Ordinal)) return false;
        var property = typeof(CLCapabilityContext).GetProperty(nameof(CLCapabilityContext.GenericAddressSpace), BindingFlags.Public | BindingFlags.Instance);
        property?.SetValue(device.Capabilities, true);
        return device.Capabilities.GenericAddressSpace;
    }

    static GpuDevice? None(string reason, bool isFailure, out Absence absence)
    {
        absence = new(reason, isFailure);
        return null;
    }
}
