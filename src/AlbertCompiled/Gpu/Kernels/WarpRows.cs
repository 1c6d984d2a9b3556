using AlbertCompiled.Gpu.Ptx;
using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A row kernel without column sums by a warp to a row, several rows to a group: nothing waits for another warp. For CUDA, and for rows that packs of a whole warp make up.
/// </summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
internal abstract class WarpRows<TKernel> where TKernel : struct, IGpuRowKernel
{
    /// <summary>The form for rows of so many columns, or null where a group shares each row.</summary>
    public static WarpRows<TKernel>? For(GpuDevice device, int columns) => !device.RunsCudaKernels || !WarpRegisters.Hold(typeof(TKernel), columns) ? null : columns switch
    {
        2 * WarpPack.Columns => new WarpRows<TKernel, Beside<WarpPack, WarpPack>>(device),
        3 * WarpPack.Columns => new WarpRows<TKernel, Beside<WarpPack, Beside<WarpPack, WarpPack>>>(device),
        4 * WarpPack.Columns => new WarpRows<TKernel, Beside<Beside<WarpPack, WarpPack>, Beside<WarpPack, WarpPack>>>(device),
        _ => null,
    };

    /// <summary>A warp for each row.</summary>
    public abstract void Launch(Extent rows, in TKernel arguments);
}

/// <summary>A row kernel by a warp to a row.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <typeparam name="V">The pack that a row is.</typeparam>
/// <param name="device">A device that runs code for CUDA.</param>
internal sealed class WarpRows<TKernel, V>(GpuDevice device) : WarpRows<TKernel>
    where TKernel : struct, IGpuRowKernel
    where V : struct, IPack<V>
{
    readonly PatchedKernel<WarpRowsKernel<TKernel, V>> kernel =
        new(device, WarpPack.Lanes, WarpRegisters.Resident, 0, WarpRow.WarpsOfGroup, WarpRow.Complete, WarpRow.WarpsOfGroup);

    /// <inheritdoc/>
    public override void Launch(Extent rows, in TKernel arguments) =>
        kernel.Launch((rows.Most + WarpRow.WarpsOfGroup - 1) / WarpRow.WarpsOfGroup, 1, 1, new() { Kernel = arguments, Rows = rows });
}

/// <summary>Gives each warp its row.</summary>
internal struct WarpRowsKernel<TKernel, V> : IGpuKernel
    where TKernel : struct, IGpuRowKernel
    where V : struct, IPack<V>
{
    public TKernel Kernel;
    public Extent Rows;

    /// <inheritdoc/>
    public void Run()
    {
        int row = Grid.IdxX * WarpRow.WarpsOfGroup + Group.IdxY;
        if (row < Rows.Actual) Kernel.Run<V, WarpRow>(row, row + 1, row);
    }
}
