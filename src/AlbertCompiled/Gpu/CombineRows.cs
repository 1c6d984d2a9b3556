using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// The first stage of a table's gradient: a group takes as many rows as it has lanes and adds up those that go to the same row of the table,
/// so that what many tokens share (a segment, the mask) is not one group's work alone. Sums come in the order of the table's rows; places that
/// are left over name no row (−1).
/// </summary>
internal struct CombineRowsKernel<T> : IGpuKernel where T : unmanaged, IElement<T>
{
    public ArrayView<int> Index, CombinedIndex;
    public Operand<T> Source;
    public Operand<float> Combined;
    public Extent Rows;
    public int Columns;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int lane = Group.IdxX, lanes = Group.DimX, first = Grid.IdxY * lanes, column = Grid.IdxX * lanes + lane, rows = Rows.Actual;
        if (first >= rows) return;
        var indices = SharedMemory.Allocate<int>(GroupReduce.MaxLanes);
        var sorted = SharedMemory.Allocate<int>(GroupReduce.MaxLanes);     // rows of the chunk by their index, then by their order
        int count = rows - first < lanes ? rows - first : lanes;
        int mine = lane < count ? Index[first + lane] : int.MaxValue;
        indices[lane] = mine;
        Group.Barrier();
        int rank = 0;
        for (int i = 0; i < lanes; i++)
        {
            int other = indices[i];
            if (other < mine || other == mine && i < lane) rank++;
        }

        sorted[rank] = lane;
        Group.Barrier();
        int run = 0, r = 0;
        while (r < count)
        {
            int index = indices[sorted[r]];
            float sum = 0f;
            for (; r + 3 < count && indices[sorted[r + 3]] == index; r += 4)
            {
                float a = Read(first + sorted[r], column), b = Read(first + sorted[r + 1], column);
                float c = Read(first + sorted[r + 2], column), d = Read(first + sorted[r + 3], column);
                sum = sum + a + b + c + d;
            }

            for (; r < count && indices[sorted[r]] == index; r++) sum += Read(first + sorted[r], column);
            if (column < Columns) Combined.Values[(first + run) * Combined.Stride + column] = sum;
            if (column == 0) CombinedIndex[first + run] = index;
            run++;
        }

        if (Grid.IdxX == 0 && lane >= run && lane < count) CombinedIndex[first + lane] = -1;
    }

    readonly float Read(int row, int column) => column < Columns ? T.Read(Source.Values[row * Source.Stride + column]) : 0f;
}
