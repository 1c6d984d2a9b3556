using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>
/// The forward pass of one head of one sequence. Keys and values are packed once; then eight queries at a time meet all keys,
/// their scores become probabilities in place and meet the values.
/// </summary>
unsafe struct AttentionForward<V, P> : IScratchJob where V : struct, ISimd<V> where P : struct, IPrecision
{
    /// <summary>Numbers of the rows of a strip, in whole vectors of any width.</summary>
    const int RowSlots = 16;

    public AttentionHeads Heads;
    public float* Context, LogSum;
    public long ContextStride, LogSumStride;

    /// <summary>Where things lie in scratch, in floats.</summary>
    readonly struct Layout
    {
        public readonly Panels Keys, Columns;
        public readonly long ScoreStride, KeyPanels, ValuePanels, Queries, Scores, Probabilities, Result, Total;

        public Layout(int length, int headSize)
        {
            Keys = new(length, V.Count);
            Columns = new(headSize, V.Count);
            ScoreStride = Keys.First(Keys.Count) + 16;
            var plan = new ScratchPlan();
            KeyPanels = plan.Add(PackedBlock.Floats<P>(Keys, headSize));
            ValuePanels = plan.Add(PackedBlock.Floats<P>(Columns, length));
            Queries = plan.Add(MicroKernel.Rows * Packing.Words<P>(headSize));
            Scores = plan.Add(MicroKernel.Rows * ScoreStride);
            Probabilities = plan.Add(MicroKernel.Rows * Packing.Words<P>(length));
            Result = plan.Add(MicroKernel.Rows * Columns.First(Columns.Count));
            Total = plan.Total;
        }
    }

    /// <summary>Two products; queries, keys, values and the context.</summary>
    public readonly JobCost Cost => Heads.Cost(products: 2, matrices: 4);

    public override readonly string ToString() => "attention";

    /// <summary>Scratch for a sequence of this length.</summary>
    public static long Scratch(int length, int headSize) => length == 0 ? 0 : new Layout(length, headSize).Total;

    public readonly void Run(int part, float* scratch)
    {
        int sequence = part / Heads.Heads, head = part % Heads.Heads, length = Heads.Length(sequence), start = Heads.Start(sequence), size = Heads.HeadSize;
        if (length == 0) return;
        var at = new Layout(length, size);
        var keys = Heads.Part(1, start, head);
        PackedBlock.Pack<P>(new Matrix(keys.Data, keys.Stride, transposed: true), at.Keys, size, scratch + at.KeyPanels);
        PackedBlock.Pack<P>(Heads.Part(2, start, head), at.Columns, length, scratch + at.ValuePanels);
        float* factors = stackalloc float[RowSlots];
        for (int next = 0; next < length; next += MicroKernel.Rows)
        {
            // A last strip that is not whole begins earlier: its first rows are computed again, to the same bits.
            int i = next, rows = Math.Min(MicroKernel.Rows, length - i), again = Math.Min(Strip.RowsFor(rows) - rows, i);
            i -= again;
            rows += again;
            Heads.Ahead(part, 0, i);
            var queries = PackedBlock.Rows<P>(Heads.Part(0, start + i, head), rows, size, scratch + at.Queries);
            PackedBlock.Multiply<V, P>(queries, scratch + at.KeyPanels, at.Keys, size, scratch + at.Scores, at.ScoreStride, accumulate: false);
            Heads.Ahead(part, 1, i);
            Softmax(scratch + at.Scores, at.ScoreStride, rows, length, start + i, head, factors);
            var probabilities = PackedBlock.Rows<P>(new Matrix(scratch + at.Scores, at.ScoreStride), rows, length, scratch + at.Probabilities);
            Heads.Ahead(part, 2, i);
            int stride = at.Columns.First(at.Columns.Count);
            PackedBlock.Multiply<V, P>(probabilities, scratch + at.ValuePanels, at.Columns, length, scratch + at.Result, stride, accumulate: false);
            for (int r = 0; r < rows; r++)
                PackedBlock.CopyRow<V>(scratch + at.Result + r * stride, factors[r], Context + (start + i + r) * ContextStride + Heads.Column(head), size);
        }
    }

    /// <summary>
    /// Turns rows of products q · k into dropped-out probabilities but for a factor of each row, which it leaves in <paramref name="factors"/>.
    /// What waits for the sum over a row's lanes is done for all rows before the next step, so that the waits overlap.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    readonly void Softmax(float* scores, long stride, int rows, int length, int tokenRow, int head, float* factors)
    {
        V scale = Heads.Scale;
        float* maxima = stackalloc float[RowSlots], sums = stackalloc float[RowSlots], tail = stackalloc float[RowSlots];
        int last = (length - 1) / V.Count * V.Count;
        for (int c = 0; c < V.Count; c++) tail[c] = last + c < length ? 0 : float.NegativeInfinity;
        for (int r = 0; r < rows; r++)
        {
            // The row is scratch and longer than its sequence, its last scores 0: −∞ contributes nothing.
            float* row = scores + r * stride;
            (V.Load(row + last) + V.Load(tail)).Store(row + last);
            V largest = float.NegativeInfinity;
            for (int c = 0; c < length; c += V.Count) largest = V.MaxNative(largest, V.Load(row + c));
            maxima[r] = largest.Maximum() * Heads.Scale;
        }

        for (int r = 0; r < rows; r++)
        {
            float* row = scores + r * stride;
            V shift = -maxima[r], sum = 0f;
            if (Heads.Drops)
            {
                uint rowKey = Heads.RowKey(tokenRow + r, head), threshold = Heads.Threshold;
                float keepScale = Heads.KeepScale;
                for (int c = 0; c < length; c += V.Count)
                {
                    var e = V.Exp(V.MultiplyAdd(V.Load(row + c), scale, shift));
                    sum += e;
                    (e * V.KeepMask(rowKey, c, threshold, keepScale)).Store(row + c);
                }
            }
            else
            {
                for (int c = 0; c < length; c += V.Count)
                {
                    var e = V.Exp(V.MultiplyAdd(V.Load(row + c), scale, shift));
                    sum += e;
                    e.Store(row + c);
                }
            }

            sums[r] = sum.Sum();
        }

        for (int r = 0; r < rows; r += V.Count)
        {
            V sum = V.Load(sums + r);
            (V.Load(maxima + r) + V.Log(sum)).Store(maxima + r);
            (1f / sum).Store(factors + r);
        }

        for (int r = 0; r < rows; r++) LogSum[(tokenRow + r) * LogSumStride + head] = maxima[r];
    }
}
