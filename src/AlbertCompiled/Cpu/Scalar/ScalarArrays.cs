namespace AlbertCompiled.Cpu.Scalar;

/// <summary>Sums and tables element by element: the twin of <see cref="ColumnSums"/> and <see cref="Tables"/>.</summary>
static unsafe class ScalarArrays
{
    /// <summary>sum = Σ partials, or sum += Σ partials, for partials of [chunks, columns].</summary>
    public static void AddColumns(float* partials, int chunks, int columns, float* sum, bool accumulate)
    {
        for (int c = 0; c < columns; c++)
        {
            float total = 0;
            for (int i = 0; i < chunks; i++) total += partials[i * columns + c];
            sum[c] = accumulate ? sum[c] + total : total;
        }
    }

    /// <summary>sum += Σ rows, four at a time.</summary>
    public static void AddRows(float* matrix, long stride, int rows, int columns, float* sum)
    {
        for (int c = 0; c < columns; c++)
        {
            int r = 0;
            for (; r + 4 <= rows; r += 4) sum[c] += At(r) + At(r + 1) + (At(r + 2) + At(r + 3));
            for (; r < rows; r++) sum[c] += At(r);

            float At(int row) => matrix[row * stride + c];
        }
    }

    /// <summary>table[index[r]] += source[r] for r = 0, 1, …</summary>
    public static void ScatterAdd(float* table, long tableStride, int* index, float* source, long sourceStride, int rows, int columns)
    {
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++) table[index[r] * tableStride + c] += source[r * sourceStride + c];
    }
}
