using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>The second half of a column sum: the first leaves one partial row per chunk of rows.</summary>
/// <param name="device">The device.</param>
public sealed class ColumnSum(GpuDevice device)
{
    readonly GpuKernel<ColumnSumKernel> kernel = new(device);

    /// <summary>sum = Σ partials, or sum += Σ partials, in a fixed order.</summary>
    /// <param name="partials">[chunks, columns] without gaps, a chunk for each <see cref="ArenaPlan.ChunkRows"/> rows.</param>
    /// <param name="rows">Rows that they are sums over.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="sum">[columns].</param>
    /// <param name="accumulate">True to add to what is there.</param>
    public void Launch(ArrayView<float> partials, Extent rows, int columns, ArrayView<float> sum, bool accumulate) =>
        kernel.Launch((columns + ColumnSumKernel.Columns - 1) / ColumnSumKernel.Columns, 1, 1, device.LargestGroup, new()
        {
            Partials = partials,
            Sum = sum,
            Rows = rows,
            Width = columns,
            Accumulate = accumulate ? 1 : 0,
        });
}

/// <summary>A group adds up 16 columns; its lanes share the chunks of each.</summary>
internal struct ColumnSumKernel : IGpuKernel
{
    public const int Columns = 16;

    public ArrayView<float> Partials, Sum;
    public Extent Rows;
    public int Width, Accumulate;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int lane = Group.IdxX, column = Grid.IdxX * Columns + lane % Columns, shares = Group.DimX / Columns;
        int chunks = (Rows.Actual + ArenaPlan.ChunkRows - 1) / ArenaPlan.ChunkRows;
        float total = 0f;
        if (column < Width)
        {
            // four loads in flight
            int i = lane / Columns;
            for (; i + 3 * shares < chunks; i += 4 * shares)
            {
                float a = Partials[i * Width + column], b = Partials[(i + shares) * Width + column];
                float c = Partials[(i + 2 * shares) * Width + column], d = Partials[(i + 3 * shares) * Width + column];
                total += a + b + (c + d);
            }

            for (; i < chunks; i += shares) total += Partials[i * Width + column];
        }

        var scratch = SharedMemory.Allocate<float>(GroupReduce.MaxLanes);
        scratch[lane] = total;
        Group.Barrier();
        if (lane < Columns && column < Width)
        {
            for (int s = 1; s < shares; s++) total += scratch[s * Columns + lane];
            Sum[column] = Accumulate != 0 ? Sum[column] + total : total;
        }
    }
}
