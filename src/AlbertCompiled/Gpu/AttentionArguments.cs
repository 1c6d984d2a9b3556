using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>What the kernels of attention forward and backward have in common.</summary>
public struct AttentionArguments
{
    /// <summary>[tokens, 3·hidden]: queries, keys and values side by side; a head takes hidden/heads columns of each.</summary>
    public Operand QueryKeyValue;

    /// <summary>[sequences + 1] first row of each sequence, then the number of tokens.</summary>
    public ArrayView<int> Starts;

    /// <summary>Number of sequences.</summary>
    public int Sequences;

    /// <summary>Tokens of the longest sequence.</summary>
    public int Longest;

    /// <summary>Heads.</summary>
    public int Heads;

    /// <summary>Columns of a head.</summary>
    public int HeadSize;

    /// <summary>Dropout: <see cref="CounterRandom.Key"/> of this site, iteration and step.</summary>
    public uint Key;

    /// <summary>Dropout: <see cref="CounterRandom.Threshold"/>; 0 keeps everything.</summary>
    public uint Threshold;

    /// <summary>1/(1 − probability): what a kept weight is multiplied by.</summary>
    public float KeepScale;

    internal readonly int Hidden => Heads * HeadSize;

    /// <summary>What scores are multiplied by: 1/√d.</summary>
    internal readonly float ScoreScale => GpuMath.Rsqrt(HeadSize);

    internal readonly bool Keeps(uint rowKey, int key) => Threshold == 0 || CounterRandom.Bits(rowKey, key) >= Threshold;

    /// <summary>The key of the masks of one query's row.</summary>
    internal readonly uint RowKey(int queryRow, int head) => CounterRandom.RowKey(Key, queryRow * Heads + head);
}

/// <summary>The rows of one sequence and the columns of one head in a matrix.</summary>
internal struct HeadRows
{
    public ArrayView<float> Values;
    public int Stride, EndRow, Column, EndColumn;

    public static HeadRows Of(Operand matrix, int column, int headSize, int endRow)
    {
        HeadRows rows = default;
        rows.Values = matrix.Values;
        rows.Stride = matrix.Stride;
        rows.EndRow = endRow;
        rows.Column = column;
        rows.EndColumn = column + headSize;
        return rows;
    }

    /// <summary>
    /// The tile of inner products of rows, this[i] · other[j], over the columns of the head. Ends with a barrier.
    /// </summary>
    /// <param name="row">First row of this.</param>
    /// <param name="other">The other factor.</param>
    /// <param name="otherRow">First row of it.</param>
    /// <param name="a">A slice of shared memory.</param>
    /// <param name="b">Another.</param>
    public readonly TBlock Times<TBlock>(int row, HeadRows other, int otherRow, ArrayView<float> a, ArrayView<float> b) where TBlock : struct, IBlock
    {
        var block = default(TBlock);
        for (int k = 0; Column + k < EndColumn; k += Tile.Depth)
        {
            Tile.LoadRows<TBlock>(a, Values, Stride, row, EndRow, Column + k, EndColumn);
            Tile.LoadRows<TBlock>(b, other.Values, other.Stride, otherRow, other.EndRow, other.Column + k, other.EndColumn);
            Group.Barrier();
            block.MultiplyAdd(a, 0, b, 0);
            Group.Barrier();
        }

        return block;
    }
}

/// <summary>The group's place in the grid: tiles of a sequence × heads and panels of their columns × sequences.</summary>
internal struct AttentionPlace
{
    public int Start, End, Head, Panel, Outer;

    public static AttentionPlace Of<TBlock>(AttentionArguments arguments) where TBlock : struct, IBlock
    {
        int panels = (arguments.HeadSize + TBlock.Tile - 1) / TBlock.Tile;
        AttentionPlace place = default;
        place.Start = arguments.Starts[Grid.IdxZ];
        place.End = arguments.Starts[Grid.IdxZ + 1];
        place.Head = Grid.IdxY / panels;
        place.Panel = Grid.IdxY % panels * TBlock.Tile;
        place.Outer = place.Start + Grid.IdxX * TBlock.Tile;
        return place;
    }
}
