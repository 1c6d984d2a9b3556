using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>Sums over the rows of a matrix.</summary>
/// <typeparam name="T">Element.</typeparam>
/// <typeparam name="V">The pack: <see cref="Float8"/> where the width of the rows is a multiple of 8.</typeparam>
/// <param name="device">The device.</param>
public sealed class MatrixSum<T, V>(GpuDevice device)
    where T : unmanaged, IElement<T>
    where V : struct, IPack<V>
{
    readonly GpuKernel<MatrixSumKernel<T, V>> kernel = new(device);

    /// <summary>sum += Σ rows, in a fixed order.</summary>
    /// <param name="matrix">[rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="sum">[columns].</param>
    public void Launch(Operand<T> matrix, Extent rows, int columns, ArrayView<float> sum)
    {
        int packs = (columns + V.Count - 1) / V.Count;
        kernel.Launch((packs + MatrixSumKernel<T, V>.Packs - 1) / MatrixSumKernel<T, V>.Packs, 1, 1, Math.Min(MatrixSumKernel<T, V>.MostLanes, device.LargestGroup), new()
        {
            Matrix = matrix,
            Sum = sum,
            Rows = rows,
            Columns = columns,
        });
    }
}

/// <summary>A group adds up 16 packs of columns, 256 bytes of a row in bfloat16; its lanes share the rows of each.</summary>
internal struct MatrixSumKernel<T, V> : IGpuKernel
    where T : unmanaged, IElement<T>
    where V : struct, IPack<V>
{
    public const int Packs = 16, MostLanes = 256;

    public Operand<T> Matrix;
    public ArrayView<float> Sum;
    public Extent Rows;
    public int Columns;

    /// <inheritdoc/>
    public readonly void Run()
    {
        int lane = Group.IdxX, shares = Group.DimX / Packs, column = (Grid.IdxX * Packs + lane % Packs) * V.Count, rows = Rows.Actual;
        V total = 0f;
        if (column < Columns)
        {
            // four loads in flight
            int i = lane / Packs;
            for (; i + 3 * shares < rows; i += 4 * shares)
                total += Read(i, column) + Read(i + shares, column) + (Read(i + 2 * shares, column) + Read(i + 3 * shares, column));
            for (; i < rows; i += shares) total += Read(i, column);
        }

        var scratch = SharedMemory.Allocate<float>(MostLanes * 8);
        V.Store(scratch, lane * V.Count, total);
        Group.Barrier();
        if (lane >= Packs || column >= Columns) return;
        for (int s = 1; s < shares; s++) total += V.Load(scratch, (s * Packs + lane) * V.Count);
        V.Store(Sum, column, V.Load(Sum, column) + total);
    }

    readonly V Read(int row, int column) => V.Load(Matrix.Values, row * Matrix.Stride + column);
}
