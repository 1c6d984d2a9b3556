namespace AlbertCompiled.Cpu;

/// <summary>
/// Multi-head self-attention over packed sequences: softmax(q · kᵀ / √headSize), dropout, · v, within each sequence.
/// A head of a sequence is computed by one thread; scores are never stored beyond a block of queries.
/// </summary>
public static unsafe class Attention
{
    /// <summary>The forward pass.</summary>
    /// <typeparam name="V">The vector to compute with.</typeparam>
    /// <typeparam name="P">What queries, keys, values, probabilities and gradients are rounded to where they are multiplied.</typeparam>
    /// <param name="team">The threads.</param>
    /// <param name="qkv">[tokens, q | k | v], each heads · headSize columns.</param>
    /// <param name="qkvStride">Floats from one row to the next.</param>
    /// <param name="context">[tokens, heads · headSize]: the result.</param>
    /// <param name="contextStride">Floats from one row to the next.</param>
    /// <param name="logSum">[tokens, heads]: ln Σ exp of the scaled scores, for the backward pass.</param>
    /// <param name="logSumStride">Floats from one row to the next.</param>
    /// <param name="starts">[sequences + 1] first row of each sequence, then the number of tokens.</param>
    /// <param name="sequences">Sequences, of any length.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="headSize">Columns of a head.</param>
    /// <param name="key">Key of the dropout site (<see cref="CounterRandom.Key"/>); row = query row · heads + head, column = key position within the sequence.</param>
    /// <param name="dropout">Probability of dropping, 0 for none.</param>
    public static void Forward<V, P>(
        ThreadTeam team, float* qkv, long qkvStride, float* context, long contextStride, float* logSum, long logSumStride,
        int* starts, int sequences, int heads, int headSize, uint key = 0, double dropout = 0)
        where V : struct, ISimd<V> where P : struct, IPrecision
    {
        var job = new AttentionForward<V, P>
        {
            Heads = new(qkv, qkvStride, starts, sequences, heads, headSize, key, dropout),
            Context = context,
            ContextStride = contextStride,
            LogSum = logSum,
            LogSumStride = logSumStride,
        };
        team.Run(job, sequences * heads, job.Heads.Largest(&AttentionForward<V, P>.Scratch));
    }

    /// <summary>The backward pass: overwrites <paramref name="qkvGradient"/>.</summary>
    /// <typeparam name="V">The vector to compute with.</typeparam>
    /// <typeparam name="P">What queries, keys, values, probabilities and gradients are rounded to where they are multiplied.</typeparam>
    /// <param name="team">The threads.</param>
    /// <param name="qkv">[tokens, q | k | v] of the forward pass.</param>
    /// <param name="qkvStride">Floats from one row to the next.</param>
    /// <param name="context">[tokens, heads · headSize]: the forward pass's result.</param>
    /// <param name="contextStride">Floats from one row to the next.</param>
    /// <param name="logSum">[tokens, heads] of the forward pass.</param>
    /// <param name="logSumStride">Floats from one row to the next.</param>
    /// <param name="gradient">[tokens, heads · headSize]: ∂loss/∂context.</param>
    /// <param name="gradientStride">Floats from one row to the next.</param>
    /// <param name="qkvGradient">[tokens, q | k | v]: ∂loss/∂qkv.</param>
    /// <param name="qkvGradientStride">Floats from one row to the next.</param>
    /// <param name="starts">[sequences + 1] first row of each sequence, then the number of tokens.</param>
    /// <param name="sequences">Sequences, of any length.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="headSize">Columns of a head.</param>
    /// <param name="key">Key of the dropout site, as in the forward pass.</param>
    /// <param name="dropout">Probability of dropping, as in the forward pass.</param>
    public static void Backward<V, P>(
        ThreadTeam team, float* qkv, long qkvStride, float* context, long contextStride, float* logSum, long logSumStride,
        float* gradient, long gradientStride, float* qkvGradient, long qkvGradientStride,
        int* starts, int sequences, int heads, int headSize, uint key = 0, double dropout = 0)
        where V : struct, ISimd<V> where P : struct, IPrecision
    {
        var job = new AttentionBackward<V, P>
        {
            Heads = new(qkv, qkvStride, starts, sequences, heads, headSize, key, dropout),
            Context = context,
            ContextStride = contextStride,
            LogSum = logSum,
            LogSumStride = logSumStride,
            Gradient = gradient,
            GradientStride = gradientStride,
            QkvGradient = qkvGradient,
            QkvGradientStride = qkvGradientStride,
        };
        team.Run(job, sequences * heads, job.Heads.Largest(&AttentionBackward<V, P>.Scratch));
    }
}
