using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>What the kernels of attention forward and backward have in common.</summary>
/// <typeparam name="T">Element of activations.</typeparam>
public struct AttentionArguments<T> where T : unmanaged, IElement<T>
{
    /// <summary>[tokens, 3·hidden]: queries, keys and values side by side; a head takes hidden/heads columns of each.</summary>
    public Operand<T> QueryKeyValue;

    /// <summary>The tiles of the batch's sequences.</summary>
    public AttentionTiles Tiles;

    /// <summary>Heads.</summary>
    public int Heads;

    /// <summary>Columns of a head.</summary>
    public int HeadSize;

    /// <summary>Dropout: <see cref="CounterRandom.Key"/> of this site, iteration and step.</summary>
    public DropoutKey Key;

    /// <summary>Dropout: <see cref="CounterRandom.Threshold"/>; 0 keeps everything.</summary>
    public uint Threshold;

    /// <summary>1/(1 − probability): what a kept weight is multiplied by.</summary>
    public float KeepScale;

    internal readonly int Hidden => Heads * HeadSize;

    /// <summary>What scores are multiplied by: 1/√d.</summary>
    internal readonly float ScoreScale => GpuMath.Rsqrt(HeadSize);

    internal readonly bool Keeps(uint rowKey, int key) => Threshold == 0 || CounterRandom.Bits(rowKey, key) >= Threshold;

    /// <summary>The key of the masks of one query's row; without dropout there is none to read.</summary>
    internal readonly uint RowKey(int queryRow, int head) => Threshold == 0 ? 0u : CounterRandom.RowKey(Key, queryRow * Heads + head);
}

/// <summary>The rows of one sequence and the columns of one head in a matrix.</summary>
internal struct HeadRows<T> where T : unmanaged, IElement<T>
{
    public ArrayView<T> Values;
    public int Stride, EndRow, Column, EndColumn;

    public static HeadRows<T> Of(Operand<T> matrix, int column, int headSize, int endRow)
    {
        HeadRows<T> rows = default;
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
    public readonly TBlock Times<TBlock>(int row, HeadRows<T> other, int otherRow, ArrayView<float> a, ArrayView<float> b) where TBlock : struct, IBlock
    {
        var block = default(TBlock);
        for (int k = 0; Column + k < EndColumn; k += Tile.Depth)
        {
            Tile.LoadRows<T, TBlock>(a, Values, Stride, row, EndRow, Column + k, EndColumn);
            Tile.LoadRows<T, TBlock>(b, other.Values, other.Stride, otherRow, other.EndRow, other.Column + k, other.EndColumn);
            Group.Barrier();
            block.MultiplyAdd(a, 0, b, 0);
            Group.Barrier();
        }

        return block;
    }
}

/// <summary>The group's place in the grid: tiles of rows × heads and panels of their columns.</summary>
internal struct AttentionPlace
{
    public int Start, End, Head, Panel, Outer;

    /// <summary>Nothing is to be done: the batch has fewer tiles.</summary>
    public bool IsNone;

    public static AttentionPlace Of<T, TBlock>(AttentionArguments<T> arguments)
        where T : unmanaged, IElement<T>
        where TBlock : struct, IBlock
    {
        int panels = (arguments.HeadSize + TBlock.Tile - 1) / TBlock.Tile;
        AttentionPlace place = default;
        var list = arguments.Tiles.Narrow;
        place.IsNone = Grid.IdxX >= list[0];
        int entry = place.IsNone ? 0 : 4 * (1 + Grid.IdxX);
        place.Start = list[entry];
        place.End = list[entry + 1];
        place.Outer = list[entry + 2];
        place.Head = Grid.IdxY / panels;
        place.Panel = Grid.IdxY % panels * TBlock.Tile;
        return place;
    }

    /// <summary>Queues a kernel on a grid with room for every place.</summary>
    public static void Launch<T, TBlock, TKernel>(GpuKernel<TKernel> kernel, in AttentionArguments<T> arguments, in TKernel values)
        where T : unmanaged, IElement<T>
        where TBlock : struct, IBlock
        where TKernel : struct, IGpuKernel
    {
        int panels = (arguments.HeadSize + TBlock.Tile - 1) / TBlock.Tile;
        kernel.Launch(arguments.Tiles.MostNarrow, arguments.Heads * panels, 1, TBlock.Lanes, values);
    }
}
