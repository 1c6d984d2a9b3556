namespace AlbertCompiled.Bench;

/// <summary>Random attention of a packed batch and its gradient in float64, from inputs rounded to bfloat16.</summary>
internal sealed class AttentionReference
{
    public AttentionReference(int[] lengths, int heads, int headSize, uint key, uint threshold, int seed)
    {
        (Lengths, Heads, HeadSize, Hidden) = (lengths, heads, headSize, heads * headSize);
        Starts = new int[lengths.Length + 1];
        for (int s = 0; s < lengths.Length; s++) Starts[s + 1] = Starts[s] + lengths[s];
        Tokens = Starts[^1];
        var random = new Random(seed);
        Projections = Random(random, Tokens * 3 * Hidden, 1.5f);
        Gradient = Random(random, Tokens * Hidden, 1f);
        (Context, LogSum, Delta, Result) = (new double[Tokens * Hidden], new double[Tokens * heads], new double[Tokens * heads], new double[Tokens * 3 * Hidden]);
        for (int s = 0; s < lengths.Length; s++)
            for (int h = 0; h < heads; h++) Compute(Starts[s], lengths[s], h, key, threshold);
    }

    public int[] Lengths { get; }

    public int[] Starts { get; }

    public int Heads { get; }

    public int HeadSize { get; }

    public int Hidden { get; }

    public int Tokens { get; }

    /// <summary>[tokens, 3·hidden] bfloat16 bits.</summary>
    public ushort[] Projections { get; }

    /// <summary>[tokens, hidden] bfloat16 bits of ∂context.</summary>
    public ushort[] Gradient { get; }

    public double[] Context { get; }

    public double[] LogSum { get; }

    public double[] Delta { get; }

    public double[] Result { get; }

    public static ushort Round(double value)
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)value);
        return (ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16);
    }

    public static double Value(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    static ushort[] Random(Random random, int length, float scale)
    {
        var values = new ushort[length];
        for (int i = 0; i < length; i++)
        {
            double u = 1 - random.NextDouble(), v = random.NextDouble();
            values[i] = Round(scale * Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v));
        }

        return values;
    }

    void Compute(int start, int length, int head, uint key, uint threshold)
    {
        double keepScale = threshold == 0 ? 1 : 1 / (1 - threshold / 4294967296.0);
        double scale = 1 / Math.Sqrt(HeadSize);
        int column = head * HeadSize;
        double[] q = Gather(Projections, 3 * Hidden, column), k = Gather(Projections, 3 * Hidden, Hidden + column), v = Gather(Projections, 3 * Hidden, 2 * Hidden + column), g = Gather(Gradient, Hidden, column);
        var (dq, dk, dv) = (new double[q.Length], new double[q.Length], new double[q.Length]);
        var (weights, masks) = (new double[length], new double[length]);
        var context = new double[HeadSize];
        for (int i = 0; i < length; i++)
        {
            uint rowKey = CounterRandom.RowKey(key, (start + i) * Heads + head);
            double largest = double.NegativeInfinity, sum = 0;
            for (int j = 0; j < length; j++)
            {
                weights[j] = Dot(q, i, k, j) * scale;
                masks[j] = threshold == 0 || CounterRandom.Bits(rowKey, j) >= threshold ? keepScale : 0;
                largest = Math.Max(largest, weights[j]);
            }

            for (int j = 0; j < length; j++) sum += weights[j] = Math.Exp(weights[j] - largest);
            Array.Clear(context);
            for (int j = 0; j < length; j++)
            {
                weights[j] /= sum;
                for (int c = 0; c < HeadSize; c++) context[c] += weights[j] * masks[j] * v[j * HeadSize + c];
            }

            double delta = 0;
            for (int c = 0; c < HeadSize; c++)
            {
                Context[(start + i) * Hidden + column + c] = context[c];
                delta += context[c] * g[i * HeadSize + c];
            }

            LogSum[(start + i) * Heads + head] = largest + Math.Log(sum);
            Delta[(start + i) * Heads + head] = delta;
            for (int j = 0; j < length; j++)
            {
                double score = weights[j] * (masks[j] * Dot(g, i, v, j) - delta) * scale, weight = weights[j] * masks[j];
                for (int c = 0; c < HeadSize; c++)
                {
                    dq[i * HeadSize + c] += score * k[j * HeadSize + c];
                    dk[j * HeadSize + c] += score * q[i * HeadSize + c];
                    dv[j * HeadSize + c] += weight * g[i * HeadSize + c];
                }
            }
        }

        for (int i = 0; i < length; i++)
        {
            for (int c = 0; c < HeadSize; c++)
            {
                int at = (start + i) * 3 * Hidden + column + c;
                (Result[at], Result[at + Hidden], Result[at + 2 * Hidden]) = (dq[i * HeadSize + c], dk[i * HeadSize + c], dv[i * HeadSize + c]);
            }
        }

        double[] Gather(ushort[] matrix, int stride, int first)
        {
            var rows = new double[length * HeadSize];
            for (int i = 0; i < length; i++)
                for (int c = 0; c < HeadSize; c++) rows[i * HeadSize + c] = Value(matrix[(start + i) * stride + first + c]);
            return rows;
        }
    }

    double Dot(double[] a, int i, double[] b, int j)
    {
        double sum = 0;
        for (int c = 0; c < HeadSize; c++) sum += a[i * HeadSize + c] * b[j * HeadSize + c];
        return sum;
    }
}
