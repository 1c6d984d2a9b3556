using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A kernel over rows: a small struct of views with the code written once for a group of lanes. Lanes share a row by packs of columns,
/// <c>for (int column = Group.IdxX * V.Count; column &lt; n; column += Group.DimX * V.Count)</c>; what is computed per row, every lane computes.
/// </summary>
public interface IGpuRowKernel
{
    /// <summary>Computes rows <paramref name="first"/> to <paramref name="last"/> − 1, which belong to chunk <paramref name="chunk"/>.</summary>
    void Run<V>(int first, int last, int chunk) where V : struct, IPack<V>;
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
    readonly GpuKernel<RowsKernel<TKernel, V>> kernel = new(device);
    readonly int packs = (columns + V.Count - 1) / V.Count;

    /// <summary>A group for each row: for kernels without column sums.</summary>
    public void Launch(Extent rows, in TKernel arguments) => Launch(rows, 1, device.LanesOfRow(packs), arguments);

    /// <summary>A group for each chunk of <see cref="ArenaPlan.ChunkRows"/> rows: for kernels that leave a row of column sums for each chunk.</summary>
    public void LaunchChunks(Extent rows, in TKernel arguments) => Launch(rows, ArenaPlan.ChunkRows, device.LanesOfChunk(packs), arguments);

    void Launch(Extent rows, int rowsPerGroup, int lanes, in TKernel arguments) =>
        kernel.Launch((rows.Most + rowsPerGroup - 1) / rowsPerGroup, 1, 1, lanes, new() { Kernel = arguments, Rows = rows, RowsPerGroup = rowsPerGroup });
}

/// <summary>Gives each group its rows.</summary>
internal struct RowsKernel<TKernel, V> : IGpuKernel
    where TKernel : struct, IGpuRowKernel
    where V : struct, IPack<V>
{
    public TKernel Kernel;
    public Extent Rows;
    public int RowsPerGroup;

    /// <inheritdoc/>
    public void Run()
    {
        int first = Grid.IdxX * RowsPerGroup, last = first + RowsPerGroup, rows = Rows.Actual;
        if (first < rows) Kernel.Run<V>(first, last < rows ? last : rows, Grid.IdxX);
    }
}
