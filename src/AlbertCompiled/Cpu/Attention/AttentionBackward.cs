using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>
/// The backward pass of one head of one sequence. With P the probabilities, M the dropout mask, C the context:
/// dV = (P∘M)ᵀ·dC, dS = P∘(M∘(dC·Vᵀ) − δ)/√d with δ = rowsum(dC∘C), dQ = dS·K, dK = dSᵀ·Q (Dao et al., 2022).
/// P is computed again from the log-sums, for a block of queries at a time.
/// </summary>
unsafe struct AttentionBackward<V, P> : IScratchJob where V : struct, ISimd<V> where P : struct, IPrecision
{
    /// <summary>Floats of a block of scores: with as many of their gradients they stay in the second-level cache.</summary>
    const int BlockFloats = 1 << 15;

    const int SmallestBlock = 32, LargestBlock = 128;

    public AttentionHeads Heads;
    public float* Context, LogSum, Gradient, QkvGradient;
    public long ContextStride, LogSumStride, GradientStride, QkvGradientStride;

    /// <summary>Where things lie in scratch, in floats.</summary>
    readonly struct Layout
    {
        public readonly Panels Keys, Columns;
        public readonly int Block;
        public readonly long ScoreStride, ColumnStride;
        public readonly long KeyPanels, ValuePanels, KeyRows, QueryRows, GradientRows, Strip, Scores, ScoreGradients, Tile, Total;

        public Layout(int length, int headSize)
        {
            Keys = new(length, V.Count);
            Columns = new(headSize, V.Count);
            ScoreStride = Keys.First(Keys.Count) + 16;
            ColumnStride = Columns.First(Columns.Count);
            Block = Math.Clamp((int)(BlockFloats / ScoreStride) / MicroKernel.Rows * MicroKernel.Rows, SmallestBlock, LargestBlock);
            var plan = new ScratchPlan();
            KeyPanels = plan.Add(PackedBlock.Floats<P>(Keys, headSize));
            ValuePanels = plan.Add(PackedBlock.Floats<P>(Keys, headSize));
            KeyRows = plan.Add(PackedBlock.Floats<P>(Columns, length));
            QueryRows = plan.Add(PackedBlock.Floats<P>(Columns, Block));
            GradientRows = plan.Add(PackedBlock.Floats<P>(Columns, Block));
            Strip = plan.Add(MicroKernel.Rows * (long)Packing.Words<P>(Math.Max(Block, Math.Max(length, headSize))));
            Scores = plan.Add(Block * ScoreStride);
            ScoreGradients = plan.Add(Block * ScoreStride);
            Tile = plan.Add(MicroKernel.Rows * ColumnStride);
            Total = plan.Total;
        }
    }

    /// <summary>Five products; queries, keys, values, the context, its gradient and three gradients.</summary>
    public readonly JobCost Cost => Heads.Cost(products: 5, matrices: 8);

    public override readonly string ToString() => "attention, gradient";

    /// <summary>Scratch for a sequence of this length.</summary>
    public static long Scratch(int length, int headSize) => length == 0 ? 0 : new Layout(length, headSize).Total;

    public readonly void Run(int part, float* scratch)
    {
        int sequence = part / Heads.Heads, head = part % Heads.Heads, length = Heads.Length(sequence), start = Heads.Start(sequence), size = Heads.HeadSize;
        if (length == 0) return;
        var at = new Layout(length, size);
        Matrix keys = Heads.Part(1, start, head), values = Heads.Part(2, start, head);
        PackedBlock.Pack<P>(new Matrix(keys.Data, keys.Stride, transposed: true), at.Keys, size, scratch + at.KeyPanels);
        PackedBlock.Pack<P>(new Matrix(values.Data, values.Stride, transposed: true), at.Keys, size, scratch + at.ValuePanels);
        PackedBlock.Pack<P>(keys, at.Columns, length, scratch + at.KeyRows);
        for (int first = 0; first < length; first += at.Block)
        {
            int rows = Math.Min(at.Block, length - first);
            PackedBlock.Pack<P>(Heads.Part(0, start + first, head), at.Columns, rows, scratch + at.QueryRows);
            PackedBlock.Pack<P>(GradientOf(start + first, head), at.Columns, rows, scratch + at.GradientRows);
            for (int i = 0; i < rows; i += MicroKernel.Rows)
            {
                Heads.Ahead(part, 0, first + i);
                Queries(at, scratch, part, length, start + first + i, Math.Min(MicroKernel.Rows, rows - i), head, i * at.ScoreStride);
                Heads.Ahead(part, 1, first + i);
            }

            for (int j = 0; j < length; j += MicroKernel.Rows)
            {
                int keyRows = Math.Min(MicroKernel.Rows, length - j);
                if (first == 0) Heads.Ahead(part, j, Gradient, GradientStride);
                var scores = PackedBlock.Rows<P>(new Matrix(scratch + at.Scores + j, at.ScoreStride, transposed: true), keyRows, rows, scratch + at.Strip);
                Product(at, scratch, scores, scratch + at.GradientRows, rows, part: 2, start + j, keyRows, head, first > 0);
                if (first == 0) Heads.Ahead(part, j, Context, ContextStride);
                var scoreGradients = PackedBlock.Rows<P>(new Matrix(scratch + at.ScoreGradients + j, at.ScoreStride, transposed: true), keyRows, rows, scratch + at.Strip);
                Product(at, scratch, scoreGradients, scratch + at.QueryRows, rows, part: 1, start + j, keyRows, head, first > 0);
            }
        }
    }

