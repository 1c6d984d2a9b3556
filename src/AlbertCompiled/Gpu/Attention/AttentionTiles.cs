using ILGPU;
using ILGPU.Runtime;

namespace AlbertCompiled.Gpu;

/// <summary>
/// The work of attention over a batch: lists of tiles of rows in device memory, as <see cref="AttentionListKernel"/> writes them. A grid has
/// room for the tiles of any batch; groups beyond the list leave at once.
/// </summary>
public readonly struct AttentionTiles
{
    /// <summary>The list of tiles of <see cref="AttentionTileLists.Rows"/> rows.</summary>
    internal ArrayView<int> Narrow { get; init; }

    /// <summary>The list of tiles of twice as many rows.</summary>
    internal ArrayView<int> Wide { get; init; }

    /// <summary>Entries of <see cref="Narrow"/> at most.</summary>
    internal int MostNarrow { get; init; }

    /// <summary>Entries of <see cref="Wide"/> at most.</summary>
    internal int MostWide { get; init; }
}

/// <summary>The lists of tiles of a batch: allocated once for the largest, written on the device.</summary>
internal sealed class AttentionTileLists : IDisposable
{
    readonly GpuDevice device;
    readonly GpuKernel<AttentionListKernel> kernel;
    readonly MemoryBuffer1D<int, Stride1D.Dense> lists;
    readonly int stride;

    /// <summary>Allocates the lists.</summary>
    /// <param name="device">The device.</param>
    /// <param name="tokens">Tokens of a batch at most.</param>
    /// <param name="sequences">Sequences of a batch at most.</param>
    public AttentionTileLists(GpuDevice device, int tokens, int sequences)
    {
        (this.device, kernel, Rows) = (device, new(device), device.IsSimulator ? Block4.Tile : Block8.Tile);
        stride = 4 * (1 + Most(tokens, sequences, Rows));
        lists = device.Allocate<int>(2 * stride);
    }

    /// <summary>Rows of a narrow tile.</summary>
    public int Rows { get; }

    /// <summary>Queues the listing of a batch.</summary>
    /// <param name="starts">[sequences + 1] first row of each sequence, then the number of tokens.</param>
    /// <param name="sequences">Number of sequences.</param>
    public void Build(ArrayView<int> starts, Extent sequences) =>
        kernel.Launch(2, 1, 1, AttentionListKernel.Lanes(device), new() { Starts = starts, Lists = lists.View, Stride = stride, Sequences = sequences, Rows = Rows });

    /// <summary>The lists, for batches within bounds.</summary>
    /// <param name="tokens">Tokens at most.</param>
    /// <param name="sequences">Sequences at most.</param>
    public AttentionTiles Within(int tokens, int sequences) => new()
    {
        Narrow = lists.View.SubView(0, stride),
        Wide = lists.View.SubView(stride, stride),
        MostNarrow = Most(tokens, sequences, Rows),
        MostWide = Most(tokens, sequences, 2 * Rows),
    };

    /// <inheritdoc/>
    public void Dispose() => GpuDevice.Free(lists);

    /// <summary>Whole tiles, and one for the rest of each sequence.</summary>
    static int Most(int tokens, int sequences, int rows) => tokens / rows + sequences;
}
