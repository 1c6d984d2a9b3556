using System.Runtime.CompilerServices;

namespace AlbertCompiled.Cpu;

/// <summary>The four arenas of a parameter set.</summary>
/// <param name="value">Weights.</param>
/// <param name="gradient">Gradients.</param>
/// <param name="first">First moments.</param>
/// <param name="second">Second moments.</param>
readonly unsafe struct ParameterArena(float* value, float* gradient, float* first, float* second)
{
    public readonly float* Value = value, Gradient = gradient, First = first, Second = second;
}

/// <summary>One step's constants of AdamW and LAMB, which share moments and direction and differ in the length of the step.</summary>
readonly unsafe struct UpdateRule
{
    // moments below it are 0: those of words long unseen would sink to subnormal numbers, stay there, and take processors twenty times as long
    const float Least = 1e-30f;

    readonly float clip, beta1, beta2, gain1, gain2, correction1, correction2, epsilon, decay;

    public UpdateRule(in OptimizerSettings settings, long step, double gradientNorm)
    {
        // The float nearest to 0.999 is so far off that 1 − β₂ would be wrong in the fifth digit: take the decimal that was meant.
        double exact1 = (double)(decimal)settings.Beta1, exact2 = (double)(decimal)settings.Beta2;
        clip = settings.ClipNorm > 0 && gradientNorm > settings.ClipNorm ? (float)(settings.ClipNorm / gradientNorm) : 1;
        beta1 = settings.Beta1;
        beta2 = settings.Beta2;
        gain1 = (float)(1 - exact1);
        gain2 = (float)(1 - exact2);
        correction1 = settings.CorrectsBias ? (float)(1 / (1 - Math.Pow(exact1, step))) : 1;
        correction2 = settings.CorrectsBias ? (float)(1 / (1 - Math.Pow(exact2, step))) : 1;
        epsilon = settings.Epsilon;
        decay = settings.WeightDecay;
        LearningRate = settings.LearningRate;
    }

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; }

    /// <summary>Weight decay of a chunk.</summary>
    public float Decay(in ParameterChunk chunk) => chunk.IsVector ? 0 : decay;

    /// <summary>Moves the moments of the weights at <paramref name="i"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MoveMoments<V>(in ParameterArena arena, long i) where V : struct, ISimd<V>
    {
        V gradient = V.Load(arena.Gradient + i) * clip;
        V first = V.MultiplyAdd(V.Load(arena.First + i), beta1, gradient * gain1);
        V second = V.MultiplyAdd(V.Load(arena.Second + i), beta2, gradient * gradient * gain2);
        (first * V.GreaterOrEqual(V.MaxNative(first, -first), Least)).Store(arena.First + i);
        (second * V.GreaterOrEqual(second, Least)).Store(arena.Second + i);
    }

    /// <summary>The direction of the weights at <paramref name="i"/>: m / (√v + ε) + decay · w.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Direction<V>(in ParameterArena arena, long i, V value, float decay) where V : struct, ISimd<V>
    {
        V first = V.Load(arena.First + i) * correction1, second = V.Load(arena.Second + i) * correction2;
        return V.MultiplyAdd(value, decay, first / (V.Sqrt(second) + epsilon));
    }
}
