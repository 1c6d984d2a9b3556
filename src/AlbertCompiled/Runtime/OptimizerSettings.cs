namespace AlbertCompiled;

/// <summary>One update's hyperparameters.</summary>
/// <param name="Optimizer">The rule.</param>
/// <param name="LearningRate">Learning rate of this step, schedule applied.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled weight decay of matrices; vectors never decay.</param>
/// <param name="ClipNorm">Global gradient norm to clip at; 0: no clipping.</param>
/// <param name="BiasCorrection">Divide the moments by 1 - βᵗ (Adam's paper); the original ALBERT code does not.</param>
public readonly record struct OptimizerSettings(
    Optimizer Optimizer, float LearningRate, float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-6f,
    float WeightDecay = 0.01f, float ClipNorm = 1f, bool BiasCorrection = false);
