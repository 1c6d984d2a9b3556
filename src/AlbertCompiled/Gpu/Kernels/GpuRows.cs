using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A kernel over rows: a small struct of views with the code written once for a group of lanes. Lanes share a row by packs of columns,
/// <c>for (int column = L.First&lt;V&gt;(); column &lt; n; column = L.Next&lt;V&gt;(column))</c>; what is computed per row, every lane computes.
/// </summary>
public interface IGpuRowKernel
{
    /// <summary>Computes rows <paramref name="begin"/> to <paramref name="end"/> − 1, which belong to chunk <paramref name="chunk"/>.</summary>
    void Run<V, L>(int begin, int end, int chunk)
        where V : struct, IPack<V>
        where L : struct, IRowLanes;
}

/// <summary>A row kernel for a device.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <typeparam name="V">The pack: <see cref="Float8"/> where the width of the rows is a multiple of 8.</typeparam>
/// <param name="device">The device.</param>
/// <param name="columns">Columns of a row.</param>
public sealed class GpuRows<TKernel, V>(GpuDevice device, int columns)
    where TKernel : struct, IGpuRowKernel
    where V : struct, IPack<V>
{
    readonly GpuKernel<RowsKernel<TKernel, V, OnePack>> whole = new(device);
    readonly GpuKernel<RowsKernel<TKernel, V, ManyPacks>> looped = new(device);
    readonly GpuKernel<RowsKernel<TKernel, V, OnePack>> chunked = new(device, ForChunks(device, columns));
    readonly WarpRows<TKernel>? warps = V.Count == Float8.Count ? WarpRows<TKernel>.For(device, columns) : null;
    readonly int packs = PacksOf(columns), lanes = device.LanesOf(PacksOf(columns));

    /// <summary>A group for each row, or a warp: for kernels without column sums.</summary>
    public void Launch(Extent rows, in TKernel arguments)
    {
        if (warps is not null) warps.Launch(rows, arguments);
        else Launch(rows, whole, 1, arguments);
    }

    /// <summary>A group for each chunk of <see cref="ArenaPlan.ChunkRows"/> rows: for kernels that leave a row of column sums for each chunk.</summary>
    public void LaunchChunks(Extent rows, in TKernel arguments) => Launch(rows, chunked, ArenaPlan.ChunkRows, arguments);

    /// <summary>A group for each chunk of rows and block of columns: for kernels that do nothing but sum columns.</summary>
    public void LaunchBlocks(Extent rows, in TKernel arguments)
    {
        int block = Math.Min(lanes, device.Lanes / 2);
        whole.Launch(Groups(rows, ArenaPlan.ChunkRows), (packs + block - 1) / block, 1, block, new() { Kernel = arguments, Rows = rows, RowsPerGroup = ArenaPlan.ChunkRows });
    }

    void Launch(Extent rows, GpuKernel<RowsKernel<TKernel, V, OnePack>> held, int rowsPerGroup, in TKernel arguments)
    {
        int groups = Groups(rows, rowsPerGroup);
        if (lanes >= packs) held.Launch(groups, 1, 1, lanes, new() { Kernel = arguments, Rows = rows, RowsPerGroup = rowsPerGroup });
        else looped.Launch(groups, 1, 1, lanes, new() { Kernel = arguments, Rows = rows, RowsPerGroup = rowsPerGroup });
    }

    static int Groups(Extent rows, int rowsPerGroup) => (rows.Most + rowsPerGroup - 1) / rowsPerGroup;

    static int PacksOf(int columns) => (columns + V.Count - 1) / V.Count;

    /// <summary>
    /// A chunk's group is at work for long, so the last of them should not wait for a place: with 80 registers a lane, a multiprocessor holds as many
    /// lanes as a batch of some 16,000 rows gives it.
    /// </summary>
    static KernelSpecialization ForChunks(GpuDevice device, int columns)
    {
        const int registers = 65536, perLane = 80;
        int lanes = device.LanesOf(PacksOf(columns));
        return device.RunsCudaKernels && lanes >= PacksOf(columns) ? new(lanes, Math.Clamp(registers / (perLane * lanes), 1, 16)) : KernelSpecialization.Empty;
    }
}

/// <summary>Gives each group its rows.</summary>
internal struct RowsKernel<TKernel, V, L> : IGpuKernel
    where TKernel : struct, IGpuRowKernel
    where V : struct, IPack<V>
    where L : struct, IRowLanes
{
    public TKernel Kernel;
    public Extent Rows;
    public int RowsPerGroup;

    /// <inheritdoc/>
    public void Run()
    {
        int begin = Grid.IdxX * RowsPerGroup, end = begin + RowsPerGroup, rows = Rows.Actual;
        if (begin < rows) Kernel.Run<V, L>(begin, end < rows ? end : rows, Grid.IdxX);
    }
}
