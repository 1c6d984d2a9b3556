using System.Globalization;

namespace AlbertCompiled.Cpu.Scalar;

/// <summary>AdamW and LAMB for one parameter, in double precision: the twin of <see cref="AdamJob{V}"/>, <see cref="LambMomentsJob{V}"/> and <see cref="LambStepJob{V}"/>.</summary>
sealed class ScalarUpdate(double[] value, bool isVector)
{
    readonly double[] first = new double[value.Length], second = new double[value.Length];

    /// <summary>The weights.</summary>
    public double[] Value { get; } = value;

    /// <summary>One update with gradients that are clipped already; returns LAMB's trust ratio, 1 for AdamW.</summary>
    public double Update(double[] gradient, OptimizerSettings s, long step)
    {
        double beta1 = Exact(s.Beta1), beta2 = Exact(s.Beta2), decay = isVector ? 0 : Exact(s.WeightDecay);
        double correction1 = s.CorrectsBias ? 1 - Math.Pow(beta1, step) : 1, correction2 = s.CorrectsBias ? 1 - Math.Pow(beta2, step) : 1;
        var direction = new double[Value.Length];
        for (int i = 0; i < Value.Length; i++)
        {
            first[i] = beta1 * first[i] + (1 - beta1) * gradient[i];
            second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i];
            direction[i] = first[i] / correction1 / (Math.Sqrt(second[i] / correction2) + Exact(s.Epsilon)) + decay * Value[i];
        }

        double weights = Norm(Value), updates = Norm(direction);
        double ratio = s.Optimizer == Optimizer.AdamW || isVector || weights == 0 || updates == 0 ? 1 : weights / updates;
        for (int i = 0; i < Value.Length; i++) Value[i] -= Exact(s.LearningRate) * ratio * direction[i];
        return ratio;
    }

    /// <summary>√Σx².</summary>
    public static double Norm(IEnumerable<double> x) => Math.Sqrt(x.Sum(v => v * v));

    /// <summary>The decimal number that a float setting stands for.</summary>
    static double Exact(float setting) => double.Parse(setting.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
