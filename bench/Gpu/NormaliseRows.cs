using AlbertCompiled.Gpu;
using ILGPU;

namespace AlbertCompiled.Bench;

/// <summary>y = (x + r − mean)·inverse deviation, row by row, in the form that the compiler prints: what a card's memory gives a row kernel.</summary>
public readonly struct NormaliseRows<T>(ArrayView<T> x, ArrayView<T> residual, ArrayView<T> y, int columns) : IGpuRowKernel where T : unmanaged, IElement<T>
{
    readonly ArrayView<T> x = x, residual = residual, y = y;
    readonly int columns = columns;

    /// <inheritdoc/>
    public void Run<V>(int first, int last, int chunk) where V : struct, IPack<V>
    {
        for (int row = first; row < last; row++)
        {
            int begin = row * columns;
            V totalLane = 0f;
            for (int column = Group.IdxX * V.Count; column < columns; column += Group.DimX * V.Count) totalLane += V.Load(x, begin + column) + V.Load(residual, begin + column);
            float mean = GroupReduce.Sum(V.Sum(totalLane)) / columns;
            V varianceLane = 0f;
            for (int column = Group.IdxX * V.Count; column < columns; column += Group.DimX * V.Count)
            {
                V centred = V.Load(x, begin + column) + V.Load(residual, begin + column) - mean;
                varianceLane += centred * centred;
            }

            float inverse = GpuMath.Rsqrt(GroupReduce.Sum(V.Sum(varianceLane)) / columns + 1e-12f);
            for (int column = Group.IdxX * V.Count; column < columns; column += Group.DimX * V.Count)
                V.Store(y, begin + column, (V.Load(x, begin + column) + V.Load(residual, begin + column) - mean) * inverse);
        }
    }
}
