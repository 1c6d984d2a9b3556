using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>Compiles a kernel's struct and loads it, on any thread, beside others.</summary>
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
        var compiled = device.Compilers.Use(backend => Compile(backend, specialization, complete));
        device.Bind();
        string ptx = compiled.PTXAssembly;
        var module = device.CodeCache is { } cache ? cache.Load(ptx, CudaDriver.Compile, code => CudaDriver.LoadModule(code)) : CudaDriver.LoadModule(CudaDriver.Compile(ptx));
        var kernel = LinkedKernel.Load((CudaAccelerator)device.Accelerator, compiled, module);
        if (sharedBytes > 0) CudaDriver.SetFunctionAttribute(kernel.FunctionPtr, CudaDriver.MaxDynamicSharedSizeBytes, sharedBytes);
        return kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, TKernel>>();
    }

    /// <summary>The kernel with its completed text, for any backend: no card is needed.</summary>
    public static PTXCompiledKernel Compile(Backend backend, KernelSpecialization specialization, Func<string, string> complete)
    {
        var method = typeof(KernelEntry).GetMethod(nameof(KernelEntry.Run), BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(typeof(TKernel));
        var compiled = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), specialization);
        LinkedKernel.SetText(compiled, complete(PowerDivision.Of(StableText.Of(compiled.PTXAssembly))));
        return compiled;
    }
}
