using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>
/// A kernel whose PTX is completed between ILGPU's compiler and the driver's: text at a place that the kernel marks by a comment, a newer target, more shared
/// memory than a kernel has by default. A launch allocates nothing and returns before the kernel has run.
/// </summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
internal sealed class PatchedKernel<TKernel> where TKernel : struct, IGpuKernel
{
    readonly Action<AcceleratorStream, KernelConfig, TKernel> launcher;
    readonly GpuDevice device;
    readonly SharedMemoryConfig shared;
    readonly int lanes;

    /// <summary>Compiles and loads the kernel.</summary>
    /// <param name="device">A CUDA device.</param>
    /// <param name="lanes">Lanes of a group.</param>
    /// <param name="resident">Groups that a multiprocessor is to hold: it bounds the registers of a lane.</param>
    /// <param name="sharedBytes">Dynamic shared memory of a group; 0 for none.</param>
    /// <param name="complete">Completes the text.</param>
    /// <exception cref="DeviceException">The driver refuses the kernel; the message holds what it says.</exception>
    public PatchedKernel(GpuDevice device, int lanes, int resident, int sharedBytes, Func<string, string> complete)
    {
        (this.device, this.lanes) = (device, lanes);
        if (sharedBytes > 0) shared = SharedMemoryConfig.RequestDynamic<byte>(sharedBytes);
        if (device.Host is { } host)
        {
            launcher = host.Load<TKernel>(new(lanes, resident), complete);
            return;
        }

        var compiled = Compile(((CudaAccelerator)device.Accelerator).Backend, lanes, resident, complete);
        device.Bind();
        CudaKernel kernel;
        try
        {
            kernel = (CudaKernel)device.Accelerator.LoadKernel(compiled);
        }
        catch (CudaException e)
        {
            // Loaded once more for the log, which ILGPU does not pass on.
            var error = CudaAPI.CurrentAPI.LoadModule(out _, compiled.PTXAssembly, out string? log);
            throw new DeviceException($"the driver's compiler refuses a kernel ({e.Error}, {error}): {log?.Trim()}");
        }

        if (sharedBytes > 0) CudaDriver.SetFunctionAttribute(kernel.FunctionPtr, CudaDriver.MaxDynamicSharedSizeBytes, sharedBytes);

        launcher = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, TKernel>>();
    }

    /// <summary>Queues a grid of groups; nothing if it is empty.</summary>
    public void Launch(int x, int y, int z, in TKernel kernel)
    {
        if (x <= 0 || y <= 0 || z <= 0) return;
        try
        {
            launcher(device.Stream, new(new Index3D(x, y, z), new Index3D(lanes, 1, 1), shared), kernel);
            device.Observer?.Invoke(typeof(TKernel));
        }
        catch (AcceleratorException e)
        {
            throw device.Failed(e);
        }
    }

    /// <summary>The kernel with its completed text, for any backend: no card is needed.</summary>
    public static PTXCompiledKernel Compile(Backend backend, int lanes, int resident, Func<string, string> complete)
    {
        var method = typeof(KernelEntry).GetMethod(nameof(KernelEntry.Run), BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(typeof(TKernel));
        var compiled = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), new KernelSpecialization(lanes, resident));
        KernelText.SetValue(compiled, complete(compiled.PTXAssembly));
        return compiled;
    }

    static readonly FieldInfo KernelText =
        typeof(PTXCompiledKernel).GetField("<PTXAssembly>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance)
        ?? throw new InvalidOperationException("this version of ILGPU keeps a kernel's text elsewhere");
}
