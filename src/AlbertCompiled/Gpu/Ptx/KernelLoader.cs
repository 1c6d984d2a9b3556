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
    const string EntryPoint = $"Kernel_{nameof(KernelEntry.Run)}";     // as ILGPU calls it

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
        string ptx = complete(device.Maker.Text<TKernel>(specialization));
        device.Bind();
        var function = CudaDriver.Function(device.Maker.Module(ptx), EntryPoint);
        if (sharedBytes > 0) CudaDriver.SetFunctionAttribute(function, CudaDriver.MaxDynamicSharedSizeBytes, sharedBytes);
        return new CardKernel<TKernel>(function).Launch;
    }

    /// <summary>The kernel's text, completed, for any backend: no card is needed.</summary>
    public static string Compile(Backend backend, KernelSpecialization specialization, Func<string, string> complete) => complete(Compile(backend, specialization));

    /// <summary>The kernel's text, the same whatever was compiled before.</summary>
    public static string Compile(Backend backend, KernelSpecialization specialization)
    {
        var method = typeof(KernelEntry).GetMethod(nameof(KernelEntry.Run), BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(typeof(TKernel));
        var compiled = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), specialization);
        return PowerDivision.Of(StableText.Of(compiled.PTXAssembly));
    }
}
