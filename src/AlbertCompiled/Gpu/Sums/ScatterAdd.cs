using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>The gradient of looked-up activations, without atomics: each row of the table belongs to one group.</summary>
/// <typeparam name="T">Element of what is added.</typeparam>
/// <param name="device">The device.</param>
public sealed class ScatterAdd<T>(GpuDevice device) where T : unmanaged, IElement<T>
{
    const int Groups = 512;     // enough to fill a large card

    readonly GpuKernel<ScatterAddKernel<T>> kernel = new(device);

    /// <summary>table[index[r]] += source[r] for r = 0, 1, …: sums of a table's row are formed in this order.</summary>
    /// <param name="table">The table, row-major.</param>
    /// <param name="index">[rows] rows of the table.</param>
    /// <param name="source">[rows, columns].</param>
    /// <param name="rows">Rows to add.</param>
    /// <param name="columns">Columns.</param>
    public void Launch(Operand<T> table, ArrayView<int> index, Operand<T> source, Extent rows, int columns)
    {
        if (rows.Most == 0) return;
        int blocks = (columns + device.Lanes - 1) / device.Lanes, buckets = 1;
        while (buckets * blocks < (device.IsSimulator ? 2 : Groups)) buckets *= 2;
        kernel.Launch(blocks, buckets, 1, device.Lanes, new() { Table = table, Index = index, Source = source, Rows = rows, Columns = columns, BucketMask = buckets - 1 });
    }
}

/// <summary>
/// A group owns a block of columns of those rows of the table whose number ends in the group's bucket. It walks over the indices in chunks
/// of one per lane, makes a list of its own, and adds those rows, four loads in flight.
/// </summary>
internal struct ScatterAddKernel<T> : IGpuKernel where T : unmanaged, IElement<T>
{
    public Operand<T> Table, Source;
    public ArrayView<int> Index;
    public Extent Rows;
    public int Columns, BucketMask;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int lane = Group.IdxX, lanes = Group.DimX, column = Grid.IdxX * lanes + lane, rows = Rows.Actual;
        var indices = SharedMemory.Allocate<int>(GroupReduce.MaxLanes);     // of the chunk
        var hits = SharedMemory.Allocate<int>(GroupReduce.MaxLanes);        // places in the chunk that are the group's, ascending
        TableRow<T> target = default;
        target.Current = -1;
        for (int first = 0; first < rows; first += lanes)
        {
            int mine = first + lane < rows ? Index[first + lane] : -1;
            indices[lane] = mine;
            var (before, count) = GroupReduce.Counts(Owns(mine) ? 1 : 0);
            if (Owns(mine)) hits[before] = lane;
            Group.Barrier();
            if (column < Columns)
            {
                int h = 0;
                for (; h + 3 < count; h += 4)
                {
                    int a = hits[h], b = hits[h + 1], c = hits[h + 2], d = hits[h + 3];
                    float x = Read(first + a, column), y = Read(first + b, column);
                    float z = Read(first + c, column), w = Read(first + d, column);
                    target.Add(Table, column, indices[a], x);
                    target.Add(Table, column, indices[b], y);
                    target.Add(Table, column, indices[c], z);
                    target.Add(Table, column, indices[d], w);
                }

                for (; h < count; h++) target.Add(Table, column, indices[hits[h]], Read(first + hits[h], column));
            }

            Group.Barrier();
        }

        if (column < Columns) target.Flush(Table, column);
    }

    readonly float Read(int row, int column) => T.Read(Source.Values[row * Source.Stride + column]);

    readonly bool Owns(int row) => row >= 0 && (row & BucketMask) == Grid.IdxY;
}

/// <summary>The sum of consecutive additions to one row of the table, kept in a register.</summary>
internal struct TableRow<T> where T : unmanaged, IElement<T>
{
    public int Current;
    public float Sum;

    public void Add(Operand<T> table, int column, int row, float value)
    {
        if (row != Current)
        {
            Flush(table, column);
            Current = row;
            Sum = 0f;
        }

        Sum += value;
    }

    public readonly void Flush(Operand<T> table, int column)
    {
        if (Current < 0) return;
        int at = Current * table.Stride + column;
        table.Values[at] = T.Of(T.Read(table.Values[at]) + Sum);
    }
}
