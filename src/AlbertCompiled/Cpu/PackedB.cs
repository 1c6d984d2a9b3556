namespace AlbertCompiled.Cpu;

/// <summary>The right operand of products in the layout of the inner kernel: worth it for weights that several products of a step read.</summary>
public static unsafe class PackedB
{
    /// <summary>Floats that a packed [k, n] takes, for any vector.</summary>
    public static long PackedLength<P>(int n, int k) where P : struct, IPrecision => Math.Max(32, (n + 15L) / 16 * 16) * Packing.Words<P>(k);

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
        team.Run(new PackJob<V, P> { Panels = panels, B = b, K = k, Packed = packed }, panels.Count);
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
        var plan = new ProductPlan(team.Threads, m, n, Packing.Words<P>(k), V.Count, Blocking.For(team.Threads));
        Gemm.Multiply<V, P, TEpilogue>(team, plan, k, a, team.Packing.Reserve(plan.StripsFloats), default, packedB, epilogue);
    }

    struct PackJob<V, P> : IJob where V : struct, ISimd<V> where P : struct, IPrecision
    {
        public Panels Panels;
        public Matrix B;
        public int K;
        public float* Packed;

        public readonly JobCost Cost => new(0, (double)Panels.Columns * (K + Packing.Words<P>(K)) * sizeof(float));

        public override readonly string ToString() => "packing of columns";

        public readonly void Run(int part)
        {
            int first = Panels.First(part);
            Packing.Panel<P>(B.From(0, first), Panels.Valid(part), K, Panels.Width(part), Packed + (long)first * Packing.Words<P>(K));
        }
    }
}
