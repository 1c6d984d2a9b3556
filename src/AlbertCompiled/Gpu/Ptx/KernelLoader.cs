using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>Compiles a kernel's struct and loads it, on any thread: ILGPU's compiler one after the other, the driver's beside it.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
internal static class KernelLoader<TKernel> where TKernel : struct, IGpuKernel
{
    /// <summary>The kernel as ILGPU's compiler makes it, for a device of any kind.</summary>
    public static Action<AcceleratorStream, KernelConfig, TKernel> Load(GpuDevice device, KernelSpecialization specialization) => device.Accelerator is CudaAccelerator
        ? Load(device, specialization, 0, text => text)
        : device.Accelerator.LoadKernel<TKernel>(KernelEntry.Run, specialization);

    /// <summary>The kernel with completed text, for a CUDA device.</summary>
    /// <param name="device">A CUDA device.</param>
    /// <param name="specialization">Lanes of a group and groups of a multiprocessor, if they are fixed.</param>
    /// <param name="sharedBytes">Dynamic shared memory of a group beyond what every kernel may have; 0 for none.</param>
    /// <param name="complete">Completes the text.</param>
    /// <exception cref="DeviceException">The driver refuses the kernel; the message holds what it says.</exception>
    public static Action<AcceleratorStream, KernelConfig, TKernel> Load(GpuDevice device, KernelSpecialization specialization, int sharedBytes, Func<string, string> complete)
    {
        var compiled = Compile(((CudaAccelerator)device.Accelerator).Backend, specialization, complete);
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
        return kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, TKernel>>();
    }

    /// <summary>The kernel with its completed text, for any backend: no card is needed.</summary>
    public static PTXCompiledKernel Compile(Backend backend, KernelSpecialization specialization, Func<string, string> complete)
    {
        var method = typeof(KernelEntry).GetMethod(nameof(KernelEntry.Run), BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(typeof(TKernel));
        PTXCompiledKernel compiled;
        // one at a time: measured on two cores, two threads in ILGPU's compiler took as long as one
        lock (backend) compiled = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), specialization);
        KernelText.SetValue(compiled, complete(StableText.Of(compiled.PTXAssembly)));
        return compiled;
    }

    static readonly FieldInfo KernelText =
        typeof(PTXCompiledKernel).GetField("<PTXAssembly>k__BackingField", BindingFlags.NonPublic | BindingFlags.Instance)
        ?? throw new InvalidOperationException("this version of ILGPU keeps a kernel's text elsewhere");
}
