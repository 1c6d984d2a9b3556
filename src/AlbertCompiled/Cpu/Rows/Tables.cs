using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>Gradients of table look-ups.</summary>
public static unsafe class Tables
{
    /// <summary>table[index[r]] += source[r] for r = 0, 1, …: in this order whatever the threads, for these share the columns.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="table">[·, columns].</param>
    /// <param name="tableStride">Floats from one row of the table to the next.</param>
    /// <param name="index">[rows] rows of the table.</param>
    /// <param name="source">[rows, columns].</param>
    /// <param name="sourceStride">Floats from one row of the source to the next.</param>
    /// <param name="rows">Rows to add.</param>
    /// <param name="columns">Columns.</param>
    public static void ScatterAdd(ThreadTeam team, float* table, long tableStride, int* index, float* source, long sourceStride, int rows, int columns)
    {
        if (rows == 0) return;
        switch (Simd.Width)
        {
            case 16: ScatterAdd<Lanes16>(team, table, tableStride, index, source, sourceStride, rows, columns); break;
            case 8: ScatterAdd<Lanes8>(team, table, tableStride, index, source, sourceStride, rows, columns); break;
            default: ScatterAdd<Lanes4>(team, table, tableStride, index, source, sourceStride, rows, columns); break;
        }
    }

    internal static void ScatterAdd<V>(ThreadTeam team, float* table, long tableStride, int* index, float* source, long sourceStride, int rows, int columns)
        where V : struct, ISimd<V>
    {
        var slices = new ColumnSlices(team, columns);
        team.Run(new ScatterJob<V>(slices, table, tableStride, index, source, sourceStride, rows), slices.Count);
    }

    readonly struct ScatterJob<V>(ColumnSlices slices, float* table, long tableStride, int* index, float* source, long sourceStride, int rows) : IJob
        where V : struct, ISimd<V>
    {
        public JobCost Cost => new(0, 3.0 * rows * slices.Columns * sizeof(float));

        public override string ToString() => "gradients of tables";

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int part)
        {
            var (first, last) = slices[part];
            for (int r = 0; r < rows; r++)
            {
                float* target = table + index[r] * tableStride, from = source + r * sourceStride;
                int c = first;
                for (; c <= last - V.Count; c += V.Count) (V.Load(target + c) + V.Load(from + c)).Store(target + c);
                for (; c < last; c++) target[c] += from[c];
            }
        }
    }
}
