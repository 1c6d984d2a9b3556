namespace AlbertCompiled.Cpu;

/// <summary>The right operand of products in the layout of the inner kernel: worth it for weights that several products of a step read.</summary>
public static unsafe class PackedB
{
    /// <summary>Floats that a packed [k, n] takes, for any vector.</summary>
    public static long PackedLength<P>(int n, int k) where P : struct, IPrecision => Math.Max(2 * Simd.LineFloats, Simd.RoundToLine(n)) * Packing.Words<P>(k);

    /// <summary>Packs op(b), which is [k, n].</summary>
    /// <typeparam name="V">The vector that the product will be computed with.</typeparam>
    /// <typeparam name="P">What its elements are rounded to.</typeparam>
    /// <param name="team">The threads.</param>
    /// <param name="b">[k, n].</param>
    /// <param name="n">Columns.</param>
    /// <param name="k">Inner dimension.</param>
    /// <param name="packed"><see cref="PackedLength{P}"/> floats; 64-byte aligned for speed.</param>
    public static void Pack<V, P>(ThreadTeam team, Matrix b, int n, int k, float* packed)
        where V : struct, ISimd<V> where P : struct, IPrecision
    {
        if (n <= 0) return;
        var panels = new Panels(n, V.Count);
        if (b.Transposed) team.Run(new ColumnsJob<V, P> { Panels = panels, B = b, K = k, Packed = packed }, panels.Count);
        else team.Run(new RowsJob<V, P> { Panels = panels, B = b, K = k, Packed = packed }, RowsJob<V, P>.Parts(k));
    }

    /// <summary>Hands the elements of op(a) · b to an epilogue.</summary>
    /// <typeparam name="V">The vector that b was packed for.</typeparam>
    /// <typeparam name="P">What its elements were rounded to; so are a's.</typeparam>
    /// <typeparam name="TEpilogue">What happens to the products; its Apply should be inlined aggressively.</typeparam>
    /// <param name="team">The threads.</param>
    /// <param name="a">[m, k].</param>
    /// <param name="packedB">[k, n], packed.</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="k">Inner dimension.</param>
    /// <param name="epilogue">Sees every element once.</param>
    public static void Multiply<V, P, TEpilogue>(ThreadTeam team, Matrix a, float* packedB, int m, int n, int k, TEpilogue epilogue)
        where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
    {
        if (m <= 0 || n <= 0) return;
        var plan = new ProductPlan(team.Threads, m, n, Packing.Words<P>(k), V.Count, Blocking.Caches);
        Gemm.Multiply<V, P, TEpilogue>(team, plan, k, a, PanelSource.Packed(packedB), epilogue);
    }

    static JobCost CostOf<P>(in Panels panels, int k) where P : struct, IPrecision => new(0, (double)panels.Columns * (k + Packing.Words<P>(k)) * sizeof(float));

    /// <summary>Packs columns that are rows as they are stored: a part is a panel.</summary>
    struct ColumnsJob<V, P> : IJob where V : struct, ISimd<V> where P : struct, IPrecision
    {
        public Panels Panels;
        public Matrix B;
        public int K;
        public float* Packed;

        public readonly JobCost Cost => CostOf<P>(Panels, K);

        public override readonly string ToString() => "packing of columns";

        public readonly void Run(int part)
        {
            int first = Panels.First(part);
            Packing.Panel<P>(B.From(0, first), Panels.Valid(part), K, Panels.Width(part), Packed + (long)first * Packing.Words<P>(K));
        }
    }

    /// <summary>Packs columns across rows as they are stored: a part is some of these for all panels, so that it reads memory from end to end.</summary>
    struct RowsJob<V, P> : IJob where V : struct, ISimd<V> where P : struct, IPrecision
    {
        // words of a part, and as many as go to a panel before the next one's turn
        const int PartWords = 64, StepWords = 8;

        public Panels Panels;
        public Matrix B;
        public int K;
        public float* Packed;

        public static int Parts(int k) => (Packing.Words<P>(k) + PartWords - 1) / PartWords;

        public readonly JobCost Cost => CostOf<P>(Panels, K);

        public override readonly string ToString() => "packing of columns";

        public readonly void Run(int part)
        {
            int words = Packing.Words<P>(K), last = Math.Min(words, (part + 1) * PartWords);
            for (int word = part * PartWords; word < last; word += StepWords)
            {
                int firstK = word * P.PerWord, k = Math.Min(StepWords * P.PerWord, K - firstK);
                for (int p = 0; p < Panels.Count; p++)
                {
                    int first = Panels.First(p), width = Panels.Width(p);
                    Packing.Panel<P>(B.From(firstK, first), Panels.Valid(p), k, width, Packed + (long)first * words + (long)word * width);
                }
            }
        }
    }
}
