using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Chooses the instruction by which attention's kernels multiply.</summary>
internal static class AttentionChoice
{
    /// <summary>The choice for a device, by the environment variable ALBERT_ATTENTION.</summary>
    public static ProductCompute For(GpuDevice device) => Of(Environment.GetEnvironmentVariable("ALBERT_ATTENTION"), Runs(device));

    /// <summary>wgmma where there is one, unless "mma" is wanted.</summary>
    public static ProductCompute Of(string? wanted, bool runs) => wanted != "mma" && runs ? ProductCompute.Warpgroup : ProductCompute.Warp;

    /// <summary>Whether a device has wgmma.</summary>
    public static bool Runs(GpuDevice device) => device.Host is { } host
        ? HopperTarget.RunsOn(host.Capability, int.MaxValue)
        : device.Accelerator is CudaAccelerator card && HopperTarget.RunsOn(ProductChoice.Capability(card), ProductChoice.Ptx(card));
}
