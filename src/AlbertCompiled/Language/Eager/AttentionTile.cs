namespace AlbertCompiled;

/// <summary>Attention of one head within one sequence: the plain formula, probabilities kept for the way back.</summary>
internal sealed class AttentionTile
{
    readonly double[] qkv;
    readonly int hidden, width, first, length, offset;
    readonly double[] probabilities; // [length, length], before dropout
    readonly double[] mask;          // [length, length], 0 or 1/(1 − p)

    /// <param name="qkv">[tokens, 3·hidden].</param>
    /// <param name="hidden">Hidden size.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="first">First row of the sequence.</param>
    /// <param name="length">Tokens in the sequence.</param>
    /// <param name="head">The head.</param>
    /// <param name="key">Key of the dropout site; null: nothing is dropped.</param>
    /// <param name="dropout">Probability of dropping.</param>
    public AttentionTile(double[] qkv, int hidden, int heads, int first, int length, int head, uint? key, double dropout)
    {
        (this.qkv, this.hidden, this.first, this.length) = (qkv, hidden, first, length);
        width = hidden / heads;
        offset = head * width;
        probabilities = new double[length * length];
        mask = new double[length * length];
        for (int i = 0; i < length; i++)
        {
            Softmax(i);
            for (int j = 0; j < length; j++)
            {
                mask[i * length + j] = key is not { } k ? 1
                    : CounterRandom.Bits(CounterRandom.RowKey(k, (first + i) * heads + head), j) >= CounterRandom.Threshold(dropout) ? 1 / (1 - dropout) : 0;
            }
        }
    }

    /// <summary>[length, length], before dropout. Not a copy.</summary>
    public Tensor Probabilities => new(length, length, probabilities);

    double Scale => 1 / Math.Sqrt(width);

    /// <summary>Adds this head's columns of the result [tokens, hidden].</summary>
    public void Forward(double[] result)
    {
        for (int i = 0; i < length; i++)
            for (int j = 0; j < length; j++)
                for (int c = 0; c < width; c++)
                    result[Out(i) + c] += probabilities[i * length + j] * mask[i * length + j] * qkv[In(j, 2) + c];
    }

    /// <summary>Adds this head's part of ∂loss/∂qkv, given ∂loss/∂result.</summary>
    public void Backward(double[] gradient, double[] sum)
    {
        var weight = new double[length]; // ∂loss/∂probability
        for (int i = 0; i < length; i++)
        {
            double mean = 0;
            for (int j = 0; j < length; j++)
            {
                double p = probabilities[i * length + j], keep = mask[i * length + j], product = 0;
                for (int c = 0; c < width; c++)
                {
                    product += gradient[Out(i) + c] * qkv[In(j, 2) + c];
                    sum[In(j, 2) + c] += gradient[Out(i) + c] * p * keep;
                }

                weight[j] = product * keep;
                mean += p * weight[j];
            }

            for (int j = 0; j < length; j++)
            {
                double score = Scale * probabilities[i * length + j] * (weight[j] - mean);
                for (int c = 0; c < width; c++)
                {
                    sum[In(i, 0) + c] += score * qkv[In(j, 1) + c];
                    sum[In(j, 1) + c] += score * qkv[In(i, 0) + c];
                }
            }
        }
    }

    void Softmax(int i)
    {
        var row = probabilities.AsSpan(i * length, length);
        double maximum = double.NegativeInfinity, total = 0;
        for (int j = 0; j < length; j++)
        {
            for (int c = 0; c < width; c++) row[j] += qkv[In(i, 0) + c] * qkv[In(j, 1) + c];
            row[j] *= Scale;
            maximum = Math.Max(maximum, row[j]);
        }

        foreach (ref double p in row) total += p = Math.Exp(p - maximum);
        foreach (ref double p in row) p /= total;
    }

    /// <summary>Queries (0), keys (1) or values (2) of a position: where this head's columns start.</summary>
    int In(int position, int part) => (first + position) * 3 * hidden + part * hidden + offset;

    int Out(int position) => (first + position) * hidden + offset;
}
