using System.Reflection;
using System.Text.RegularExpressions;
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
internal sealed partial class ResidentKernel<TKernel>(GpuDevice device) where TKernel : struct, IGpuKernel, ITextKernel
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
        var shared = TKernel.SharedBytes == 0 ? default : SharedMemoryConfig.RequestDynamic<byte>(TKernel.SharedBytes);
        launcher(device.Stream, new(Math.Min(items, TKernel.Resident * device.Accelerator.NumMultiprocessors), TKernel.Lanes, shared), kernel);
        device.Observer?.Invoke(typeof(TKernel));
    }

    /// <summary>Compiles the kernel and puts its text in.</summary>
    public static PTXCompiledKernel Compile(Backend backend)
    {
        var entry = typeof(KernelEntry).GetMethod(nameof(KernelEntry.Run), BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(typeof(TKernel));
        var compiled = (PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(entry), new KernelSpecialization(TKernel.Lanes, TKernel.Resident));
        Assembly.SetValue(compiled, Complete(compiled.PTXAssembly));
        return compiled;
    }

    static string Complete(string text)
    {
        text = text.Replace(TextMarker.Line, TKernel.Body, StringComparison.Ordinal);
        if (TKernel.SharedBytes > 0) text = text.Replace(".visible .entry", AttentionText.DynamicDeclaration + ".visible .entry", StringComparison.Ordinal);
        return TKernel.IsForHopper ? Target().Replace(text, ".target sm_90a") : text;
    }

    [GeneratedRegex(@"\.target sm_\w+")]
    private static partial Regex Target();

    Action<AcceleratorStream, KernelConfig, TKernel> Load()
    {
        var compiled = Compile(((CudaAccelerator)device.Accelerator).Backend);
        device.Bind();
        try
        {
            var kernel = (CudaKernel)device.Accelerator.LoadKernel(compiled);
            if (TKernel.SharedBytes > 0) CudaDriver.SetFunctionAttribute(kernel.FunctionPtr, CudaDriver.MaxDynamicSharedSizeBytes, TKernel.SharedBytes);
            return kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, TKernel>>();
        }
        catch (CudaException e)
        {
            // Loaded once more for the log, which ILGPU does not pass on.
            _ = CudaAPI.CurrentAPI.LoadModule(out _, compiled.PTXAssembly, out string? log);
            throw new DeviceException($"the driver's compiler refuses a kernel ({e.Error}): {log?.Trim()}");
        }
    }
}