    /// <summary>Up to eight queries: their rows of P∘M and dS, and dQ.</summary>
    readonly void Queries(in Layout at, float* scratch, int part, int length, int row, int rows, int head, long block)
    {
        int size = Heads.HeadSize;
        float* strip = scratch + at.Strip, scores = scratch + at.Scores + block, scoreGradients = scratch + at.ScoreGradients + block;
        float* deltas = stackalloc float[MicroKernel.Rows];
        for (int r = 0; r < rows; r++) deltas[r] = PackedBlock.Dot<V>(GradientOf(row + r, head).Data, Context + (row + r) * ContextStride + Heads.Column(head), size);
        PackedBlock.Multiply<V, P>(PackedBlock.Rows<P>(Heads.Part(0, row, head), rows, size, strip), scratch + at.KeyPanels, at.Keys, size, scores, at.ScoreStride, accumulate: false);
        Heads.Ahead(part, 2, row - Heads.Start(part / Heads.Heads));
        PackedBlock.Multiply<V, P>(PackedBlock.Rows<P>(GradientOf(row, head), rows, size, strip), scratch + at.ValuePanels, at.Keys, size, scoreGradients, at.ScoreStride, accumulate: false);
        for (int r = 0; r < rows; r++) Differentiate(scores + r * at.ScoreStride, scoreGradients + r * at.ScoreStride, length, row + r, head, deltas[r]);

        Product(at, scratch, PackedBlock.Rows<P>(new Matrix(scoreGradients, at.ScoreStride), rows, length, strip), scratch + at.KeyRows, length, part: 0, row, rows, head, accumulate: false);
    }

    /// <summary>A row of products q · k becomes P∘M, a row of dC · v becomes dS.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    readonly void Differentiate(float* scores, float* gradients, int length, int row, int head, float delta)
    {
        // Both rows are scratch and longer than the sequence; what is computed behind it is never read.
        V scale = Heads.Scale, shift = -LogSum[row * LogSumStride + head], offset = -delta;
        if (Heads.Drops)
        {
            uint rowKey = Heads.RowKey(row, head), threshold = Heads.Threshold;
            float keepScale = Heads.KeepScale;
            for (int c = 0; c < length; c += V.Count)
            {
                var p = V.Exp(V.MultiplyAdd(V.Load(scores + c), scale, shift));
                var mask = V.KeepMask(rowKey, c, threshold, keepScale);
                (p * mask).Store(scores + c);
                (p * scale * V.MultiplyAdd(mask, V.Load(gradients + c), offset)).Store(gradients + c);
            }
        }
        else
        {
            for (int c = 0; c < length; c += V.Count)
            {
                var p = V.Exp(V.MultiplyAdd(V.Load(scores + c), scale, shift));
                p.Store(scores + c);
                (p * scale * (V.Load(gradients + c) + offset)).Store(gradients + c);
            }
        }
    }

    readonly Matrix GradientOf(int row, int head) => new(Gradient + row * GradientStride + Heads.Column(head), GradientStride);

    /// <summary>Rows of dQ (0), dK (1) or dV (2) = strip · panels, or += it.</summary>
    readonly void Product(in Layout at, float* scratch, Strip strip, float* panels, int inner, int part, int row, int rows, int head, bool accumulate)
    {
        int size = Heads.HeadSize;
        float* target = QkvGradient + row * QkvGradientStride + part * Heads.Width + Heads.Column(head), tile = scratch + at.Tile;
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < size; c += Simd.LineFloats) Simd.Prefetch(target + r * QkvGradientStride + c);
        if (rows == MicroKernel.Rows && size == at.ColumnStride)
        {
            PackedBlock.Multiply<V, P>(strip, panels, at.Columns, inner, target, QkvGradientStride, accumulate);
            return;
        }

        // The kernel writes eight rows of whole vectors, which here are more than there are.
        if (accumulate)
            for (int r = 0; r < rows; r++) PackedBlock.CopyRow<V>(target + r * QkvGradientStride, 1, tile + r * at.ColumnStride, size);
        PackedBlock.Multiply<V, P>(strip, panels, at.Columns, inner, tile, at.ColumnStride, accumulate);
        for (int r = 0; r < rows; r++) PackedBlock.CopyRow<V>(tile + r * at.ColumnStride, 1, target + r * QkvGradientStride, size);
    }
}
