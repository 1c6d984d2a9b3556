namespace AlbertCompiled.Tests.Gpu;

/// <summary>Attention and its gradient, as the formulas say.</summary>
sealed class AttentionReference
{
    public double[] Context { get; }

    public double[] LogSum { get; }

    public double[] Gradient { get; }

    public AttentionReference(float[] qkv, float[] outer, int[] starts, int heads, int size, double probability, uint key)
    {
        int tokens = starts[^1], hidden = heads * size;
        Context = new double[tokens * hidden];
        LogSum = new double[tokens * heads];
        Gradient = new double[tokens * 3 * hidden];
        uint threshold = CounterRandom.Threshold(probability);
        double scale = 1 / Math.Sqrt(size);
        for (int s = 0; s + 1 < starts.Length; s++)
        {
            for (int h = 0; h < heads; h++)
            {
                for (int i = starts[s]; i < starts[s + 1]; i++)
                {
                    int length = starts[s + 1] - starts[s];
                    double Dot(float[] x, int row, float[] y, int other) => Enumerable.Range(0, size).Sum(c => (double)x[row + c] * y[other + c]);
                    int At(int row, int section) => row * 3 * hidden + section * hidden + h * size;
                    var scores = Enumerable.Range(starts[s], length).Select(j => scale * Dot(qkv, At(i, 0), qkv, At(j, 1))).ToArray();
                    double max = scores.Max(), sum = scores.Sum(x => Math.Exp(x - max));
                    LogSum[i * heads + h] = max + Math.Log(sum);
                    var mask = Enumerable.Range(0, length).Select(j =>
                        CounterRandom.Bits(CounterRandom.RowKey(key, i * heads + h), j) >= threshold ? 1 / (1 - probability) : 0).ToArray();
                    var weights = scores.Select(x => Math.Exp(x - max) / sum).ToArray();
                    var dWeights = new double[length];
                    for (int j = 0; j < length; j++)
                    {
                        for (int c = 0; c < size; c++)
                        {
                            double d = outer[i * hidden + h * size + c], v = qkv[At(starts[s] + j, 2) + c];
                            Context[i * hidden + h * size + c] += weights[j] * mask[j] * v;
                            Gradient[At(starts[s] + j, 2) + c] += weights[j] * mask[j] * d;
                            dWeights[j] += mask[j] * d * v;
                        }
                    }

                    double delta = weights.Zip(dWeights, (w, d) => w * d).Sum();
                    for (int j = 0; j < length; j++)
                    {
                        double dScore = weights[j] * (dWeights[j] - delta) * scale;
                        for (int c = 0; c < size; c++)
                        {
                            Gradient[At(i, 0) + c] += dScore * qkv[At(starts[s] + j, 1) + c];
                            Gradient[At(starts[s] + j, 1) + c] += dScore * qkv[At(i, 0) + c];
                        }
                    }
                }
            }
        }
    }
}
