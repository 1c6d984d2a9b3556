using AlbertCompiled.Cpu;

namespace AlbertCompiled.Tests.Cpu.Reference;

/// <summary>The scalar matrix product.</summary>
static unsafe class Gemm
{
    /// <summary>Row-major [m, n]: one sum per element, in ascending order of the inner index, rounded as <see cref="Lanes1.MultiplyAdd"/> does.</summary>
    public static float[] Multiply(Matrix a, Matrix b, int m, int n, int k)
    {
        var c = new float[m * n];
        long rowA = a.From(1, 0).Data - a.Data, innerA = a.From(0, 1).Data - a.Data, innerB = b.From(1, 0).Data - b.Data, columnB = b.From(0, 1).Data - b.Data;
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
            {
                float sum = 0;
                for (int p = 0; p < k; p++) sum = float.MultiplyAddEstimate(a.Data[i * rowA + p * innerA], b.Data[p * innerB + j * columnB], sum);
                c[i * n + j] = sum;
            }

        return c;
    }
}
