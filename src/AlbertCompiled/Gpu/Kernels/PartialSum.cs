using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>The column sums of a chunk of rows, as one lane forms them: in a register where it has one pack of columns, else in memory.</summary>
/// <typeparam name="V">The pack.</typeparam>
/// <typeparam name="L">How lanes share a row.</typeparam>
public struct PartialSum<V, L>
    where V : struct, IPack<V>
    where L : struct, IRowLanes
{
    ArrayView<float> partials;
    int first, columns;
    V sum;

    /// <summary>A sum of nothing.</summary>
    /// <param name="partials">[chunks, columns].</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="columns">Columns.</param>
    public static PartialSum<V, L> Of(ArrayView<float> partials, int chunk, int columns)
    {
        PartialSum<V, L> result = default;
        result.partials = partials;
        result.first = chunk * columns;
        result.columns = columns;
        result.sum = 0f;
        if (!L.HoldRow)
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column)) V.Store(partials, result.first + column, 0f);
        return result;
    }

    /// <summary>Adds to the columns from <paramref name="column"/> on, which are the lane's own.</summary>
    public void Add(int column, V value)
    {
        if (L.HoldRow) sum += value;
        else V.Store(partials, first + column, V.Load(partials, first + column) + value);
    }

    /// <summary>Leaves the sums in memory.</summary>
    public readonly void Store()
    {
        if (!L.HoldRow) return;
        int column = L.First<V>();
        if (column < columns) V.Store(partials, first + column, sum);
    }
}
