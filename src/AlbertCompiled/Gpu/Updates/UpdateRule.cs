using ILGPU;

namespace AlbertCompiled.Gpu;

/// <summary>
/// One update's constants of AdamW and LAMB, which share moments and direction and differ in the length of the step. Kernels read them
/// from device memory: they change from step to step, and a launch must not.
/// </summary>
internal struct UpdateRule
{
    /// <summary>Floats that a rule takes in memory.</summary>
    public const int Floats = 10;

    public float LearningRate, Beta1, Beta2, Gain1, Gain2, Correction1, Correction2, Epsilon, Decay, ClipNorm;

    public static UpdateRule Of(in OptimizerSettings settings, long step)
    {
        // The float nearest to 0.999 is so far off that 1 − β₂ would be wrong in the fifth digit: take the decimal that was meant.
        double beta1 = (double)(decimal)settings.Beta1, beta2 = (double)(decimal)settings.Beta2;
        return new()
        {
            LearningRate = settings.LearningRate,
            Beta1 = settings.Beta1,
            Beta2 = settings.Beta2,
            Gain1 = (float)(1 - beta1),
            Gain2 = (float)(1 - beta2),
            Correction1 = settings.CorrectsBias ? (float)(1 / (1 - Math.Pow(beta1, step))) : 1,
            Correction2 = settings.CorrectsBias ? (float)(1 / (1 - Math.Pow(beta2, step))) : 1,
            Epsilon = settings.Epsilon,
            Decay = settings.WeightDecay,
            ClipNorm = settings.ClipNorm,
        };
    }

    /// <summary>Writes the rule as <see cref="Load"/> reads it.</summary>
    public readonly void Store(Span<float> memory) =>
        ((ReadOnlySpan<float>)[LearningRate, Beta1, Beta2, Gain1, Gain2, Correction1, Correction2, Epsilon, Decay, ClipNorm]).CopyTo(memory);

    /// <summary>Reads a rule on the device.</summary>
    public static UpdateRule Load(ArrayView<float> memory)
    {
        UpdateRule rule = default;
        rule.LearningRate = memory[0];
        rule.Beta1 = memory[1];
        rule.Beta2 = memory[2];
        rule.Gain1 = memory[3];
        rule.Gain2 = memory[4];
        rule.Correction1 = memory[5];
        rule.Correction2 = memory[6];
        rule.Epsilon = memory[7];
        rule.Decay = memory[8];
        rule.ClipNorm = memory[9];
        return rule;
    }

    /// <summary>What gradients are multiplied by.</summary>
    public readonly float Clip(float norm) => ClipNorm > 0f && norm > ClipNorm ? ClipNorm / norm : 1f;
}
