namespace AlbertCompiled.Cpu.Scalar;

/// <summary>Attention as its formulas say, in double precision: the twin of <see cref="AttentionForward{V, P}"/> and <see cref="AttentionBackward{V, P}"/>.</summary>
static class ScalarAttention
{
    /// <summary>Context [tokens, heads · headSize] and log-sums [tokens, heads], without gaps.</summary>
    public static (double[] Context, double[] LogSum) Forward(double[] qkv, int[] starts, int heads, int headSize, uint key, double dropout)
    {
        int width = heads * headSize, tokens = starts[^1];
        var context = new double[tokens * width];
        var logSum = new double[tokens * heads];
        for (int s = 0; s + 1 < starts.Length; s++)
            for (int h = 0; h < heads; h++)
                for (int i = starts[s]; i < starts[s + 1]; i++)
                {
                    int length = starts[s + 1] - starts[s];
                    var scores = new double[length];
                    for (int j = 0; j < length; j++)
                        scores[j] = Dot(qkv, i * 3 * width + h * headSize, qkv, (starts[s] + j) * 3 * width + width + h * headSize, headSize) / Math.Sqrt(headSize);
                    double max = scores.Max();
                    double total = max + Math.Log(scores.Sum(x => Math.Exp(x - max)));
                    logSum[i * heads + h] = total;
                    for (int j = 0; j < length; j++)
                        for (int c = 0; c < headSize; c++)
                            context[i * width + h * headSize + c] +=
                                Mask(key, i * heads + h, j, dropout) * Math.Exp(scores[j] - total) * qkv[(starts[s] + j) * 3 * width + 2 * width + h * headSize + c];
                }

        return (context, logSum);
    }

    /// <summary>∂/∂qkv [tokens, 3 · heads · headSize].</summary>
    public static double[] Backward(double[] qkv, double[] gradient, int[] starts, int heads, int headSize, uint key, double dropout)
    {
        int width = heads * headSize;
        var (context, logSum) = Forward(qkv, starts, heads, headSize, key, dropout);
        var result = new double[qkv.Length];
        for (int s = 0; s + 1 < starts.Length; s++)
            for (int h = 0; h < heads; h++)
                for (int i = starts[s]; i < starts[s + 1]; i++)
                    for (int j = starts[s]; j < starts[s + 1]; j++)
                    {
                        int q = i * 3 * width + h * headSize, k = j * 3 * width + width + h * headSize, v = k + width, row = i * width + h * headSize;
                        double mask = Mask(key, i * heads + h, j - starts[s], dropout);
                        double p = Math.Exp(Dot(qkv, q, qkv, k, headSize) / Math.Sqrt(headSize) - logSum[i * heads + h]);
                        double ds = p * (mask * Dot(gradient, row, qkv, v, headSize) - Dot(gradient, row, context, row, headSize)) / Math.Sqrt(headSize);
                        for (int c = 0; c < headSize; c++)
                        {
                            result[q + c] += ds * qkv[k + c];
                            result[k + c] += ds * qkv[q + c];
                            result[v + c] += mask * p * gradient[row + c];
                        }
                    }

        return result;
    }

    static double Dot(double[] a, int i, double[] b, int j, int length)
    {
        double sum = 0;
        for (int c = 0; c < length; c++) sum += a[i + c] * b[j + c];
        return sum;
    }

    static double Mask(uint key, int row, int column, double dropout) =>
        dropout == 0 ? 1 : CounterRandom.Bits(CounterRandom.RowKey(key, row), column) >= CounterRandom.Threshold(dropout) ? 1 / (1 - dropout) : 0;
}
