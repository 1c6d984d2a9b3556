using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// Tensor maps in device memory: what bulk copies know of a matrix of bfloat16. One for each matrix and box, made at the first use and kept until the matrix is freed.
/// </summary>
/// <param name="device">A CUDA device.</param>
internal sealed unsafe class TensorMaps(GpuDevice device) : IDisposable
{
    const int Bytes = 128, PerBuffer = 256, BFloat16 = 9, Swizzle128 = 3, Promote256 = 3;

    readonly Dictionary<(ulong Address, int Rows, int Columns, int Stride, int BoxRows), ArrayView<byte>> known = [];
    readonly List<MemoryBuffer1D<byte, Stride1D.Dense>> buffers = [];
    readonly Stack<ArrayView<byte>> vacant = [];      // places of maps

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
        if (known.TryGetValue(key, out var map)) return (ulong)map.LoadEffectiveAddressAsPtr();
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

        if (vacant.Count == 0)
        {
            var buffer = device.Allocate<byte>(PerBuffer * Bytes);
            buffers.Add(buffer);
            for (int place = PerBuffer - 1; place >= 0; place--) vacant.Push(buffer.View.BaseView.SubView(place * Bytes, Bytes));
        }

        var slot = vacant.Peek();
        device.Write(slot, new ReadOnlySpan<byte>(aligned, Bytes));
        known[key] = vacant.Pop();
        return (ulong)slot.LoadEffectiveAddressAsPtr();
    }

    /// <summary>Drops the maps of matrices in memory that is freed. Nothing that is queued may read them.</summary>
    public void Forget(ulong address, long bytes)
    {
        foreach (var (matrix, slot) in known.Where(k => k.Key.Address >= address && k.Key.Address < address + (ulong)bytes).ToList())
        {
            known.Remove(matrix);
            vacant.Push(slot);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in buffers) GpuDevice.Free(buffer);
    }
}
