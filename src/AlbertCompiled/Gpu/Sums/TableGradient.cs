using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>The gradient of a parameter's rows, without atomics: runs of rows are summed first, then the runs of each row of the table.</summary>
/// <typeparam name="T">Element of what is added.</typeparam>
/// <param name="device">The device.</param>
public sealed class TableGradient<T>(GpuDevice device) where T : unmanaged, IElement<T>
{
    readonly GpuKernel<RunSumKernel<T>> sum = new(device);
    readonly GpuKernel<RunMergeKernel> merge = new(device);

    /// <summary>table[index[r]] += source[r] for all r, in an order that the index vector alone decides.</summary>
    /// <param name="table">The gradient of the table, row-major.</param>
    /// <param name="groups">The index vector, grouped.</param>
    /// <param name="source">[rows, columns].</param>
    /// <param name="columns">Columns.</param>
    public void Launch(Operand<float> table, RowGroups groups, Operand<T> source, int columns)
    {
        var partials = device.Workspace((long)groups.Runs.Most * columns);
        int blocks = (columns + device.Lanes - 1) / device.Lanes;
        var lists = new RunLists { Runs = groups.Runs, Starts = groups.Starts, Names = groups.Names };
        sum.Launch(groups.Runs.Most, blocks, 1, device.Lanes, new() { Lists = lists, Order = groups.Order, Table = table, Source = source, Partials = partials, Columns = columns });
        merge.Launch(groups.Runs.Most, blocks, 1, device.Lanes, new() { Lists = lists, Table = table, Partials = partials, Columns = columns });
    }
}

/// <summary>The runs, as kernels see them.</summary>
internal struct RunLists
{
    public Extent Runs;
    public ArrayView<int> Starts, Names;

    /// <summary>True if the run before is of the same row of the table.</summary>
    public readonly bool Continues(int run) => run > 0 && Names[run - 1] == Names[run];

    /// <summary>True if the run after is.</summary>
    public readonly bool IsContinued(int run, int runs) => run + 1 < runs && Names[run + 1] == Names[run];
}

/// <summary>A group sums a run, a lane for each column: into the table if the run is all there is of its row, else into partial sums.</summary>
internal struct RunSumKernel<T> : IGpuKernel where T : unmanaged, IElement<T>
{
    public RunLists Lists;
    public ArrayView<int> Order;
    public Operand<float> Table;
    public Operand<T> Source;
    public ArrayView<float> Partials;
    public int Columns;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int run = Grid.IdxX, runs = Lists.Runs.Actual, column = Grid.IdxY * Group.DimX + Group.IdxX;
        if (run >= runs || column >= Columns) return;
        int i = Lists.Starts[run], end = Lists.Starts[run + 1];
        float sum = 0f;
        for (; i + 7 < end; i += 8)
        {
            // eight loads in flight
            float a = Read(i, column), b = Read(i + 1, column), c = Read(i + 2, column), d = Read(i + 3, column);
            float e = Read(i + 4, column), f = Read(i + 5, column), g = Read(i + 6, column), h = Read(i + 7, column);
            sum += a + b + (c + d) + (e + f + (g + h));
        }

        for (; i < end; i++) sum += Read(i, column);
        if (Lists.Continues(run) || Lists.IsContinued(run, runs)) Partials[run * Columns + column] = sum;
        else Table.Values[Lists.Names[run] * Table.Stride + column] += sum;
    }

    readonly float Read(int i, int column) => T.Read(Source.Values[Order[i] * Source.Stride + column]);
}

/// <summary>The group of a row's first run adds the runs up, if there are several.</summary>
internal struct RunMergeKernel : IGpuKernel
{
    public RunLists Lists;
    public Operand<float> Table;
    public ArrayView<float> Partials;
    public int Columns;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int run = Grid.IdxX, runs = Lists.Runs.Actual, column = Grid.IdxY * Group.DimX + Group.IdxX;
        if (run >= runs || column >= Columns || Lists.Continues(run) || !Lists.IsContinued(run, runs)) return;
        int end = run + 1, name = Lists.Names[run];
        while (end < runs && Lists.Names[end] == name) end++;
        float sum = 0f;
        int i = run;
        for (; i + 3 < end; i += 4)
        {
            float a = Partials[i * Columns + column], b = Partials[(i + 1) * Columns + column];
            float c = Partials[(i + 2) * Columns + column], d = Partials[(i + 3) * Columns + column];
            sum += a + b + (c + d);
        }

        for (; i < end; i++) sum += Partials[i * Columns + column];
        Table.Values[name * Table.Stride + column] += sum;
    }
}
