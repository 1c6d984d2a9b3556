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
        Multiply<V, P, TEpilogue>(team, Blocking.Caches, a, b, m, n, k, epilogue);
    }

    /// <summary>The product, cut into blocks of such sizes.</summary>
    internal static void Multiply<V, P, TEpilogue>(ThreadTeam team, Blocking blocking, Matrix a, Matrix b, int m, int n, int k, TEpilogue epilogue)
        where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
    {
        if (m <= 0) return;
        int words = Packing.Words<P>(k), panel = 3 * V.Count, most = Math.Max(1, blocking.PackedFloats / Math.Max(1, words) / panel) * panel;
        for (int first = 0; first < n; first += most)
        {
            var plan = new ProductPlan(team.Threads, m, Math.Min(most, n - first), words, V.Count, blocking);
            var columns = b.From(0, first);
            var panels = PanelSource.OfParts(columns);
            if (P.ReadsInPlace && PanelSource.CanStay(columns, plan, V.Count))
            {
                panels = PanelSource.InPlace(columns);
            }
            else if (plan.SharesPanels)
            {
                float* packed = team.Packing.Reserve(PackedB.PackedLength<P>(plan.Panels.Columns, k));
                PackedB.Pack<V, P>(team, columns, plan.Panels.Columns, k, packed);
                panels = PanelSource.Packed(packed);
            }

            Multiply<V, P, TEpilogue>(team, plan, k, a, panels, epilogue, first);
        }
    }

    /// <summary>The product with b's panels from <paramref name="panels"/>.</summary>
    internal static void Multiply<V, P, TEpilogue>(ThreadTeam team, in ProductPlan plan, int k, Matrix a, PanelSource panels, TEpilogue epilogue, int firstColumn = 0)
        where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
    {
        bool rowsStay = P.ReadsInPlace && !a.Transposed && CacheSets.Hold(a.Stride, (long)plan.LargestRun * MicroKernel.Rows);
        team.Run(
            new ProductJob<V, P, TEpilogue> { Plan = plan, K = k, A = a, RowsStay = rowsStay, Panels = panels, Epilogue = epilogue, FirstColumn = firstColumn },
            plan.Parts,
            new Layout(plan, rowsStay, panels.ByParts).Total);
    }

    /// <summary>Where things lie in a part's scratch, in floats.</summary>
    readonly struct Layout
    {
        public readonly long Strips, Tiles, Panel, Total;

        public Layout(in ProductPlan plan, bool rowsStay, bool packsPanels)
        {
            var scratch = new ScratchPlan();
            Strips = scratch.Add(rowsStay ? plan.StripStride : plan.StripsFloats);
            Tiles = scratch.Add(plan.TilesFloats);
            Panel = scratch.Add(packsPanels ? plan.PanelFloats : 0);
            Total = scratch.Total;
        }
    }

    struct ProductJob<V, P, TEpilogue> : IScratchJob where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
    {
        /// <summary>Floats of rows that the second-level cache has room for beside those in use.</summary>
        const int MostAhead = 1 << 17;

        public ProductPlan Plan;

        /// <summary>The epilogue's number of this product's first column.</summary>
        public int FirstColumn;

        public int K;
        public Matrix A;

        /// <summary>True if rows are read where they lie, but for a last strip that is not whole.</summary>
        public bool RowsStay;

        public PanelSource Panels;
        public TEpilogue Epilogue;

        public readonly JobCost Cost => new(
            2.0 * Plan.M * Plan.Panels.Columns * K,
            sizeof(float) * ((double)Plan.M * K + (double)Plan.Panels.Columns * Packing.Words<P>(K) + (double)Plan.M * Plan.Panels.Columns));

        public override readonly string ToString() => $"{typeof(TEpilogue).Name} [{Plan.M}, {Plan.Panels.Columns}] over {K}";

        public readonly void Run(int part, float* scratch)
        {
            int run = part / Plan.Groups, group = part % Plan.Groups;
            int firstStrip = Plan.FirstStrip(run), lastStrip = Plan.FirstStrip(run + 1), firstPanel = Plan.FirstPanel(group), lastPanel = Plan.FirstPanel(group + 1);
            int firstPacked = RowsStay ? Math.Max(firstStrip, Plan.M / MicroKernel.Rows) : firstStrip;
            var at = new Layout(Plan, RowsStay, Panels.ByParts);
            for (int inner = 0; inner < Plan.InnerBlocks; inner++)
            {
                int firstWord = Plan.FirstInner(inner), words = Plan.FirstInner(inner + 1) - firstWord;
                PackStrips(firstPacked, lastStrip, firstWord, words, scratch + at.Strips);
                var rows = RowsAhead(part, run, inner);
                float* tiles = scratch + at.Tiles;
                for (int p = firstPanel; p < lastPanel; p++)
                {
                    float* panel = scratch + at.Panel;
                    if (Panels.ByParts) PackPanel(p, firstWord, words, panel);
                    else panel = Panels.At(Plan, p, inner);
                    var columns = Panels.ByParts ? default : ColumnsAhead(p, firstPanel, lastPanel, inner, words);
                    for (int s = firstStrip; s < lastStrip; s++)
                    {
                        var strip = s < firstPacked
                            ? Strip.InPlace(A.From(s * MicroKernel.Rows, firstWord))
                            : Strip.Packed(scratch + at.Strips + (s - firstPacked) * Plan.StripStride);
                        float* ahead = tiles;
                        long step = columns.Any ? columns.Next(ref ahead) : rows.Any ? rows.Next(ref ahead) : 0;
                        Tile(s, strip, p, panel, words, tiles, inner, ahead, step);
                        if (Plan.InnerBlocks > 1) tiles += Plan.TileFloats;
                    }
                }
            }
        }

        /// <summary>The panel that is read next: of the group, else of the next inner block.</summary>
        readonly Ahead ColumnsAhead(int p, int firstPanel, int lastPanel, int inner, int words)
        {
            float* next = p + 1 < lastPanel ? Panels.At(Plan, p + 1, inner) : Panels.At(Plan, firstPanel, inner + 1 < Plan.InnerBlocks ? inner + 1 : 0);
            int tiles = Plan.Panels.Vectors(p) * V.Count / Simd.LineFloats;
            return Panels.AreInPlace ? new(next, Panels.Stride(Plan, p), Simd.LineFloats, tiles) : new(next, Simd.LineFloats, (long)words * Simd.LineFloats, tiles);
        }

        /// <summary>The rows that are read next: of the next inner block where the rows of a run lie across memory, else of the next run.</summary>
        readonly Ahead RowsAhead(int part, int run, int inner)
        {
            int nextRun = (part + 1) / Plan.Groups == run ? Plan.Runs : run + 1, block = inner + 1;
            if (!A.Transposed) block = inner;
            else if (block == Plan.InnerBlocks) block = 0;
            if (!A.Transposed || block == 0) run = nextRun;
            if (run >= Plan.Runs) return default;
            int row = Plan.FirstStrip(run) * MicroKernel.Rows, rows = Math.Min(Plan.M, Plan.FirstStrip(run + 1) * MicroKernel.Rows) - row;
            int words = Plan.FirstInner(inner + 1) - Plan.FirstInner(inner), lines = words * Simd.LineFloats;
            if (A.Transposed) return new(A.From(row, Plan.FirstInner(block) * P.PerWord).Data, A.Stride * P.PerWord, Simd.LineFloats, (rows + Simd.LineFloats - 1) / Simd.LineFloats);
            long length = rows * A.Stride / Plan.InnerBlocks;
            return rows * A.Stride > MostAhead ? default : new(A.From(row, 0).Data + inner * length, Simd.LineFloats, lines, (int)((length + lines - 1) / lines));
        }

        /// <summary>Memory that is asked for while tiles are computed.</summary>
        struct Ahead(float* data, long step, long next, int tiles)
        {
            float* data = data;
            int tiles = tiles;

            /// <summary>True while some of it has not been asked for.</summary>
            public readonly bool Any => tiles > 0;

            /// <summary>Where the next tile begins to ask, and the step from one line to the next.</summary>
            public long Next(ref float* first)
            {
                first = data;
                data += next;
                tiles--;
                return step;
            }
        }

        /// <summary>A strip times a panel: a tile of sums, and its end if this was the last inner block.</summary>
        readonly void Tile(int s, Strip strip, int p, float* panel, int words, float* tile, int inner, float* ahead, long aheadStep)
        {
            int row = s * MicroKernel.Rows, rows = Math.Min(MicroKernel.Rows, Plan.M - row), width = Plan.Panels.Width(p), column = FirstColumn + Plan.Panels.First(p);
            bool finished = inner == Plan.InnerBlocks - 1;
            if (finished) Prefetch(Epilogue, row, rows, column, Plan.Panels.Valid(p));
            P.Tile<V>(Plan.Panels.Vectors(p), strip, panel, Panels.Stride(Plan, p), words, tile, width, accumulate: inner > 0, ahead, aheadStep);
            if (finished) Finish(Epilogue, tile, width, row, rows, column, Plan.Panels.Valid(p));
        }

        readonly void PackStrips(int first, int last, int firstWord, int words, float* strips)
        {
            if (first >= last) return;
            int row = first * MicroKernel.Rows, firstK = firstWord * P.PerWord;
            Packing.Strips<P>(A.From(row, firstK), Math.Min(Plan.M, last * MicroKernel.Rows) - row, Math.Min(words * P.PerWord, K - firstK), strips, Plan.StripStride);
        }

        readonly void PackPanel(int p, int firstWord, int words, float* panel)
        {
            int firstK = firstWord * P.PerWord;
            Packing.Panel<P>(Panels.Matrix.From(firstK, Plan.Panels.First(p)), Plan.Panels.Valid(p), Math.Min(words * P.PerWord, K - firstK), Plan.Panels.Width(p), panel);
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
