using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Tensor maps in device memory: what bulk copies know of a matrix of bfloat16. One for each matrix and box, made at the first use.
/// </summary>
/// <param name="device">A CUDA device.</param>
internal sealed unsafe class TensorMaps(GpuDevice device) : IDisposable
{
    const int Bytes = 128, PerBuffer = 256, BFloat16 = 9, Swizzle128 = 3, Promote256 = 3;

    readonly Dictionary<(ulong Address, int Rows, int Columns, int Stride, int BoxRows), ulong> known = [];
    readonly List<MemoryBuffer1D<byte, Stride1D.Dense>> buffers = [];

    /// <summary>The device address of a matrix's map; boxes have 64 columns.</summary>
    /// <param name="address">Device address of the matrix: a multiple of 16.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="stride">Elements from one row to the next: a multiple of 8.</param>
    /// <param name="boxRows">Rows of a box, at most 256.</param>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public ulong Of(ulong address, int rows, int columns, int stride, int boxRows)
    {
        var key = (address, rows, columns, stride, boxRows);
        if (known.TryGetValue(key, out ulong map)) return map;
        byte* memory = stackalloc byte[Bytes + 64];
        byte* aligned = (byte*)((nuint)(memory + 63) & ~(nuint)63);
        if (device.Host is { } host && !device.IsOnPaper)
        {
            host.EncodeTiled(new(aligned, Bytes), address, rows, columns, stride * 2L, boxRows, SharedTile.Depth);
        }
        else if (!device.IsOnPaper)
        {
            CudaDriver.EncodeTiled(
                aligned, BFloat16, [(ulong)columns, (ulong)rows], (IntPtr)address, [(ulong)stride * 2], [SharedTile.Depth, (uint)boxRows], [1, 1], 0, Swizzle128, Promote256, 0);
        }

        int place = known.Count % PerBuffer;
        if (place == 0) buffers.Add(device.Allocate<byte>(PerBuffer * Bytes));
        var slot = buffers[^1].View.BaseView.SubView(place * Bytes, Bytes);
        device.Write(slot, new ReadOnlySpan<byte>(aligned, Bytes));
        return known[key] = (ulong)slot.LoadEffectiveAddressAsPtr();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in buffers) GpuDevice.Free(buffer);
    }
}
