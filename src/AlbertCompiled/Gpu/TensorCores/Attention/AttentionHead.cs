using System.Numerics;

namespace AlbertCompiled.Gpu.TensorCores;

/// <summary>The size of a head and the instruction that multiplies, and what the kernels of attention make of them: a text of its own for each.</summary>
/// <param name="Columns">Columns of a head.</param>
/// <param name="Compute">The instruction.</param>
internal readonly record struct AttentionHead(int Columns, ProductCompute Compute = ProductCompute.Warp)
{
    /// <summary>Columns of a step of the contraction: sizes are multiples of it.</summary>
    public const int Step = 16;

    /// <summary>The largest size: sums of 16 rows are then 64 registers of a lane.</summary>
    public const int Most = 128;

    /// <summary>Whether there are kernels for heads of so many columns.</summary>
    public static bool Takes(int columns) => columns is > 0 and <= Most && columns % Step == 0;

    /// <summary>A head of so many columns, whose products four warps compute together where that is wanted and rows have the size for it: 48 and 64 columns.</summary>
    public static AttentionHead Of(int columns, ProductCompute wanted)
    {
        var head = new AttentionHead(columns);
        return head.RowBytes == SharedTile.RowBytes ? head with { Compute = wanted } : head;
    }

    /// <summary>Whether four warps multiply together, by wgmma.</summary>
    public bool ByWarpgroup => Compute == ProductCompute.Warpgroup;

    /// <summary>Bytes of a row in device memory.</summary>
    public int Bytes => 2 * Columns;

    /// <summary>Steps of the contraction over the columns.</summary>
    public int Steps => Columns / Step;

    /// <summary>
    /// Bytes from row to row in shared memory, a power of two. Its 16-byte chunk c lies at c ^ (row mod 8), or in rows of 64 bytes, two of which share all banks,
    /// at c ^ (row / 2 mod 4): neither cp.async nor ldmatrix meets a bank twice.
    /// </summary>
    public int RowBytes => (int)Math.Max(64, BitOperations.RoundUpToPowerOf2((uint)Bytes));

    /// <summary>16-byte chunks of such a row, the last ones perhaps unused.</summary>
    public int Chunks => RowBytes / 16;

    /// <summary>Chunks that the head has.</summary>
    public int UsedChunks => Bytes / 16;

    /// <summary>Rows that a warp moves at once, 16 bytes a lane.</summary>
    public int RowsAtOnce => 32 / Chunks;

    /// <summary>Whether a row is two lines of 128 bytes: tiles are half as high then, within the same shared memory and registers.</summary>
    public bool IsLong => RowBytes > 128;

    /// <summary>Rows of an inner tile.</summary>
    public int Inner => IsLong ? 32 : 64;

    /// <summary>Tiles of 16 queries that a warp owns in the forward pass.</summary>
    public int ForwardTiles => IsLong ? 1 : 2;

    /// <summary>Whether two warps share 16 keys in the backward pass, of which one adds up ∂keys and one ∂values: both are too much for a lane's registers.</summary>
    public bool SharesKeys => IsLong;

    /// <summary>What scores are multiplied by.</summary>
    public float Scale => 1 / MathF.Sqrt(Columns);
}
