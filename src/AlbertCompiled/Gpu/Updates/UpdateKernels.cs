using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>The four arenas, and the weights once more as matrix products read them.</summary>
internal struct ParameterViews
{
    public ArrayView<float> Value, Gradient, First, Second;

    /// <summary>The values rounded; empty if no program wants them.</summary>
    public ArrayView<BFloat16> Rounded;

    /// <summary>Writes weights and what is kept of them besides.</summary>
    public readonly void Write<V>(int i, V value) where V : struct, IPack<V>
    {
        V.Store(Value, i, value);
        if (Rounded.Length > 0) V.Store(Rounded, i, value);
    }

    /// <summary>Moves the moments of weights and returns their direction: m / (√v + ε) + decay · w.</summary>
    public readonly V Move<V>(UpdateRule rule, float clip, int isVector, int i, V value) where V : struct, IPack<V>
    {
        V gradient = V.Load(Gradient, i) * clip, first = V.Load(First, i), second = V.Load(Second, i);
        first = first * rule.Beta1 + gradient * rule.Gain1;
        second = second * rule.Beta2 + gradient * gradient * rule.Gain2;
        V.Store(First, i, first);
        V.Store(Second, i, second);
        return Direction(rule, isVector, first, second, value);
    }

    /// <summary>The direction of weights whose moments have moved.</summary>
    public static V Direction<V>(UpdateRule rule, int isVector, V first, V second, V value) where V : struct, IPack<V>
    {
        V direction = first * rule.Correction1 / (V.Sqrt(second * rule.Correction2) + rule.Epsilon);
        return isVector != 0 ? direction : direction + rule.Decay * value;
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
        Float8 sum = 0f;
        for (int i = segment.FirstPack; i < segment.EndOfPacks; i += Group.DimX * Float8.Count)
        {
            var g = Float8.Load(Gradient, i);
            sum += g * g;
        }

        float rest = Float8.Sum(sum);
        for (int i = segment.FirstSingle; i < segment.End; i += Group.DimX) rest += Gradient[i] * Gradient[i];
        rest = GroupReduce.Sum(rest);
        if (Group.IdxX == 0) Partials[Grid.IdxX] = rest;
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
/// get their moments and leave the squared norms of weights and directions. Gradients whose norm is not finite change nothing.
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
        float norm = Norm[0];
        if (!(norm <= float.MaxValue)) return;
        var segment = Segments[Grid.IdxX];
        var rule = UpdateRule.Load(RuleValues);
        float clip = rule.Clip(norm);
        bool adapts = Adapts != 0 && segment.IsVector == 0;
        Float8 weights = 0f, updates = 0f;
        for (int i = segment.FirstPack; i < segment.EndOfPacks; i += Group.DimX * Float8.Count) Move(rule, clip, segment.IsVector, adapts, i, ref weights, ref updates);
        Float1 restOfWeights = 0f, restOfUpdates = 0f;
        for (int i = segment.FirstSingle; i < segment.End; i += Group.DimX) Move(rule, clip, segment.IsVector, adapts, i, ref restOfWeights, ref restOfUpdates);
        if (!adapts) return;
        var (ofWeights, ofUpdates) = GroupReduce.Sums(Float8.Sum(weights) + Float1.Sum(restOfWeights), Float8.Sum(updates) + Float1.Sum(restOfUpdates));
        if (Group.IdxX == 0)
        {
            WeightNorms[Grid.IdxX] = ofWeights;
            UpdateNorms[Grid.IdxX] = ofUpdates;
        }
    }

    readonly void Move<V>(UpdateRule rule, float clip, int isVector, bool adapts, int i, ref V weights, ref V updates) where V : struct, IPack<V>
    {
        V value = V.Load(Parameters.Value, i), update = Parameters.Move(rule, clip, isVector, i, value);
        if (!adapts) Parameters.Write(i, value - rule.LearningRate * update);
        weights += value * value;
        updates += update * update;
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
    public ArrayView<float> Norm, Ratios, RuleValues;

    /// <inheritdoc/>
    public readonly void Run()
    {
        var segment = Segments[Grid.IdxX];
        if (segment.IsVector != 0 || !(Norm[0] <= float.MaxValue)) return;
        var rule = UpdateRule.Load(RuleValues);
        float rate = rule.LearningRate * Ratios[segment.Parameter];
        for (int i = segment.FirstPack; i < segment.EndOfPacks; i += Group.DimX * Float8.Count) Step<Float8>(rule, rate, i);
        for (int i = segment.FirstSingle; i < segment.End; i += Group.DimX) Step<Float1>(rule, rate, i);
    }

    readonly void Step<V>(UpdateRule rule, float rate, int i) where V : struct, IPack<V>
    {
        V value = V.Load(Parameters.Value, i);
        Parameters.Write(i, value - rate * ParameterViews.Direction(rule, 0, V.Load(Parameters.First, i), V.Load(Parameters.Second, i), value));
    }
}
