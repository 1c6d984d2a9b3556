namespace AlbertCompiled.Cpu;

/// <summary>Matrix products. Every element is one sum over all inner elements in ascending order: the same bits for any number of threads. For generated code: sizes and addresses are not checked.</summary>
public static unsafe class Gemm
{
    /// <summary>Hands the elements of op(a) · op(b) to an epilogue.</summary>
    /// <typeparam name="V">The vector to compute with.</typeparam>
    /// <typeparam name="P">What the operands are rounded to.</typeparam>
    /// <typeparam name="TEpilogue">What happens to the products; its Apply should be inlined aggressively.</typeparam>
    /// <param name="team">The threads.</param>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[k, n].</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="k">Inner dimension; 0 gives products of 0.</param>
    /// <param name="epilogue">Sees every element once.</param>
    public static void Multiply<V, P, TEpilogue>(ThreadTeam team, Matrix a, Matrix b, int m, int n, int k, TEpilogue epilogue)
        where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
    {
        Multiply<V, P, TEpilogue>(team, Blocking.Caches, a, b, m, n, k, epilogue);
    }

    /// <summary>The product, cut into blocks of such sizes.</summary>
    internal static void Multiply<V, P, TEpilogue>(ThreadTeam team, Blocking blocking, Matrix a, Matrix b, int m, int n, int k, TEpilogue epilogue)
        where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
    {
        if (m <= 0) return;
        using var turn = team.Take();
        if (P.ReadsInPlace && PlainTiles.Of(epilogue, out var target) && TallJob<V>.Fits(blocking, a, m, n, k))
        {
            TallJob<V>.Multiply(team, a, b, m, n, k, target);
            return;
        }

        if (Turn<V, P, TEpilogue>(team, blocking, a, b, m, n, k, epilogue)) return;
        bool near = P.ReadsInPlace && a.Transposed;
        int words = Packing.Words<P>(k), panel = 3 * V.Count, most = Math.Max(1, blocking.PackedFloats / Math.Max(1, words) / panel) * panel;
        for (int first = 0; first < n; first += most)
        {
            int width = Math.Min(most, n - first);
            var columns = b.From(0, first);
            var plan = new ProductPlan(team.Threads, m, width, words, V.Count, near ? blocking.Near : blocking);
            if (P.ReadsInPlace && PanelSource.CanStay(columns, width, plan.InnerWords, V.Count))
            {
                Multiply<V, P, TEpilogue>(team, plan, k, a, PanelSource.InPlace(columns), epilogue, first);
                continue;
            }

            if (near) plan = new(team.Threads, m, width, words, V.Count, blocking);
            var panels = PanelSource.OfParts(columns);
            if (plan.SharesPanels)
            {
                float* packed = team.Packing.Reserve(PackedB.PackedLength<P>(width, k));
                PackedB.Pack<V, P>(team, columns, width, k, packed);
                panels = PanelSource.Packed(packed);
            }

            Multiply<V, P, TEpilogue>(team, plan, k, a, panels, epilogue, first);
        }
    }

    /// <summary>
    /// Computes op(b)ᵀ · op(a)ᵀ and stores its tiles transposed, if that is less work: packing the rows of an operand that lie across memory pays only if many
    /// panels read them, so those of the smaller one are packed and the larger one is read where it lies.
    /// </summary>
    static bool Turn<V, P, TEpilogue>(ThreadTeam team, Blocking blocking, Matrix a, Matrix b, int m, int n, int k, TEpilogue epilogue)
        where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
    {
        if (!P.ReadsInPlace || !a.Transposed || b.Transposed || !ProductPlan.Turns(m, n, Packing.Words<P>(k), V.Count) || !PlainTiles.Of(epilogue, out _)) return false;
        var plan = new ProductPlan(team.Threads, n, m, Packing.Words<P>(k), V.Count, blocking.Near);
        if (!PanelSource.CanStay(a.Transpose, m, plan.InnerWords, V.Count)) return false;
        Multiply<V, P, TEpilogue>(team, plan, k, b.Transpose, PanelSource.InPlace(a.Transpose), epilogue, turned: true);
        return true;
    }

    /// <summary>The product with b's panels from <paramref name="panels"/>.</summary>
    internal static void Multiply<V, P, TEpilogue>(ThreadTeam team, in ProductPlan plan, int k, Matrix a, PanelSource panels, TEpilogue epilogue, int firstColumn = 0, bool turned = false)
        where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
    {
        bool rowsStay = P.ReadsInPlace && Strip.CanStay(a, plan);
        var job = new ProductJob<V, P, TEpilogue> { Plan = plan, K = k, A = a, RowsStay = rowsStay, Panels = panels, Epilogue = epilogue, FirstColumn = firstColumn, Turned = turned };
        team.Run(job, plan.Parts, job.Scratch);
    }
}
