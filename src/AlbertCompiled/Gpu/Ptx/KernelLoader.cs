using System.Reflection;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.Ptx;

/// <summary>Compiles a kernel's struct and loads it, on any thread, beside others.</summary>
internal static class KernelLoader
{
    const string EntryPoint = $"Kernel_{nameof(KernelEntry.Run)}";     // as ILGPU calls it

    static readonly MethodInfo Entry = typeof(KernelEntry).GetMethod(nameof(KernelEntry.Run), BindingFlags.Public | BindingFlags.Static)!;

    /// <summary>The kernel as ILGPU's compiler makes it, for a device of any kind.</summary>
    public static Action<AcceleratorStream, KernelConfig, TKernel> Load<TKernel>(GpuDevice device, KernelSpecialization specialization) where TKernel : struct, IGpuKernel =>
        device.Accelerator is CudaAccelerator ? Load<TKernel>(device, specialization, 0, text => text) : device.Accelerator.LoadKernel<TKernel>(KernelEntry.Run, specialization);

    /// <summary>The kernel with completed text, for a CUDA device.</summary>
    /// <param name="device">A CUDA device.</param>
    /// <param name="specialization">Lanes of a group and groups of a multiprocessor, if they are fixed.</param>
    /// <param name="sharedBytes">Dynamic shared memory of a group beyond what every kernel may have; 0 for none.</param>
    /// <param name="complete">Completes the text.</param>
    /// <exception cref="DeviceException">The driver refuses the kernel; the message holds what it says.</exception>
    public static Action<AcceleratorStream, KernelConfig, TKernel> Load<TKernel>(GpuDevice device, KernelSpecialization specialization, int sharedBytes, Func<string, string> complete)
        where TKernel : struct, IGpuKernel
    {
        var kernel = new CardKernel<TKernel>(Function(device, complete(device.Maker.Text(typeof(TKernel), specialization)), sharedBytes));
        Action<AcceleratorStream, KernelConfig, TKernel> launch = kernel.Launch;
        RuntimeHelpers.PrepareDelegate(launch);                                         // here, where several kernels are loaded at once,
        RuntimeHelpers.RunClassConstructor(typeof(KernelArguments<TKernel>).TypeHandle);  // instead of one after the other when they are launched
        return launch;
    }

    /// <summary>A kernel's text, to be completed: the same whatever was compiled before. No card is needed.</summary>
    /// <param name="backend">ILGPU's compiler.</param>
    /// <param name="kernel">The kernel's struct.</param>
    /// <param name="specialization">Lanes of a group and groups of a multiprocessor, if they are fixed.</param>
    public static string Compile(Backend backend, Type kernel, KernelSpecialization specialization)
    {
        var compiled = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(Entry.MakeGenericMethod(kernel)), specialization);
        return PowerDivision.Of(StableText.Of(compiled.PTXAssembly));
    }

    static IntPtr Function(GpuDevice device, string ptx, int sharedBytes)
    {
        device.Bind();
        var function = CudaDriver.Function(device.Maker.Module(ptx), EntryPoint);
        if (sharedBytes > 0) CudaDriver.SetFunctionAttribute(function, CudaDriver.MaxDynamicSharedSizeBytes, sharedBytes);
        return function;
    }
}
