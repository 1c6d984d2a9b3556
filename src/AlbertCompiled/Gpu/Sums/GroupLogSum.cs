using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>ln Σ exp over the rows of each group. The rows of a group lie together.</summary>
/// <typeparam name="T">Element of what is summed; the result is float32.</typeparam>
/// <param name="device">The device.</param>
public sealed class GroupLogSum<T>(GpuDevice device) where T : unmanaged, IElement<T>
{
    readonly GpuKernel<GroupLogSumKernel<T>> kernel = new(device);

    /// <summary>result[g] = ln Σ exp source[r] over the rows r with group[r] = g, by column.</summary>
    /// <param name="source">[members, columns].</param>
    /// <param name="group">[members] group of each row, ascending.</param>
    /// <param name="members">Rows of the source.</param>
    /// <param name="result">[groups, columns].</param>
    /// <param name="groups">Rows of the result.</param>
    /// <param name="columns">Columns.</param>
    public void Launch(Operand<T> source, ArrayView<int> group, Extent members, Operand<float> result, Extent groups, int columns) =>
        kernel.Launch(groups.Most, columns, 1, device.Lanes, new() { Source = source, Owners = group, Members = members, Result = result, Groups = groups });
}

/// <summary>A group of lanes for each group of rows and column: the lanes share the rows.</summary>
internal struct GroupLogSumKernel<T> : IGpuKernel where T : unmanaged, IElement<T>
{
    public Operand<T> Source;
    public Operand<float> Result;
    public ArrayView<int> Owners;
    public Extent Members, Groups;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int row = Grid.IdxX, column = Grid.IdxY, lane = Group.IdxX, lanes = Group.DimX;
        if (row >= Groups.Actual) return;
        int start = FirstOf(row), end = FirstOf(row + 1);
        float largest = float.NegativeInfinity, sum = 0f;
        for (int i = start + lane; i < end; i += lanes) largest = GpuMath.Max(largest, Read(i, column));
        largest = GroupReduce.Max(largest);
        for (int i = start + lane; i < end; i += lanes) sum += GpuMath.Exp(Read(i, column) - largest);
        sum = GroupReduce.Sum(sum);
        if (lane == 0) Result.Values[row * Result.Stride + column] = largest + GpuMath.Log(sum);
    }

    readonly float Read(int row, int column) => T.Read(Source.Values[row * Source.Stride + column]);

    // by bisection: the first row that belongs to this group or a later one
    readonly int FirstOf(int wanted)
    {
        int low = 0, high = Members.Actual;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Owners[middle] < wanted) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
