using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>The second half of a column sum: the first leaves one partial row per chunk of rows.</summary>
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
