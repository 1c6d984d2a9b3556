namespace AlbertCompiled.Cpu;

/// <summary>Matrix products.</summary>
public static unsafe class Gemm
{
    /// <summary>epilogue(op(a) · op(b)).</summary>
    /// <typeparam name="V">The vector to compute with.</typeparam>
    /// <typeparam name="TEpilogue">What happens to the products.</typeparam>
    /// <param name="team">The threads.</param>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="k">Inner dimension.</param>
    /// <param name="epilogue">Sees every element once.</param>
    public static void Multiply<V, TEpilogue>(ThreadTeam team, Matrix a, Matrix b, int m, int n, int k, TEpilogue epilogue)
        where V : struct, ISimd<V> where TEpilogue : struct, IEpilogue =>
        team.Rows(new Simple<TEpilogue> { A = a, B = b, N = n, K = k, Epilogue = epilogue }, m);

    struct Simple<TEpilogue> : IRowKernel where TEpilogue : struct, IEpilogue
    {
        public Matrix A, B;
        public int N, K;
        public TEpilogue Epilogue;

        public void Run(int first, int last, int chunk)
        {
            for (int i = first; i < last; i++)
                for (int j = 0; j < N; j++)
                {
                    float sum = 0;
                    for (int p = 0; p < K; p++) sum += *A.From(i, p).Data * *B.From(p, j).Data;
                    Epilogue.Apply<Lanes1>(sum, i, j);
                }
        }
    }
}
