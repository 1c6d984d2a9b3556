using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>The four arenas, and the weights once more as matrix products read them.</summary>
internal struct ParameterViews
{
    public ArrayView<float> Value, Gradient, First, Second;

    /// <summary>The values rounded; empty if no program wants them.</summary>
    public ArrayView<BFloat16> Rounded;

    /// <summary>Writes one weight and what is kept of it besides.</summary>
    public readonly void Write(long i, float value)
    {
        Value[i] = value;
        if (Rounded.Length > 0) Rounded[i] = BFloat16.Of(value);
    }

    /// <summary>Moves the moments of one weight.</summary>
    public readonly void MoveMoments(UpdateRule rule, float clip, long i)
    {
        float gradient = Gradient[i] * clip;
        First[i] = First[i] * rule.Beta1 + gradient * rule.Gain1;
        Second[i] = Second[i] * rule.Beta2 + gradient * gradient * rule.Gain2;
    }

    /// <summary>The direction of one weight: m / (√v + ε) + decay · w.</summary>
    public readonly float Direction(UpdateRule rule, int isVector, long i)
    {
        float direction = First[i] * rule.Correction1 / (GpuMath.Sqrt(Second[i] * rule.Correction2) + rule.Epsilon);
        return isVector != 0 ? direction : direction + rule.Decay * Value[i];
    }
}

/// <summary>Σ g² of each segment.</summary>
internal struct GradientNormKernel : IGpuKernel
{
    public ArrayView<float> Gradient, Partials;
    public ArrayView<Segment> Segments;

    /// <inheritdoc/>
    public readonly void Run()
    {
        var segment = Segments[Grid.IdxX];
        float sum = 0f;
        for (int i = Group.IdxX; i < segment.Length; i += Group.DimX)
        {
            float g = Gradient[segment.Offset + i];
            sum += g * g;
        }

        sum = GroupReduce.Sum(sum);
        if (Group.IdxX == 0) Partials[Grid.IdxX] = sum;
    }
}

/// <summary>norm[0] = √Σ partials, by one group.</summary>
internal struct NormTotalKernel : IGpuKernel
{
    public ArrayView<float> Partials, Norm;
    public int Count;

    /// <inheritdoc/>
    public readonly void Run()
    {
        float sum = 0f;
        for (int i = Group.IdxX; i < Count; i += Group.DimX) sum += Partials[i];
        sum = GroupReduce.Sum(sum);
        if (Group.IdxX == 0) Norm[0] = GpuMath.Sqrt(sum);
    }
}

/// <summary>
/// AdamW (Loshchilov and Hutter, 2019): w −= lr · u. For LAMB (You et al., 2020) its vectors only, which do not adapt; its matrices
/// get their moments and leave the squared norms of weights and directions.
/// </summary>
internal struct MomentsKernel : IGpuKernel
{
    public ParameterViews Parameters;
    public ArrayView<Segment> Segments;
    public ArrayView<float> Norm, WeightNorms, UpdateNorms, RuleValues;
    public int Adapts;

    /// <inheritdoc/>
    public readonly void Run()
    {
        var segment = Segments[Grid.IdxX];
        var rule = UpdateRule.Load(RuleValues);
        float clip = rule.Clip(Norm[0]), weights = 0f, updates = 0f;
        bool adapts = Adapts != 0 && segment.IsVector == 0;
        for (int i = Group.IdxX; i < segment.Length; i += Group.DimX)
        {
            long at = segment.Offset + i;
            Parameters.MoveMoments(rule, clip, at);
            float update = Parameters.Direction(rule, segment.IsVector, at), value = Parameters.Value[at];
            if (!adapts) Parameters.Write(at, value - rule.LearningRate * update);
            weights += value * value;
            updates += update * update;
        }

        if (!adapts) return;
        weights = GroupReduce.Sum(weights);
        updates = GroupReduce.Sum(updates);
        if (Group.IdxX == 0)
        {
            WeightNorms[Grid.IdxX] = weights;
            UpdateNorms[Grid.IdxX] = updates;
        }
    }
}

/// <summary>‖w‖ / ‖u‖ of each parameter, 1 if either is 0: a group each.</summary>
internal struct TrustRatioKernel : IGpuKernel
{
    public ArrayView<int> First;
    public ArrayView<float> WeightNorms, UpdateNorms, Ratios;

    /// <inheritdoc/>
    public readonly void Run()
    {
        float weights = 0f, updates = 0f;
        for (int i = First[Grid.IdxX] + Group.IdxX; i < First[Grid.IdxX + 1]; i += Group.DimX)
        {
            weights += WeightNorms[i];
            updates += UpdateNorms[i];
        }

        weights = GroupReduce.Sum(weights);
        updates = GroupReduce.Sum(updates);
        if (Group.IdxX == 0) Ratios[Grid.IdxX] = weights == 0f || updates == 0f ? 1f : GpuMath.Sqrt(weights) / GpuMath.Sqrt(updates);
    }
}

/// <summary>LAMB's last pass: w −= lr · ratio · u for matrices. The direction is computed again: cheaper than a fifth arena.</summary>
internal struct LambStepKernel : IGpuKernel
{
    public ParameterViews Parameters;
    public ArrayView<Segment> Segments;
    public ArrayView<float> Ratios, RuleValues;

    /// <inheritdoc/>
    public readonly void Run()
    {
        var segment = Segments[Grid.IdxX];
        if (segment.IsVector != 0) return;
        var rule = UpdateRule.Load(RuleValues);
        float rate = rule.LearningRate * Ratios[segment.Parameter];
        for (int i = Group.IdxX; i < segment.Length; i += Group.DimX)
        {
            long at = segment.Offset + i;
            Parameters.Write(at, Parameters.Value[at] - rate * Parameters.Direction(rule, 0, at));
        }
    }
}
