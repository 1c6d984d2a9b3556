using AlbertCompiled.Gpu.Ptx;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A row kernel by a warp to a row, several rows to a group: nothing waits for another warp within a row. For CUDA, and for rows that packs of a whole warp make up.
/// </summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
internal abstract class WarpRows<TKernel> where TKernel : struct, IGpuRowKernel
{
    /// <summary>The form for rows of so many columns, or null where a group shares each row.</summary>
    /// <param name="device">The device.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="inChunks">True for a group to each chunk, with sums of columns.</param>
    public static WarpRows<TKernel>? For(GpuDevice device, int columns, bool inChunks)
    {
        return !device.RunsCudaKernels ? null : columns switch
        {
            2 * WarpPack.Columns => With<Beside<WarpPack, WarpPack>>(),
            3 * WarpPack.Columns => With<Beside<WarpPack, Beside<WarpPack, WarpPack>>>(),
            4 * WarpPack.Columns => With<Beside<Beside<WarpPack, WarpPack>, Beside<WarpPack, WarpPack>>>(),
            _ => null,
        };

        WarpRows<TKernel>? With<V>() where V : struct, IPack<V> =>
            WarpRegisters.Resident(typeof(TKernel), columns, inChunks) is > 0 and var resident ? new WarpRows<TKernel, V>(device, resident, inChunks) : null;
    }

    /// <summary>A warp for each row, or a group for each chunk of rows, whose warps have as many rows each.</summary>
    public abstract void Launch(Extent rows, in TKernel arguments);
}

/// <summary>A row kernel by a warp to a row.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <typeparam name="V">The pack that a row is.</typeparam>
/// <param name="device">A device that runs code for CUDA.</param>
/// <param name="resident">Groups that a multiprocessor is to hold.</param>
/// <param name="inChunks">True for a group to each chunk, whose warps add up their sums in shared memory.</param>
internal sealed class WarpRows<TKernel, V>(GpuDevice device, int resident, bool inChunks) : WarpRows<TKernel>
    where TKernel : struct, IGpuRowKernel
    where V : struct, IPack<V>
{
    readonly int rowsPerWarp = inChunks ? ArenaPlan.ChunkRows / WarpRow.WarpsOfGroup : 1;
    readonly PatchedKernel<WarpRowsKernel<TKernel, V>> kernel =
        new(device, WarpPack.Lanes, resident, inChunks ? WarpSums.BytesFor(V.Count) : 0, inChunks, WarpRow.Complete, WarpRow.WarpsOfGroup);

    /// <inheritdoc/>
    public override void Launch(Extent rows, in TKernel arguments)
    {
        int perGroup = rowsPerWarp * WarpRow.WarpsOfGroup;
        kernel.Launch((rows.Most + perGroup - 1) / perGroup, 1, 1, new() { Kernel = arguments, Rows = rows, RowsPerWarp = rowsPerWarp });
    }
}

/// <summary>Gives each warp its rows.</summary>
internal struct WarpRowsKernel<TKernel, V> : IGpuKernel
    where TKernel : struct, IGpuRowKernel
    where V : struct, IPack<V>
{
    public TKernel Kernel;
    public Extent Rows;
    public int RowsPerWarp;

    /// <summary>Warps behind the last row go over none, and meet the others of their group where these add up.</summary>
    public void Run()
    {
        int rows = Rows.Actual, group = Grid.IdxX * WarpRow.WarpsOfGroup * RowsPerWarp, first = group + Group.IdxY * RowsPerWarp, last = first + RowsPerWarp;
        if (group < rows) Kernel.Run<V, WarpRow>(first, last < rows ? last : rows, Grid.IdxX);
    }
}
