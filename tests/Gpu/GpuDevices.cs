using System.Collections.Concurrent;
using System.Reflection;
using AlbertCompiled.Gpu;
using AlbertCompiled.Tests.Gpu.Emulation;
using Xunit;
using Xunit.Sdk;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>The devices of this machine, opened once for all tests; these run one after another, since OpenCL wants one thread.</summary>
public sealed class GpuDevices : IDisposable
{
    readonly Dictionary<string, GpuDevice> open = [];

    public GpuDevice this[string kind] => open.TryGetValue(kind, out var device) ? device : open[kind] = Open(kind);

    static GpuDevice Open(string kind) => kind == EmulatedHost.Kind ? GpuDevice.Emulate(new EmulatedHost()) : GpuDevice.Open(kind);

    public void Dispose()
    {
        foreach (var device in open.Values) device.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class GpuCollection : ICollectionFixture<GpuDevices>
{
    public const string Name = "Gpu";
}

/// <summary>Runs a theory on a kind of device, or says why not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class OnDeviceAttribute : DataAttribute
{
    static readonly ConcurrentDictionary<string, string?> Absent = [];

    readonly string kind;

    protected OnDeviceAttribute(string kind)
    {
        this.kind = kind;
        if (kind == EmulatedHost.Kind) return;
        Skip = Absent.GetOrAdd(kind, static k =>
        {
            using var device = GpuDevice.TryOpen(k, out string reason);
            return device is null ? $"{k}: {reason}" : null;
        });
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[kind]];
}

public sealed class OnSimulatorAttribute() : OnDeviceAttribute("ilgpu-cpu");

public sealed class OnOpenCLAttribute() : OnDeviceAttribute("opencl");

public sealed class OnCudaAttribute() : OnDeviceAttribute("cuda");

/// <summary>The kernels of CUDA, in the emulator.</summary>
public sealed class OnEmulatorAttribute() : OnDeviceAttribute(EmulatedHost.Kind);
