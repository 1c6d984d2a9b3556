using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>The second half of a column sum: the first leaves one partial row per chunk of rows.</summary>
/// <param name="device">The device.</param>
public sealed class ColumnSum(GpuDevice device)
{
    readonly GpuKernel<ColumnSumKernel> kernel = new(device);

    /// <summary>sum = Σ partials, or sum += Σ partials, in a fixed order.</summary>
    /// <param name="partials">[chunks, columns] without gaps.</param>
    /// <param name="chunks">Chunks.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="sum">[columns].</param>
    /// <param name="accumulate">True to add to what is there.</param>
    public void Launch(ArrayView<float> partials, int chunks, int columns, ArrayView<float> sum, bool accumulate) =>
        kernel.Launch((columns + ColumnSumKernel.Columns - 1) / ColumnSumKernel.Columns, new()
        {
            Partials = partials,
            Sum = sum,
            Chunks = chunks,
            Width = columns,
            Accumulate = accumulate ? 1 : 0,
        });
}

/// <summary>A group adds up 16 columns; its lanes share the chunks of each.</summary>
internal struct ColumnSumKernel : IGpuKernel
{
    public const int Columns = 16;

    public ArrayView<float> Partials, Sum;
    public int Chunks, Width, Accumulate;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int lane = Group.IdxX, column = Grid.IdxX * Columns + lane % Columns, shares = Group.DimX / Columns;
        float total = 0f;
        if (column < Width)
        {
            for (int i = lane / Columns; i < Chunks; i += shares) total += Partials[i * Width + column];
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
