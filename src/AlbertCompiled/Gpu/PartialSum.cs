using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// The column sums of a chunk of rows, as one lane forms them: in a register where the group is as wide as the row, so that the lane has
/// one pack of columns only, else in memory.
/// </summary>
/// <typeparam name="V">The pack.</typeparam>
public struct PartialSum<V> where V : struct, IPack<V>
{
    ArrayView<float> partials;
    int first, columns;
    V sum;

    /// <summary>A sum of nothing.</summary>
    /// <param name="partials">[chunks, columns].</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="columns">Columns.</param>
    public static PartialSum<V> Of(ArrayView<float> partials, int chunk, int columns)
    {
        PartialSum<V> result = default;
        result.partials = partials;
        result.first = chunk * columns;
        result.columns = columns;
        result.sum = 0f;
        if (!result.InRegister)
            for (int column = Group.IdxX * V.Count; column < columns; column += Group.DimX * V.Count) V.Store(partials, result.first + column, 0f);
        return result;
    }

    readonly bool InRegister => Group.DimX * V.Count >= columns;

    /// <summary>Adds to the columns from <paramref name="column"/> on, which are the lane's own.</summary>
    public void Add(int column, V value)
    {
        if (InRegister) sum += value;
        else V.Store(partials, first + column, V.Load(partials, first + column) + value);
    }

    /// <summary>Leaves the sums in memory.</summary>
    public readonly void Store()
    {
        int column = Group.IdxX * V.Count;
        if (InRegister && column < columns) V.Store(partials, first + column, sum);
    }
}
