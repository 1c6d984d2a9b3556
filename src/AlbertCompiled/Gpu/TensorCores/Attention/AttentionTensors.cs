using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>Where attention runs on tensor cores.</summary>
internal static class AttentionTensors
{
    /// <summary>Whether a device has the kernels for activations kept as <typeparamref name="T"/>.</summary>
    public static bool Exist<T>(GpuDevice device) where T : unmanaged, IElement<T> =>
        typeof(T) == typeof(BFloat16) && (device.Host is { Capability: >= 80 } || device.Accelerator is CudaAccelerator { Architecture: var card } && card >= CudaArchitecture.SM_80);

    /// <summary>Whether they take heads of this size in these matrices: rows lie on 16-byte boundaries.</summary>
    public static bool Take<T>(int headSize, params ReadOnlySpan<Operand<T>> matrices) where T : unmanaged, IElement<T>
    {
        if (!AttentionHead.Takes(headSize)) return false;
        foreach (var matrix in matrices)
            if (matrix.Stride % 8 != 0 || Address(matrix.Values) % 16 != 0) return false;
        return true;
    }

    /// <summary>A view's address in device memory; 0 if it is empty.</summary>
    public static ulong Address<T>(ArrayView<T> view) where T : unmanaged => view.Length == 0 ? 0 : (ulong)view.LoadEffectiveAddressAsPtr();

    /// <summary>Bytes from one row to the next.</summary>
    public static int Bytes<T>(Operand<T> matrix) where T : unmanaged => matrix.Stride * Interop.SizeOf<T>();
}
