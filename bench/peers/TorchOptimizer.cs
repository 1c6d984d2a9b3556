using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AlbertCompiled.Peers;

/// <summary>AdamW and LAMB, tensor by tensor and in place, as PyTorch does it on the CPU; β 0.9 and 0.999, ε 1e-6, decay 0.01.</summary>
sealed class TorchOptimizer(IReadOnlyList<Parameter> parameters, string rule)
{
    const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-6, Decay = 0.01, Rate = 1e-4;

    readonly bool lamb = rule switch
    {
        "adamw" => false,
        "lamb" => true,
        _ => throw new ArgumentException($"optimizer={rule} is neither adamw nor lamb"),
    };

    readonly (Parameter Value, Tensor First, Tensor Second)[] states = [.. parameters.Select(p => (p, Zeros(p), Zeros(p)))];
    int step;

    public void Step()
    {
        using var none = no_grad();
        using var scope = NewDisposeScope();
        step++;
        double correction1 = 1 - Math.Pow(Beta1, step), correction2 = Math.Sqrt(1 - Math.Pow(Beta2, step));
        foreach (var (value, first, second) in states)
        {
            if (value.grad is not { } gradient) continue;
            first.lerp_(gradient, 1 - Beta1);
            second.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
            var root = second.sqrt().div_(correction2).add_(Epsilon);
            if (lamb)
            {
                var update = root.reciprocal_().mul_(first).mul_(1 / correction1).add_(value, Decay);
                double weights = value.norm().item<float>(), updates = update.norm().item<float>();
                value.add_(update, -Rate * (weights > 0 && updates > 0 ? weights / updates : 1));
            }
            else
            {
                value.mul_(1 - Rate * Decay);
                value.addcdiv_(first, root, -Rate / correction1);
            }

            value.grad = null;
        }
    }

    static Tensor Zeros(Parameter p) => zeros_like(p).requires_grad_(false);
}
