namespace AlbertCompiled.Cpu;

/// <summary>
/// Multi-head self-attention over packed sequences: softmax(q · kᵀ / √headSize), dropout, · v, within each sequence.
/// Row r of qkv is [q | k | v], each heads · headSize columns.
/// </summary>
public static unsafe class Attention
{
    /// <summary>The forward pass.</summary>
    public static void Forward<V>(
        ThreadTeam team, float* qkv, long qkvStride, float* context, long contextStride, float* logSum, long logSumStride,
        int* starts, int sequences, int heads, int headSize, uint key, double dropout) where V : struct, ISimd<V>
    {
        int width = heads * headSize;
        uint threshold = CounterRandom.Threshold(dropout);
        float keep = (float)(1 / (1 - dropout));
        double scale = 1 / Math.Sqrt(headSize);
        for (int s = 0; s < sequences; s++)
            for (int h = 0; h < heads; h++)
                for (int i = starts[s]; i < starts[s + 1]; i++)
                {
                    float* q = qkv + i * qkvStride + h * headSize;
                    int length = starts[s + 1] - starts[s];
                    var scores = new double[length];
                    for (int j = 0; j < length; j++)
                        for (int c = 0; c < headSize; c++) scores[j] += q[c] * (double)qkv[(starts[s] + j) * qkvStride + width + h * headSize + c] * scale;
                    double max = scores.Max(), sum = scores.Sum(x => Math.Exp(x - max));
                    logSum[i * logSumStride + h] = (float)(max + Math.Log(sum));
                    uint rowKey = CounterRandom.RowKey(key, i * heads + h);
                    for (int c = 0; c < headSize; c++)
                    {
                        double total = 0;
                        for (int j = 0; j < length; j++)
                        {
                            double mask = dropout == 0 ? 1 : CounterRandom.Bits(rowKey, j) >= threshold ? keep : 0;
                            total += mask * Math.Exp(scores[j] - max) / sum * qkv[(starts[s] + j) * qkvStride + 2 * width + h * headSize + c];
                        }

                        context[i * contextStride + h * headSize + c] = (float)total;
                    }
                }
    }

    /// <summary>The backward pass.</summary>
    public static void Backward<V>(
        ThreadTeam team, float* qkv, long qkvStride, float* context, long contextStride, float* logSum, long logSumStride,
        float* gradient, long gradientStride, float* qkvGradient, long qkvGradientStride,
        int* starts, int sequences, int heads, int headSize, uint key, double dropout) where V : struct, ISimd<V>
    {
        int width = heads * headSize;
        uint threshold = CounterRandom.Threshold(dropout);
        float keep = (float)(1 / (1 - dropout));
        double scale = 1 / Math.Sqrt(headSize);
        for (int s = 0; s < sequences; s++)
            for (int h = 0; h < heads; h++)
            {
                int length = starts[s + 1] - starts[s];
                float* q = qkv + starts[s] * qkvStride + h * headSize, k = q + width, v = k + width;
                var sums = new double[3, length, headSize];
                for (int i = 0; i < length; i++)
                {
                    int row = starts[s] + i;
                    float* dc = gradient + row * gradientStride + h * headSize, c = context + row * contextStride + h * headSize;
                    double delta = 0;
                    for (int d = 0; d < headSize; d++) delta += dc[d] * (double)c[d];
                    uint rowKey = CounterRandom.RowKey(key, row * heads + h);
                    for (int j = 0; j < length; j++)
                    {
                        double score = 0, dp = 0;
                        for (int d = 0; d < headSize; d++)
                        {
                            score += q[i * qkvStride + d] * (double)k[j * qkvStride + d] * scale;
                            dp += dc[d] * (double)v[j * qkvStride + d];
                        }

                        double mask = dropout == 0 ? 1 : CounterRandom.Bits(rowKey, j) >= threshold ? keep : 0;
                        double p = Math.Exp(score - logSum[row * logSumStride + h]), ds = p * (mask * dp - delta) * scale;
                        for (int d = 0; d < headSize; d++)
                        {
                            sums[0, i, d] += ds * k[j * qkvStride + d];
                            sums[1, j, d] += ds * q[i * qkvStride + d];
                            sums[2, j, d] += mask * p * dc[d];
                        }
                    }
                }

                for (int part = 0; part < 3; part++)
                    for (int i = 0; i < length; i++)
                        for (int d = 0; d < headSize; d++)
                            qkvGradient[(starts[s] + i) * qkvGradientStride + part * width + h * headSize + d] = (float)sums[part, i, d];
            }
    }
}
