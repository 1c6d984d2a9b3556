namespace AlbertCompiled;

/// <summary>One update's hyperparameters.</summary>
/// <param name="Optimizer">The rule.</param>
/// <param name="LearningRate">Learning rate of this step, schedule applied.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment; above 0.</param>
/// <param name="WeightDecay">Decoupled weight decay of matrices; vectors never decay.</param>
/// <param name="ClipNorm">Global gradient norm to clip at; 0: no clipping.</param>
/// <param name="BiasCorrection">Divide the moments by 1 - βᵗ, as Adam's paper does and ALBERT's original code does not; null: AdamW does, LAMB does not.</param>
public readonly record struct OptimizerSettings(
    Optimizer Optimizer, float LearningRate, float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-6f,
    float WeightDecay = 0.01f, float ClipNorm = 1f, bool? BiasCorrection = null)
{
    /// <summary>AdamW's defaults with a learning rate of 0: what an object initializer starts from.</summary>
    public OptimizerSettings() : this(Optimizer.AdamW, 0) { }

    /// <summary>Whether moments are divided by 1 - βᵗ.</summary>
    internal bool CorrectsBias => BiasCorrection ?? Optimizer == Optimizer.AdamW;

    /// <summary>Throws unless an update by these settings makes sense.</summary>
    internal void Check()
    {
        Check(Optimizer is Optimizer.AdamW or Optimizer.Lamb, nameof(Optimizer), (int)Optimizer, "one of the optimizers");
        Check(float.IsFinite(LearningRate) && LearningRate >= 0, nameof(LearningRate), LearningRate, "a finite number, at least 0");
        Check(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "at least 0 and below 1");
        Check(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "at least 0 and below 1");
        Check(float.IsFinite(Epsilon) && Epsilon > 0, nameof(Epsilon), Epsilon, "a finite number above 0, or a weight without a gradient becomes no number");
        Check(float.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "a finite number");
        Check(ClipNorm >= 0, nameof(ClipNorm), ClipNorm, "at least 0");
    }

    static void Check(bool holds, string setting, float value, string wanted)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant($"{setting} is {value}; it must be {wanted}"));
    }
}
