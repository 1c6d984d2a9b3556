using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>One of the sums of a launch.</summary>
/// <param name="Partials">[chunks, columns] without gaps.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Sum">[columns].</param>
public readonly record struct ColumnSumOf(ArrayView<float> Partials, int Columns, ArrayView<float> Sum);

/// <summary>The second half of column sums: the first leaves one partial row per chunk of rows.</summary>
/// <param name="device">The device.</param>
public sealed class ColumnSum(GpuDevice device)
{
    readonly GpuKernel<ColumnSumKernel> kernel = new(device);

    /// <summary>sum = Σ partials, or sum += Σ partials, in a fixed order, for up to four sums.</summary>
    /// <param name="rows">Rows that they are sums over.</param>
    /// <param name="accumulate">True to add to what is there.</param>
    /// <param name="first">A sum.</param>
    /// <param name="second">Another, if there is one.</param>
    /// <param name="third">A third.</param>
    /// <param name="fourth">A fourth.</param>
    public void Launch(Extent rows, bool accumulate, ColumnSumOf first, ColumnSumOf second = default, ColumnSumOf third = default, ColumnSumOf fourth = default)
    {
        int widest = Math.Max(Math.Max(first.Columns, second.Columns), Math.Max(third.Columns, fourth.Columns));
        int sums = fourth.Columns > 0 ? 4 : third.Columns > 0 ? 3 : second.Columns > 0 ? 2 : 1;
        kernel.Launch((widest + ColumnSumKernel.Columns - 1) / ColumnSumKernel.Columns, sums, 1, device.LargestGroup, new()
        {
            First = first,
            Second = second,
            Third = third,
            Fourth = fourth,
            Rows = rows,
            Accumulate = accumulate ? 1 : 0,
        });
    }
}

/// <summary>A group adds up 16 columns of one of the sums; its lanes share the chunks of each.</summary>
internal struct ColumnSumKernel : IGpuKernel
{
    public const int Columns = 16;

    public ColumnSumOf First, Second, Third, Fourth;
    public Extent Rows;
    public int Accumulate;

    /// <inheritdoc/>
    public readonly void Run()
    {
        var of = Grid.IdxY == 0 ? First : Grid.IdxY == 1 ? Second : Grid.IdxY == 2 ? Third : Fourth;
        var partials = of.Partials;
        int width = of.Columns;
        if (Grid.IdxX * Columns >= width) return;
        int lane = Group.IdxX, column = Grid.IdxX * Columns + lane % Columns, shares = Group.DimX / Columns;
        int chunks = (Rows.Actual + ArenaPlan.ChunkRows - 1) / ArenaPlan.ChunkRows;
        float total = 0f;
        if (column < width)
        {
            int i = lane / Columns;
            for (; i + 7 * shares < chunks; i += 8 * shares)
            {
                // eight loads in flight
                int at = i * width + column, next = shares * width;
                float a = partials[at], b = partials[at + next], c = partials[at + 2 * next], d = partials[at + 3 * next];
                float e = partials[at + 4 * next], f = partials[at + 5 * next], g = partials[at + 6 * next], h = partials[at + 7 * next];
                total += a + b + (c + d) + (e + f + (g + h));
            }

            for (; i < chunks; i += shares) total += partials[i * width + column];
        }

        var scratch = SharedMemory.Allocate<float>(GroupReduce.MaxLanes);
        scratch[lane] = total;
        Group.Barrier();
        if (lane < Columns && column < width)
        {
            for (int s = 1; s < shares; s++) total += scratch[s * Columns + lane];
            of.Sum[column] = Accumulate != 0 ? of.Sum[column] + total : total;
        }
    }
}
