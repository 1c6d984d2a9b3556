using System.Text.Json;

namespace AlbertCompiled.Tests.Numbers;

/// <summary>Five updates of a compiled model against the original optimizers in float64: constant learning rate, no clipping.</summary>
public class OptimizerTests
{
    const int Steps = 5;

    public static TheoryData<string, string> Cases => new() { { "cpu", "lamb_const" }, { "cpu", "adamw_const" } };

    [Theory, MemberData(nameof(Cases))]
    public void Weights_follow_the_trajectory_of_the_original(string device, string trajectory)
    {
        using var golden = Golden.Open("a_tiny");
        using var reference = Golden.OpenTensors("f_optim", $"{trajectory}.safetensors");
        using var opened = CompiledModels.Open(device);
        using var model = CompiledModels.Create(golden, "a_tiny", opened);
        var log = Trajectory(trajectory).GetProperty("log").EnumerateArray().ToArray();
        var settings = Settings(trajectory);
        for (int step = 0; step < Steps; step++)
        {
            var result = model.TrainStep(golden.Batch, settings);
            double loss = log[step].GetProperty("loss_before").GetDouble(), norm = log[step].GetProperty("grad_norm_before_clip").GetDouble();
            Assert.Equal(loss, result.Loss, 1e-4);
            Assert.Equal(norm, result.GradientNorm, 1e-4 * norm);
        }

        Assert.Equal(Steps, model.Step);
        foreach (var p in model.Description.Parameters)
        {
            // The gradient of key.bias is zero but for rounding, which either optimizer blows up to steps of its own.
            double[] start = golden.Weight(p.Name), expected = reference.ReadDoubles($"step{Steps}.{p.Name}");
            double moved = start.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
            Close.Assert(expected, model.Parameters.Read(p.Name), p.Name.EndsWith("key.bias") ? 1e-4 : 5e-3 * moved, 0, p.Name);
        }
    }

    /// <summary>Queries, keys and values are one product, yet each has a trust ratio of its own.</summary>
    [Fact]
    public void Trust_ratios_of_stacked_weights_stay_apart()
    {
        using var golden = Golden.Open("a_tiny");
        using var device = CompiledModels.Open("cpu");
        using var model = CompiledModels.Create(golden, "a_tiny", device);
        string[] names = [.. new[] { "query", "key", "value" }.Select(n => $"albert.encoder.albert_layer_groups.0.albert_layers.0.attention.{n}.weight")];
        var settings = Settings("lamb_const");
        model.TrainStep(golden.Batch, settings);
        var ratios = Trajectory("lamb_const").GetProperty("log")[0].GetProperty("trust_ratio");
        foreach (string name in names)
        {
            // One weight's step, lr · ratio · u, tells the ratio: in the first step u follows from the gradient alone.
            float[] before = golden.Weight(name).ToFloats(), after = model.Parameters.Read(name), gradient = model.Gradient(name);
            int at = Array.IndexOf(gradient, gradient.MaxBy(Math.Abs));
            double g = gradient[at];
            double direction = (1 - settings.Beta1) * g / (Math.Sqrt((1 - settings.Beta2) * g * g) + settings.Epsilon) + settings.WeightDecay * before[at];
            Assert.Equal(ratios.GetProperty(name).GetDouble(), (before[at] - after[at]) / (settings.LearningRate * direction), 2e-5);
        }

        // far enough apart to be told apart by that
        double[] expected = [.. names.Select(n => ratios.GetProperty(n).GetDouble()).Order()];
        Assert.All(expected.Zip(expected.Skip(1), (a, b) => b - a), gap => Assert.True(gap > 1e-4));
    }

    static JsonElement Trajectory(string name) =>
        Golden.Manifest("f_optim").GetProperty("trajectories").EnumerateArray().Single(t => t.GetProperty("name").GetString() == name);

    static OptimizerSettings Settings(string trajectory)
    {
        var hyper = Trajectory(trajectory).GetProperty("hyper");
        float Of(string name) => hyper.GetProperty(name).GetSingle();
        float rate = Trajectory(trajectory).GetProperty("log")[0].GetProperty("lr").GetSingle();
        return new(
            trajectory.StartsWith("lamb") ? Optimizer.Lamb : Optimizer.AdamW, rate, Of("beta1"), Of("beta2"), Of("eps"), Of("weight_decay"),
            ClipNorm: 0, hyper.GetProperty("bias_correction").GetBoolean());
    }
}
