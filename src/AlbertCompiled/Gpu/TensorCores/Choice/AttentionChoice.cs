using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Chooses the instruction by which attention's kernels multiply.</summary>
internal static class AttentionChoice
{
    /// <summary>The choice for a device: wgmma where there is one, unless that is switched off.</summary>
    public static ProductCompute For(GpuDevice device) => Of(GpuSwitches.Current, Runs(device));

    /// <summary>The choice where wgmma runs, or where it does not.</summary>
    public static ProductCompute Of(GpuSwitches switches, bool runs) => switches.AttentionByWarpgroup && runs ? ProductCompute.Warpgroup : ProductCompute.Warp;

    /// <summary>Whether a device runs attention by wgmma.</summary>
    public static bool Runs(GpuDevice device) => device.Host is { } host
        ? Runs(host.Capability, int.MaxValue)
        : device.Accelerator is CudaAccelerator card && Runs(ProductChoice.Capability(card), ProductChoice.Ptx(card));

    /// <summary>Whether a card does: with the driver of CUDA 12.4 or later, whose compiler's code has been looked at (<see cref="AttentionForwardWarpgroupText"/>).</summary>
    /// <param name="capability">Compute capability: 90 for 9.0.</param>
    /// <param name="ptx">The newest PTX that its driver takes: 84 for 8.4.</param>
    public static bool Runs(int capability, int ptx) => HopperTarget.RunsOn(capability, ptx) && ptx >= 84;
}
