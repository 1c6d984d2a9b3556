using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>A kernel whose PTX is completed between ILGPU's compiler and the driver's, with more shared memory than a kernel has by default.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
internal sealed class PatchedKernel<TKernel> where TKernel : struct, IGpuKernel
{
    readonly Action<AcceleratorStream, KernelConfig, TKernel> launcher;
    readonly GpuDevice device;
    readonly int lanes, sharedBytes;

    /// <summary>Compiles and loads the kernel.</summary>
    /// <param name="device">A CUDA device.</param>
    /// <param name="lanes">Lanes of a group.</param>
    /// <param name="resident">Groups that a multiprocessor is to hold: it bounds the registers of a lane.</param>
    /// <param name="sharedBytes">Dynamic shared memory of a group.</param>
    /// <param name="complete">Completes the text.</param>
    /// <exception cref="DeviceException">The driver refuses the kernel; the message holds what it says.</exception>
    public PatchedKernel(GpuDevice device, int lanes, int resident, int sharedBytes, Func<string, string> complete)
    {
        (this.device, this.lanes, this.sharedBytes) = (device, lanes, sharedBytes);
        var compiled = (PTXCompiledKernel)((CudaAccelerator)device.Accelerator).Backend.Compile(Entry, new KernelSpecialization(lanes, resident));
        Text = complete(compiled.PTXAssembly);
        Assembly.SetValue(compiled, Text);
        device.Bind();
        CudaKernel kernel;
        try
        {
            kernel = (CudaKernel)device.Accelerator.LoadKernel(compiled);
        }
        catch (CudaException e)
        {
            // Loaded once more for the log, which ILGPU does not pass on.
            var error = CudaAPI.CurrentAPI.LoadModule(out _, Text, out string? log);
            throw new DeviceException($"the driver's compiler refuses a kernel ({e.Error}, {error}): {log?.Trim()}");
        }

        CudaDriver.SetFunctionAttribute(kernel.FunctionPtr, CudaDriver.MaxDynamicSharedSizeBytes, sharedBytes);
        launcher = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, TKernel>>();
    }

    /// <summary>The completed text.</summary>
    public string Text { get; }

    /// <summary>Queues a grid of groups.</summary>
    public void Launch(int x, int y, int z, in TKernel kernel) =>
        launcher(device.Stream, new(new Index3D(x, y, z), new Index3D(lanes, 1, 1), SharedMemoryConfig.RequestDynamic<byte>(sharedBytes)), kernel);

    /// <summary>The entry point that ILGPU compiles.</summary>
    public static EntryPointDescription Entry => EntryPointDescription.FromExplicitlyGroupedKernel(
        typeof(KernelEntry).GetMethod(nameof(KernelEntry.Run), BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(typeof(TKernel)));

    static readonly FieldInfo Assembly =
        typeof(PTXCompiledKernel).GetField("<PTXAssembly>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance)
        ?? throw new InvalidOperationException("this version of ILGPU keeps a kernel's text elsewhere");
}
