using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// A kernel over rows: a small struct of views with the code written once for a group of lanes. Lanes share a row by columns,
/// <c>for (int column = Group.IdxX; column &lt; n; column += Group.DimX)</c>; what is computed per row, every lane computes.
/// </summary>
public interface IGpuRowKernel
{
    /// <summary>Computes rows <paramref name="first"/> to <paramref name="last"/> − 1, which belong to chunk <paramref name="chunk"/>.</summary>
    void Run(int first, int last, int chunk);
}

/// <summary>A row kernel for a device.</summary>
/// <typeparam name="TKernel">The kernel's struct.</typeparam>
/// <param name="device">The device.</param>
public sealed class GpuRows<TKernel>(GpuDevice device) where TKernel : struct, IGpuRowKernel
{
    readonly GpuKernel<RowsKernel<TKernel>> kernel = new(device);

    /// <summary>A group for each row: for kernels without column sums.</summary>
    public void Launch(int rows, in TKernel arguments) => Launch(rows, 1, arguments);

    /// <summary>A group for each chunk of <see cref="ArenaPlan.ChunkRows"/> rows: for kernels that leave a row of column sums for each chunk.</summary>
    public void LaunchChunks(int rows, in TKernel arguments) => Launch(rows, ArenaPlan.ChunkRows, arguments);

    void Launch(int rows, int rowsPerGroup, in TKernel arguments) =>
        kernel.Launch((rows + rowsPerGroup - 1) / rowsPerGroup, new() { Kernel = arguments, Rows = rows, RowsPerGroup = rowsPerGroup });
}

/// <summary>Gives each group its rows.</summary>
internal struct RowsKernel<TKernel> : IGpuKernel where TKernel : struct, IGpuRowKernel
{
    public TKernel Kernel;
    public int Rows, RowsPerGroup;

    /// <inheritdoc/>
    public void Run()
    {
        int first = Grid.IdxX * RowsPerGroup, last = first + RowsPerGroup;
        Kernel.Run(first, last < Rows ? last : Rows, Grid.IdxX);
    }
}
