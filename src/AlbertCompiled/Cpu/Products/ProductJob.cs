using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>A matrix product in parts, as its plan cuts it: a part packs what it must, multiplies its strips with its panels, and hands the sums to the epilogue.</summary>
unsafe struct ProductJob<V, P, TEpilogue> : IScratchJob where V : struct, ISimd<V> where P : struct, IPrecision where TEpilogue : struct, IEpilogue
{
    /// <summary>Floats of rows that the second-level cache has room for beside those in use.</summary>
    const int MostAhead = 1 << 17;

    public ProductPlan Plan;

    /// <summary>The epilogue's number of this product's first column.</summary>
    public int FirstColumn;

    public int K;
    public Matrix A;

    /// <summary>True if rows are read where they lie.</summary>
    public bool RowsStay;

    public PanelSource Panels;
    public TEpilogue Epilogue;

    /// <summary>True if the epilogue, a plain one, wants the transpose of what is computed.</summary>
    public bool Turned;

    /// <summary>Floats of scratch that a part needs.</summary>
    public readonly long Scratch => new Layout(Plan, RowsStay, Panels.ByParts, Turned).Total;

    public readonly JobCost Cost => new(
        2.0 * Plan.M * Plan.Panels.Columns * K,
        sizeof(float) * ((double)Plan.M * K + (double)Plan.Panels.Columns * Packing.Words<P>(K) + (double)Plan.M * Plan.Panels.Columns));

    public override readonly string ToString() => $"{typeof(TEpilogue).Name} [{Plan.M}, {Plan.Panels.Columns}] over {K}{(Turned ? ", turned" : "")}";

    public readonly void Run(int part, float* scratch)
    {
        int run = part / Plan.Groups, group = part % Plan.Groups, firstPanel = Plan.FirstPanel(group), lastPanel = Plan.FirstPanel(group + 1);
        Stair below = Plan.FirstStrip(run, group), above = Plan.FirstStrip(run + 1, group);
        int first = below.At(lastPanel - 1), last = above.At(firstPanel);
        bool plain = PlainTiles.Of(Epilogue, out var target), turned = plain && Turned, direct = plain && !Turned && Plan.InnerBlocks == 1;
        var at = new Layout(Plan, RowsStay, Panels.ByParts, Turned);
        for (int inner = 0; inner < Plan.InnerBlocks; inner++)
        {
            int firstWord = Plan.FirstInner(inner), words = Plan.FirstInner(inner + 1) - firstWord;
            bool finished = inner == Plan.InnerBlocks - 1;
            var effect = inner == 0 ? TileEffect.Set : TileEffect.GoOn;
            if (!RowsStay) PackStrips(first, last, firstWord, words, scratch + at.Strips);
            var rowsAhead = RowsAhead(part, run, inner);
            float* tile = scratch + at.Tiles;
            for (int p = firstPanel; p < lastPanel; p++)
            {
                float* panel = scratch + at.Panel;
                if (Panels.ByParts) PackPanel(p, firstWord, words, panel);
                else panel = Panels.At(Plan, p, inner);
                var columnsAhead = Panels.ByParts ? default : ColumnsAhead(p, firstPanel, lastPanel, inner, words);
                int vectors = Plan.Panels.Vectors(p), width = Plan.Panels.Width(p), columns = Plan.Panels.Valid(p), column = FirstColumn + Plan.Panels.First(p), end = above.At(p);
                long stride = Panels.Stride(Plan, p);
                for (int s = below.At(p); s < end; s++)
                {
                    int row = s * MicroKernel.Rows, rows = Math.Min(MicroKernel.Rows, Plan.M - row), again = RowsStay ? Strip.RowsFor(rows) - rows : 0;
                    var strip = RowsStay ? Strip.InPlace(A.From(row - again, firstWord), rows) : Strip.Packed(scratch + at.Strips + (s - first) * Plan.StripStride, rows);
                    float* ahead = tile;
                    long step = columnsAhead.Any ? columnsAhead.Next(ref ahead) : rowsAhead.Any ? rowsAhead.Next(ref ahead) : 0;
                    if (finished && turned) target.PrefetchTransposed(row, column, columns);
                    else if (finished) Prefetch(Epilogue, row, rows, column, columns);
                    if (direct && rows == Strip.RowsFor(rows) && columns == width)
                    {
                        P.Tile<V>(vectors, strip, panel, stride, words, target.At(row, column), target.Stride, target.Effect, ahead, step);
                        continue;
                    }

                    P.Tile<V>(vectors, strip, panel, stride, words, tile, width, effect, ahead, step);
                    if (finished && turned) target.Transpose(tile + again * width, width, row, rows, column, columns, scratch + at.Transposed);
                    else if (finished) Finish(Epilogue, tile + again * width, width, row, rows, column, columns);
                    if (Plan.InnerBlocks > 1) tile += Plan.TileFloats;
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
        if (run >= Plan.Runs || K == 0) return default;
        int row = Plan.FirstStrip(run, 0).Strip * MicroKernel.Rows, rows = Math.Min(Plan.M, Plan.FirstStrip(run + 1, 0).Strip * MicroKernel.Rows) - row;
        int words = Plan.FirstInner(inner + 1) - Plan.FirstInner(inner), lines = words * Simd.LineFloats;
        if (A.Transposed) return new(A.From(row, Plan.FirstInner(block) * P.PerWord).Data, A.Stride * P.PerWord, Simd.LineFloats, (rows + Simd.LineFloats - 1) / Simd.LineFloats);
        long length = rows * A.Stride / Plan.InnerBlocks;
        return rows * A.Stride > MostAhead ? default : new(A.From(row, 0).Data + inner * length, Simd.LineFloats, lines, (int)((length + lines - 1) / lines));
    }

    readonly void PackStrips(int first, int last, int firstWord, int words, float* strips)
    {
        int row = first * MicroKernel.Rows, firstK = firstWord * P.PerWord;
        Packing.Strips<P>(A.From(row, firstK), Math.Min(Plan.M, last * MicroKernel.Rows) - row, Math.Min(words * P.PerWord, K - firstK), strips, Plan.StripStride);
    }

    readonly void PackPanel(int p, int firstWord, int words, float* panel)
    {
        int firstK = firstWord * P.PerWord;
        Packing.Panel<P>(Panels.Matrix.From(firstK, Plan.Panels.First(p)), Plan.Panels.Valid(p), Math.Min(words * P.PerWord, K - firstK), Plan.Panels.Width(p), panel);
    }

    /// <summary>Asks for the memory that the epilogue of a tile needs: rows too far apart for the processor to guess.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    /// <summary>Where things lie in a part's scratch, in floats.</summary>
    readonly struct Layout
    {
        public readonly long Strips, Tiles, Panel, Transposed, Total;

        public Layout(in ProductPlan plan, bool rowsStay, bool packsPanels, bool turned)
        {
            var scratch = new ScratchPlan();
            Strips = scratch.Add(rowsStay ? 0 : plan.StripsFloats);
            Tiles = scratch.Add(plan.TilesFloats);
            Panel = scratch.Add(packsPanels ? plan.PanelFloats : 0);
            Transposed = scratch.Add(turned ? plan.TileFloats : 0);
            Total = scratch.Total;
        }
    }
}
