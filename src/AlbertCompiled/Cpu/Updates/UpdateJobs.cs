using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>Σ g² of each chunk.</summary>
readonly unsafe struct GradientNormJob<V>(ParameterArena arena, ParameterChunks chunks) : IJob where V : struct, ISimd<V>
{
    readonly ParameterChunk* all = chunks.Chunks;
    readonly double* norms = chunks.FirstNorms;
    readonly ParameterArena arena = arena;
    readonly JobCost cost = chunks.Cost(arenas: 1);

    /// <summary>Gradients.</summary>
    public JobCost Cost => cost;

    public override string ToString() => "gradient norm";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int part)
    {
        float* gradient = arena.Gradient + all[part].Offset;
        int length = all[part].Length, i = 0;
        V sum0 = 0f, sum1 = 0f;
        for (; i <= length - 2 * V.Count; i += 2 * V.Count)
        {
            V g0 = V.Load(gradient + i), g1 = V.Load(gradient + i + V.Count);
            sum0 = V.MultiplyAdd(g0, g0, sum0);
            sum1 = V.MultiplyAdd(g1, g1, sum1);
        }

        double tail = 0;
        for (; i < length; i++) tail += (double)gradient[i] * gradient[i];
        norms[part] = (sum0 + sum1).Sum() + tail;
    }
}

/// <summary>AdamW (Loshchilov and Hutter, 2019): w −= lr · u.</summary>
readonly unsafe struct AdamJob<V>(ParameterArena arena, ParameterChunks chunks, UpdateRule rule) : IJob where V : struct, ISimd<V>
{
    readonly ParameterChunk* all = chunks.Chunks;
    readonly ParameterArena arena = arena;
    readonly UpdateRule rule = rule;
    readonly JobCost cost = chunks.Cost(arenas: 7);

    /// <summary>All four arenas read, all but the gradients written.</summary>
    public JobCost Cost => cost;

    public override string ToString() => "AdamW";

    public void Run(int part) => Step(arena, rule, all[part]);

    /// <summary>A whole step of one chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step(ParameterArena arena, UpdateRule rule, ParameterChunk chunk)
    {
        float decay = rule.Decay(chunk);
        long i = chunk.Offset, end = i + chunk.Length;
        for (; i <= end - V.Count; i += V.Count) Step<V>(arena, rule, i, decay);
        for (; i < end; i++) Step<Lanes1>(arena, rule, i, decay);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Step<W>(in ParameterArena arena, in UpdateRule rule, long i, float decay) where W : struct, ISimd<W>
    {
        rule.MoveMoments<W>(arena, i);
        W value = W.Load(arena.Value + i);
        W.MultiplyAdd(rule.Direction(arena, i, value, decay), -rule.LearningRate, value).Store(arena.Value + i);
    }
}

/// <summary>LAMB's first pass (You et al., 2020): moments, and the squared norms of weights and directions. Vectors, which do not adapt, are done here.</summary>
readonly unsafe struct LambMomentsJob<V>(ParameterArena arena, ParameterChunks chunks, UpdateRule rule) : IJob where V : struct, ISimd<V>
{
    readonly ParameterChunk* all = chunks.Chunks;
    readonly double* weightNorms = chunks.FirstNorms, updateNorms = chunks.SecondNorms;
    readonly ParameterArena arena = arena;
    readonly UpdateRule rule = rule;
    readonly JobCost cost = chunks.Cost(arenas: 6);

    /// <summary>All four arenas read, the moments written.</summary>
    public JobCost Cost => cost;

    public override string ToString() => "LAMB, moments";

    public void Run(int part)
    {
        if (all[part].IsVector) AdamJob<V>.Step(arena, rule, all[part]);
        else (weightNorms[part], updateNorms[part]) = Norms(arena, rule, all[part]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static (double Weights, double Updates) Norms(ParameterArena arena, UpdateRule rule, ParameterChunk chunk)
    {
        float decay = rule.Decay(chunk);
        long i = chunk.Offset, end = i + chunk.Length;
        V weights = 0f, updates = 0f;
        for (; i <= end - V.Count; i += V.Count) Add(arena, rule, i, decay, ref weights, ref updates);
        double weightSum = weights.Sum(), updateSum = updates.Sum();
        Lanes1 weightTail = 0f, updateTail = 0f;
        for (; i < end; i++) Add(arena, rule, i, decay, ref weightTail, ref updateTail);
        return (weightSum + weightTail.Value, updateSum + updateTail.Value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<W>(in ParameterArena arena, in UpdateRule rule, long i, float decay, ref W weights, ref W updates) where W : struct, ISimd<W>
    {
        rule.MoveMoments<W>(arena, i);
        W value = W.Load(arena.Value + i), update = rule.Direction(arena, i, value, decay);
        weights = W.MultiplyAdd(value, value, weights);
        updates = W.MultiplyAdd(update, update, updates);
    }
}

/// <summary>LAMB's second pass: w −= lr · ‖w‖/‖u‖ · u for matrices. The direction is computed again: cheaper than a fifth arena.</summary>
readonly unsafe struct LambStepJob<V>(ParameterArena arena, ParameterChunks chunks, UpdateRule rule) : IJob where V : struct, ISimd<V>
{
    readonly ParameterChunk* all = chunks.Chunks;
    readonly float* ratios = chunks.TrustRatios;
    readonly ParameterArena arena = arena;
    readonly UpdateRule rule = rule;
    readonly JobCost cost = chunks.Cost(arenas: 4);

    /// <summary>Weights and moments read, weights written.</summary>
    public JobCost Cost => cost;

    public override string ToString() => "LAMB, step";

    public void Run(int part)
    {
        if (!all[part].IsVector) Step(arena, rule, all[part], rule.LearningRate * ratios[all[part].Parameter]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Step(ParameterArena arena, UpdateRule rule, ParameterChunk chunk, float rate)
    {
        float decay = rule.Decay(chunk);
        long i = chunk.Offset, end = i + chunk.Length;
        for (; i <= end - V.Count; i += V.Count) Step<V>(arena, rule, i, decay, rate);
        for (; i < end; i++) Step<Lanes1>(arena, rule, i, decay, rate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Step<W>(in ParameterArena arena, in UpdateRule rule, long i, float decay, float rate) where W : struct, ISimd<W>
    {
        W value = W.Load(arena.Value + i);
        W.MultiplyAdd(rule.Direction(arena, i, value, decay), -rate, value).Store(arena.Value + i);
    }
}
