using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>Sums over the rows of a matrix, or over the partial sums that a row kernel left, one row of them for each chunk of rows.</summary>
public static unsafe class ColumnSums
{
    /// <summary>sum = Σ partials, or sum += Σ partials, in the order of the chunks.</summary>
    /// <typeparam name="V">The vector to compute with.</typeparam>
    /// <param name="team">The threads.</param>
    /// <param name="partials">[chunks, columns] without gaps.</param>
    /// <param name="chunks">Chunks.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="sum">[columns].</param>
    /// <param name="accumulate">True to add to what is there.</param>
    public static void Add<V>(ThreadTeam team, float* partials, int chunks, int columns, float* sum, bool accumulate) where V : struct, ISimd<V>
    {
        var slices = new ColumnSlices(team, columns);
        team.Run(new SumJob<V>(slices, partials, chunks, columns, sum, accumulate), slices.Count);
    }

    /// <summary>sum += Σ rows, in their order, four at a time.</summary>
    /// <typeparam name="V">The vector to compute with.</typeparam>
    /// <param name="team">The threads.</param>
    /// <param name="matrix">[rows, columns].</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="sum">[columns].</param>
    public static void AddRows<V>(ThreadTeam team, float* matrix, long stride, int rows, int columns, float* sum) where V : struct, ISimd<V>
    {
        var slices = new ColumnSlices(team, columns);
        team.Run(new RowsJob<V>(slices, matrix, stride, rows, columns, sum), slices.Count);
    }

    readonly struct RowsJob<V>(ColumnSlices slices, float* matrix, long stride, int rows, int columns, float* sum) : IJob
        where V : struct, ISimd<V>
    {
        // of a row at a time: their sums stay in the first-level cache
        const int Block = 2048;

        public JobCost Cost => new(0, (rows + 2.0) * columns * sizeof(float));

        public override string ToString() => "sums of rows";

        public void Run(int part)
        {
            var (first, last) = slices[part];
            for (int c = first; c < last; c += Block)
            {
                int end = Math.Min(last, c + Block), vectors = (end - c) / V.Count * V.Count;
                Columns<V>(c, c + vectors);
                Columns<Lanes1>(c + vectors, end);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Columns<W>(int first, int last) where W : struct, ISimd<W>
        {
            int r = 0;
            for (; r + 4 <= rows; r += 4)
            {
                float* row = matrix + r * stride;
                for (int c = first; c < last; c += W.Count)
                {
                    W four = W.Load(row + c) + W.Load(row + stride + c) + (W.Load(row + 2 * stride + c) + W.Load(row + 3 * stride + c));
                    (W.Load(sum + c) + four).Store(sum + c);
                }
            }

            for (; r < rows; r++)
            {
                float* row = matrix + r * stride;
                for (int c = first; c < last; c += W.Count) (W.Load(sum + c) + W.Load(row + c)).Store(sum + c);
            }
        }
    }

    readonly struct SumJob<V>(ColumnSlices slices, float* partials, int chunks, int columns, float* sum, bool accumulate) : IJob
        where V : struct, ISimd<V>
    {
        public JobCost Cost => new(0, (chunks + 1.0) * columns * sizeof(float));

        public override string ToString() => "column sums";

        public void Run(int part)
        {
            var (first, last) = slices[part];
            int vectors = (last - first) / V.Count * V.Count;
            Columns<V>(first, first + vectors);
            Columns<Lanes1>(first + vectors, last);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Columns<W>(int first, int last) where W : struct, ISimd<W>
        {
            for (int c = first; c < last; c += W.Count)
            {
                W total = 0f;
                float* partial = partials + c;
                for (int i = 0; i < chunks; i++, partial += columns) total += W.Load(partial);
                if (accumulate) total = W.Load(sum + c) + total;
                total.Store(sum + c);
            }
        }
    }
}
