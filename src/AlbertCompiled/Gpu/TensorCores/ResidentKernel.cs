using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// A kernel of PTX text whose groups walk over a list of work: as many groups are launched as the device holds at once, whatever a batch
/// brings.
/// </summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="device">The device.</param>
/// <param name="lanes">Lanes in a group.</param>
/// <param name="resident">Groups that a multiprocessor shall hold: the compiler gives a lane registers accordingly.</param>
internal sealed class ResidentKernel<TKernel>(GpuDevice device, int lanes, int resident) where TKernel : struct, IGpuKernel, ITextKernel
{
    static readonly FieldInfo Assembly =
        typeof(PTXCompiledKernel).GetField("<PTXAssembly>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance)
        ?? throw new InvalidOperationException("this version of ILGPU keeps a kernel's text elsewhere");

    Action<AcceleratorStream, KernelConfig, TKernel>? launcher;

    /// <summary>Queues the kernel.</summary>
    /// <param name="items">Items of work at most.</param>
    /// <param name="kernel">Its arguments.</param>
    public void Launch(int items, in TKernel kernel)
    {
        if (items <= 0) return;
        launcher ??= Load();
        launcher(device.Stream, new(Math.Min(items, resident * device.Accelerator.NumMultiprocessors), lanes), kernel);
    }

    /// <summary>Compiles the kernel and puts its text in.</summary>
    public static PTXCompiledKernel Compile(Backend backend, int lanes, int resident)
    {
        var entry = typeof(KernelEntry).GetMethod(nameof(KernelEntry.Run), BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(typeof(TKernel));
        var compiled = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(entry), new KernelSpecialization(lanes, resident));
        Assembly.SetValue(compiled, compiled.PTXAssembly.Replace(TextMarker.Line, TKernel.Body, StringComparison.Ordinal));
        return compiled;
    }

    Action<AcceleratorStream, KernelConfig, TKernel> Load()
    {
        var compiled = Compile(((CudaAccelerator)device.Accelerator).Backend, lanes, resident);
        device.Bind();
        try
        {
            return device.Accelerator.LoadKernel(compiled).CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, TKernel>>();
        }
        catch (CudaException e)
        {
            // Loaded once more for the log, which ILGPU does not pass on.
            _ = CudaAPI.CurrentAPI.LoadModule(out _, compiled.PTXAssembly, out string? log);
            throw new DeviceException($"the driver's compiler refuses a kernel ({e.Error}): {log?.Trim()}");
        }
    }
}
