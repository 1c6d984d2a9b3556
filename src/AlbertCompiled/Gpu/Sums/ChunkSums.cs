using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>Sums the columns of a matrix over each chunk of <see cref="ArenaPlan.ChunkRows"/> rows.</summary>
/// <typeparam name="T">Element of the matrix.</typeparam>
/// <param name="values">The matrix, row-major.</param>
/// <param name="stride">Elements from one row to the next.</param>
/// <param name="columns">Columns.</param>
/// <param name="partials">[chunks, columns].</param>
internal readonly struct ChunkSums<T>(ArrayView<T> values, int stride, int columns, ArrayView<float> partials) : IGpuRowKernel where T : unmanaged, IElement<T>
{
    readonly ArrayView<T> values = values;
    readonly ArrayView<float> partials = partials;
    readonly int stride = stride, columns = columns;

    /// <inheritdoc/>
    public void Run<V, L>(int begin, int end, int chunk) where V : struct, IPack<V> where L : struct, IRowLanes
    {
        var sum = PartialSum<V, L>.Of(partials, chunk, columns);
        for (int row = begin; row < end; row++)
        {
            for (int column = L.First<V>(); column < columns; column = L.Next<V>(column)) sum.Add(column, V.Load(values, row * stride + column));
        }

        sum.Store();
    }
}
