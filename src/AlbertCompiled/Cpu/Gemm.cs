using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>Matrix products. Every element is one sum over all inner elements in ascending order: the same bits for any number of threads.</summary>
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
        if (m <= 0 || n <= 0) return;
        Multiply<V, P, TEpilogue>(team, new ProductPlan(team.Threads, m, n, Packing.Words<P>(k), V.Count, Blocking.For(team.Threads)), k, a, b, epilogue);
    }

    /// <summary>The product, cut as <paramref name="plan"/> says.</summary>
    internal static void Multiply<V, P, TEpilogue>(ThreadTeam team, in ProductPlan plan, int k, Matrix a, Matrix b, TEpilogue epilogue)
        where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
    {
        int n = plan.Panels.Columns;
        float* packedA = team.Packing.Reserve(plan.StripsFloats + (plan.SharesPanels ? PackedB.PackedLength<P>(n, k) : 0)), packedB = null;
        if (plan.SharesPanels)
        {
            packedB = packedA + plan.StripsFloats;
            PackedB.Pack<V, P>(team, b, n, k, packedB);
        }

        Multiply<V, P, TEpilogue>(team, plan, k, a, packedA, b, packedB, epilogue);
    }

    /// <summary>The product, with b packed already if <paramref name="packedB"/> is not null.</summary>
    internal static void Multiply<V, P, TEpilogue>(ThreadTeam team, in ProductPlan plan, int k, Matrix a, float* packedA, Matrix b, float* packedB, TEpilogue epilogue)
        where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
    {
        for (int row = 0; row < plan.M; row += plan.BlockRows)
        {
            int rows = Math.Min(plan.BlockRows, plan.M - row);
            var strips = new StripsJob<P> { A = a.From(row, 0), Rows = rows, K = k, Packed = packedA, StripStride = plan.StripStride };
            team.Run(strips, strips.Parts);
            team.Run(
                new ProductJob<V, P, TEpilogue> { Plan = plan, K = k, FirstRow = row, Rows = rows, PackedA = packedA, B = b, PackedB = packedB, Epilogue = epilogue },
                plan.Parts,
                plan.TilesFloats + (packedB == null ? plan.PanelsFloats : 0));
        }
    }

    /// <summary>Packs rows of op(a): a part is some rows as they are stored, so that it reads memory from end to end.</summary>
    struct StripsJob<P> : IJob where P : struct, IPrecision
    {
        const int PartRows = 8 * MicroKernel.Rows;
        public Matrix A;
        public int Rows, K;
        public float* Packed;
        public long StripStride;

        public readonly JobCost Cost => new(0, (double)Rows * K * sizeof(float) + (double)Rows * Packing.Words<P>(K) * sizeof(float));

        public override readonly string ToString() => "packing of rows";

        public readonly int Parts => ((A.Transposed ? Packing.Words<P>(K) : Rows) + PartRows - 1) / PartRows;

        public readonly void Run(int part)
        {
            int first = part * PartRows;
            if (A.Transposed) Packing.Strips<P>(A.From(0, first * P.PerWord), Rows, Math.Min(PartRows * P.PerWord, K - first * P.PerWord), Packed + first * MicroKernel.Rows, StripStride);
            else Packing.Strips<P>(A.From(first, 0), Math.Min(PartRows, Rows - first), K, Packed + first / MicroKernel.Rows * StripStride, StripStride);
        }
    }

    struct ProductJob<V, P, TEpilogue> : IScratchJob where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
    {
        public ProductPlan Plan;
        public int K, FirstRow, Rows;
        public float* PackedA, PackedB;
        public Matrix B;
        public TEpilogue Epilogue;

        public readonly JobCost Cost => new(
            2.0 * Rows * Plan.Panels.Columns * K,
            sizeof(float) * ((double)(Rows + Plan.Panels.Columns) * Packing.Words<P>(K) + (double)Rows * Plan.Panels.Columns));

        public override readonly string ToString() => $"{typeof(TEpilogue).Name} [{Plan.M}, {Plan.Panels.Columns}] over {K}";

        public readonly void Run(int part, float* scratch)
        {
            int group = part / Plan.Runs, run = part % Plan.Runs, strips = (Rows + MicroKernel.Rows - 1) / MicroKernel.Rows;
            int firstPanel = group * Plan.Group, lastPanel = Math.Min(Plan.Panels.Count, firstPanel + Plan.Group);
            int firstStrip = Plan.FirstStrip(run, strips), lastStrip = Plan.FirstStrip(run + 1, strips);
            float* panels = scratch + Plan.TilesFloats;
            for (int inner = 0; inner < Plan.InnerBlocks; inner++)
            {
                int firstWord = Plan.FirstInner(inner), words = Plan.FirstInner(inner + 1) - firstWord;
                bool finished = inner == Plan.InnerBlocks - 1;
                if (PackedB == null) PackPanels(firstPanel, lastPanel, firstWord, words, panels);
                float* tile = scratch;
                for (int s = firstStrip; s < lastStrip; s++)
                {
                    float* strip = PackedA + s * Plan.StripStride + firstWord * MicroKernel.Rows, own = panels;
                    int row = s * MicroKernel.Rows, rows = Math.Min(MicroKernel.Rows, Rows - row);
                    for (int p = firstPanel; p < lastPanel; p++)
                    {
                        int width = Plan.Panels.Width(p);
                        float* panel = PackedB == null ? own : PackedB + (long)Plan.Panels.First(p) * Plan.Words + firstWord * width;
                        if (finished) Prefetch(Epilogue, FirstRow + row, rows, Plan.Panels.First(p), Plan.Panels.Valid(p));
                        P.Tile<V>(Plan.Panels.Vectors(p), strip, panel, words, tile, width, accumulate: inner > 0);
                        if (finished) Finish(Epilogue, tile, width, FirstRow + row, rows, Plan.Panels.First(p), Plan.Panels.Valid(p));
                        if (Plan.InnerBlocks > 1) tile += Plan.TileFloats;
                        own += (long)width * words;
                    }
                }
            }
        }

        readonly void PackPanels(int first, int last, int firstWord, int words, float* panels)
        {
            int firstK = firstWord * P.PerWord, k = Math.Min(words * P.PerWord, K - firstK);
            for (int p = first; p < last; p++)
            {
                int width = Plan.Panels.Width(p);
                Packing.Panel<P>(B.From(firstK, Plan.Panels.First(p)), Plan.Panels.Valid(p), k, width, panels);
                panels += (long)width * words;
            }
        }

        /// <summary>Asks for the memory that the epilogue of a tile needs: rows too far apart for the processor to guess.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Prefetch(TEpilogue epilogue, int row, int rows, int column, int columns)
        {
            for (int r = row; r < row + rows; r++)
                for (int c = column; c < column + columns; c += Simd.LineFloats) epilogue.Prefetch(r, c);
        }

        /// <summary>Hands the valid part of a tile to the epilogue.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        static void Finish(TEpilogue epilogue, float* tile, int stride, int row, int rows, int column, int columns)
        {
            int whole = columns / V.Count * V.Count;
            for (int r = row; r < row + rows; r++, tile += stride)
            {
                int c = 0;
                for (; c < whole; c += V.Count) epilogue.Apply(V.Load(tile + c), r, column + c);
                for (; c < columns; c++) epilogue.Apply<Lanes1>(tile[c], r, column + c);
            }
        }
    }
}
