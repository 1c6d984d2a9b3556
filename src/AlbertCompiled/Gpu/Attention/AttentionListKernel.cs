using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Lists a batch's tiles of rows: none crosses the end of a sequence. Four ints an entry; the first entry holds the number of tiles,
/// each other one the first row of its sequence, the row behind its last, and the tile's first row. A group for each list, whose tiles have
/// twice the rows of those of the list before.
/// </summary>
internal struct AttentionListKernel : IGpuKernel
{
    const int MostLanes = 128;

    /// <summary>[sequences + 1] first row of each sequence, then the number of tokens.</summary>
    public ArrayView<int> Starts;

    /// <summary>Result: a list for each group.</summary>
    public ArrayView<int> Lists;

    /// <summary>Ints from one list to the next.</summary>
    public int Stride;

    /// <summary>Number of sequences.</summary>
    public Extent Sequences;

    /// <summary>Rows of a tile of the first list.</summary>
    public int Rows;

    /// <summary>Lanes of a group.</summary>
    public static int Lanes(GpuDevice device) => Math.Min(device.Lanes, MostLanes);

    /// <inheritdoc/>
    public readonly void Run()
    {
        // A lane lists the sequences of a contiguous part, behind those of the lanes before it.
        var before = SharedMemory.Allocate<int>(MostLanes);
        int lane = Group.IdxX, lanes = Group.DimX, sequences = Sequences.Actual, part = (sequences + lanes - 1) / lanes;
        int first = lane * part, end = first + part < sequences ? first + part : sequences;
        int rows = Rows << Grid.IdxX, list = Grid.IdxX * Stride, tiles = 0;
        for (int s = first; s < end; s++) tiles += (Starts[s + 1] - Starts[s] + rows - 1) / rows;
        before[lane] = tiles;
        Group.Barrier();
        int at = 0;
        for (int l = 0; l < lane; l++) at += before[l];
        if (lane == lanes - 1) Lists[list] = at + tiles;
        for (int s = first; s < end; s++)
        {
            for (int row = Starts[s]; row < Starts[s + 1]; row += rows)
            {
                at++;
                Lists[list + 4 * at] = Starts[s];
                Lists[list + 4 * at + 1] = Starts[s + 1];
                Lists[list + 4 * at + 2] = row;
            }
        }
    }
}
