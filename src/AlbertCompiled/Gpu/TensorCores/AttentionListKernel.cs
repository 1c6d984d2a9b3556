using ILGPU;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>
/// The list of a batch's tiles: a tile never crosses the end of a sequence. Four ints an entry; the first entry holds the number of tiles,
/// each other one the first row of its sequence, the row behind its last, and the tile's first row. One group.
/// </summary>
internal struct AttentionListKernel : IGpuKernel
{
    /// <summary>Lanes of the group.</summary>
    public const int Lanes = 128;

    /// <summary>[sequences + 1] first row of each sequence, then the number of tokens.</summary>
    public ArrayView<int> Starts;

    /// <summary>Result: <see cref="Length"/>.</summary>
    public ArrayView<int> List;

    /// <summary>Number of sequences.</summary>
    public Extent Sequences;

    /// <summary>Rows of a tile.</summary>
    public int Tile;

    /// <summary>Ints of a list that any batch of a capacity fits in.</summary>
    public static int Length(int tokens, int sequences, int tile) => 4 * (1 + MostTiles(tokens, sequences, tile));

    /// <summary>Tiles of a batch at most.</summary>
    public static int MostTiles(int tokens, int sequences, int tile) => tokens / tile + sequences;

    /// <inheritdoc/>
    public readonly void Run()
    {
        // A lane lists the sequences of a contiguous part, behind those of the lanes before it.
        var before = SharedMemory.Allocate<int>(Lanes);
        int lane = Group.IdxX, lanes = Group.DimX, sequences = Sequences.Actual, part = (sequences + lanes - 1) / lanes;
        int first = lane * part, end = first + part < sequences ? first + part : sequences;
        int tiles = 0;
        for (int s = first; s < end; s++) tiles += (Starts[s + 1] - Starts[s] + Tile - 1) / Tile;
        before[lane] = tiles;
        Group.Barrier();
        int at = 0;
        for (int l = 0; l < lane; l++) at += before[l];
        if (lane == lanes - 1) List[0] = at + tiles;
        for (int s = first; s < end; s++)
        {
            for (int row = Starts[s]; row < Starts[s + 1]; row += Tile)
            {
                at++;
                List[4 * at] = Starts[s];
                List[4 * at + 1] = Starts[s + 1];
                List[4 * at + 2] = row;
            }
        }
    }
}
