using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>What launches a kernel on a device: it is loaded when it is first launched, or before that if its launch is rehearsed.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="device">The device.</param>
/// <param name="key">What the kernel is, as <see cref="KernelStore"/> knows it.</param>
/// <param name="load">Compiles and loads it.</param>
internal sealed class KernelLaunch<TKernel>(GpuDevice device, object key, Func<Action<AcceleratorStream, KernelConfig, TKernel>> load) where TKernel : struct, IGpuKernel
{
    Action<AcceleratorStream, KernelConfig, TKernel>? launcher;

    /// <summary>Queues a grid of groups; nothing if it is empty. It allocates nothing and returns before the kernel has run.</summary>
    public void Queue(in KernelConfig grid, in TKernel kernel)
    {
        if (grid.GridDim is not { X: > 0, Y: > 0, Z: > 0 }) return;
        if (device.Rehearsal is { } rehearsal)
        {
            rehearsal.Needs(key, () => Load());
            return;
        }

        try
        {
            launcher ??= Load();
            launcher(device.Stream, grid, kernel);
            device.Observer?.Invoke(typeof(TKernel));
        }
        catch (AcceleratorException e)
        {
            throw device.Failed(e);
        }
    }

    Action<AcceleratorStream, KernelConfig, TKernel> Load() => device.Kernels.Get(key, load);
}
