namespace AlbertCompiled.Cpu.Scalar;

/// <summary>Matrix products in three loops: the twin of <see cref="Gemm"/> and of its parts.</summary>
static unsafe class ScalarProduct
{
    /// <summary>Row-major [m, n]: one sum per element, in ascending order of the inner index, rounded as <see cref="Lanes1.MultiplyAdd"/> does.</summary>
    public static float[] Multiply(Matrix a, Matrix b, int m, int n, int k)
    {
        var c = new float[m * n];
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
            {
                float sum = 0;
                for (int p = 0; p < k; p++) sum = float.MultiplyAddEstimate(At(a, i, p), At(b, p, j), sum);
                c[i * n + j] = sum;
            }

        return c;
    }

    /// <summary>A tile of a strip and a panel: what <see cref="MicroKernel.Tile"/> does.</summary>
    /// <param name="a">[<see cref="MicroKernel.Rows"/> or half of them, k].</param>
    /// <param name="b">[k, <paramref name="columns"/>].</param>
    /// <param name="bStride">Floats from one row of b to the next.</param>
    /// <param name="columns">Columns of the panel.</param>
    /// <param name="k">Inner dimension.</param>
    /// <param name="c">The tile.</param>
    /// <param name="stride">Floats from one row of c to the next.</param>
    /// <param name="effect">What happens to the tile.</param>
    public static void Tile(Cpu.Strip a, float* b, long bStride, int columns, int k, float* c, long stride, TileEffect effect)
    {
        for (int r = 0; r < (a.IsHalf ? MicroKernel.Rows / 2 : MicroKernel.Rows); r++)
            for (int j = 0; j < columns; j++)
            {
                float sum = effect == TileEffect.GoOn ? c[r * stride + j] : 0;
                for (int p = 0; p < k; p++) sum = float.MultiplyAddEstimate(a.Data[r * a.Row + p * a.Word], b[p * bStride + j], sum);
                c[r * stride + j] = effect == TileEffect.Add ? sum + c[r * stride + j] : sum;
            }
    }

    /// <summary>Rows of a as a strip [k, <see cref="MicroKernel.Rows"/>], missing ones 0: the twin of <see cref="Packing.Strip"/>.</summary>
    public static float[] Strip(Matrix a, int rows, int k)
    {
        var strip = new float[k * MicroKernel.Rows];
        for (int p = 0; p < k; p++)
            for (int r = 0; r < rows; r++) strip[p * MicroKernel.Rows + r] = At(a, r, p);
        return strip;
    }

    /// <summary>Columns of b as a panel [k, <paramref name="width"/>], missing ones 0: the twin of <see cref="Packing.Panel"/>.</summary>
    public static float[] Panel(Matrix b, int columns, int k, int width)
    {
        var panel = new float[k * width];
        for (int p = 0; p < k; p++)
            for (int c = 0; c < columns; c++) panel[p * width + c] = At(b, p, c);
        return panel;
    }

    static float At(Matrix matrix, int row, int column) => *matrix.From(row, column).Data;
}
