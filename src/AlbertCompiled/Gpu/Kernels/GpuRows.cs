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
    readonly int packs = PacksOf(columns), lanes = device.LanesOf(PacksOf(columns));
    readonly WarpRows<TKernel>? warps = V.Count == Float8.Count ? WarpRows<TKernel>.For(device, columns) : null;
    GpuKernel<RowsKernel<TKernel, V, OnePack>>? whole, chunked;
    GpuKernel<RowsKernel<TKernel, V, ManyPacks>>? looped;

    /// <summary>A group for each row, or a warp: for kernels without column sums.</summary>
    public void Launch(Extent rows, in TKernel arguments)
    {
        if (warps is not null) warps.Launch(rows, arguments);
        else if (packs > lanes) Loop(rows, 1, arguments);
        else Launch(whole ??= new(device), lanes, 1, rows, 1, arguments);
    }

    /// <summary>A group for each chunk of <see cref="ArenaPlan.ChunkRows"/> rows: for kernels that leave a row of column sums for each chunk.</summary>
    public void LaunchChunks(Extent rows, in TKernel arguments)
    {
        if (packs > lanes) Loop(rows, ArenaPlan.ChunkRows, arguments);
        else Launch(chunked ??= new(device, ForChunks()), lanes, 1, rows, ArenaPlan.ChunkRows, arguments);
    }

    /// <summary>A group for each chunk of rows and block of columns: for kernels that do nothing but sum columns.</summary>
    public void LaunchBlocks(Extent rows, in TKernel arguments)
    {
        int block = Math.Min(lanes, device.Lanes / 2);
        Launch(whole ??= new(device), block, (packs + block - 1) / block, rows, ArenaPlan.ChunkRows, arguments);
    }

    void Loop(Extent rows, int rowsPerGroup, in TKernel arguments) => Launch(looped ??= new(device), lanes, 1, rows, rowsPerGroup, arguments);

    static void Launch<L>(GpuKernel<RowsKernel<TKernel, V, L>> kernel, int lanes, int blocks, Extent rows, int rowsPerGroup, in TKernel arguments) where L : struct, IRowLanes =>
        kernel.Launch((rows.Most + rowsPerGroup - 1) / rowsPerGroup, blocks, 1, lanes, new() { Kernel = arguments, Rows = rows, RowsPerGroup = rowsPerGroup });

    static int PacksOf(int columns) => (columns + V.Count - 1) / V.Count;

    /// <summary>
    /// A chunk's group is at work for long, so the last of them should not wait for a place: with 80 registers a lane, a multiprocessor holds as many
    /// lanes as a batch of some 16,000 rows gives it.
    /// </summary>
    KernelSpecialization ForChunks()
    {
        const int registers = 65536, perLane = 80;
        return device.RunsCudaKernels ? new(lanes, Math.Clamp(registers / (perLane * lanes), 1, 16)) : KernelSpecialization.Empty;
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
