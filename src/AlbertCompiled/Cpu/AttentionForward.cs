using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>
/// The forward pass of one head of one sequence. Keys and values are packed once; then eight queries at a time meet all keys,
/// their scores become probabilities in place and meet the values.
/// </summary>
unsafe struct AttentionForward<V, P> : IScratchJob where V : struct, ISimd<V> where P : struct, IPrecision
{
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
        float* inverses = stackalloc float[MicroKernel.Rows];
        for (int i = 0; i < length; i += MicroKernel.Rows)
        {
            int rows = Math.Min(MicroKernel.Rows, length - i);
            Heads.Ahead(part, i, MicroKernel.Rows);
            Packing.Strip<P>(Heads.Part(0, start + i, head), rows, size, scratch + at.Queries);
            PackedBlock.Multiply<V, P>(scratch + at.Queries, scratch + at.KeyPanels, at.Keys, size, scratch + at.Scores, at.ScoreStride, accumulate: false);
            for (int r = 0; r < rows; r++)
                inverses[r] = Softmax(scratch + at.Scores + r * at.ScoreStride, length, start + i + r, head);
            Packing.Strip<P>(new Matrix(scratch + at.Scores, at.ScoreStride), rows, length, scratch + at.Probabilities);
            int stride = at.Columns.First(at.Columns.Count);
            PackedBlock.Multiply<V, P>(scratch + at.Probabilities, scratch + at.ValuePanels, at.Columns, length, scratch + at.Result, stride, accumulate: false);
            for (int r = 0; r < rows; r++)
                PackedBlock.CopyRow<V>(scratch + at.Result + r * stride, inverses[r], Context + (start + i + r) * ContextStride + Heads.Column(head), size);
        }
    }

    /// <summary>Turns a row of products q · k into dropped-out probabilities but for a common factor, which it returns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    readonly float Softmax(float* row, int length, int tokenRow, int head)
    {
        // The row is scratch and longer than its sequence: no tails. −∞ contributes nothing.
        for (int c = length; c % V.Count != 0; c++) row[c] = float.NegativeInfinity;
        V scale = Heads.Scale, largest = float.NegativeInfinity, sum = 0f;
        for (int c = 0; c < length; c += V.Count) largest = V.Max(largest, V.Load(row + c));
        float max = largest.Maximum() * Heads.Scale;
        V shift = -max;
        if (Heads.Drops)
        {
            uint rowKey = Heads.RowKey(tokenRow, head), threshold = Heads.Threshold;
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

        float total = sum.Sum();
        LogSum[tokenRow * LogSumStride + head] = max + MathF.Log(total);
        return 1 / total;
    }
}
