using AlbertCompiled.Gpu;
using AlbertCompiled.Models;
using Xunit;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>A whole model in bfloat16 with the kernels that a Hopper card gets, executed, beside the processor's float32.</summary>
public sealed class TensorCoreModelTests
{
    static readonly Capacity Capacity = new(192, 3, 16);

    [Fact]
    public void Losses_and_gradients_are_those_of_float32() => Check((device, precision) => AlbertTiny.Create(device, Capacity, precision: precision), 8000, byWarps: false);

    [Fact]
    public void And_with_heads_of_128_columns() => Check((device, precision) => WideHeads.Create(device, Capacity, precision: precision), 300, byWarps: true);

    static void Check(Func<Device, Compute, CompiledModel> create, int vocabulary, bool byWarps)
    {
        var host = new EmulatedHost();
        using var device = GpuDevice.Emulate(host);
        using var model = create(device, Compute.BFloat16);
        using var processor = Device.Open("cpu", threads: 1);
        using var reference = create(processor, Compute.Float32);
        var batch = new TokenBatch(Capacity);
        foreach (int length in (int[])[70, 5, 90]) batch.Add([.. Enumerable.Range(1, length).Select(i => i * 37 % vocabulary)], new int[length], [1, 3], [17, 4711 % vocabulary], length % 2);
        float expected = reference.ComputeGradients(batch).Loss;
        Assert.Equal(expected, model.ComputeGradients(batch).Loss, 0.01 * expected);
        foreach (var p in model.Description.Parameters)
        {
            float[] x = reference.Parameters.Read(p.Name, ParameterState.Gradient), y = model.Parameters.Read(p.Name, ParameterState.Gradient);
            double xx = 0, yy = 0, xy = 0;
            for (int i = 0; i < x.Length; i++) (xx, yy, xy) = (xx + (double)x[i] * x[i], yy + (double)y[i] * y[i], xy + (double)x[i] * y[i]);
            if (xx > 1e-12) Assert.True(xy / Math.Sqrt(xx * yy) > 0.99, $"{p.Name}: the cosine of both gradients is {xy / Math.Sqrt(xx * yy)}, their lengths {Math.Sqrt(xx)} and {Math.Sqrt(yy)}");
        }

        Assert.Contains(host.Kernels, k => k.Program.Any(i => i is WarpgroupProduct { Executions: > 0 }));
        Assert.Equal(byWarps, host.Kernels.Any(k => k.Program.Any(i => i is MatrixMultiply { Executions: > 0 })));
    }
}

[Albert(Vocabulary = 300, Embedding = 16, Hidden = 256, Layers = 2, Heads = 2, Intermediate = 64, Positions = 96, AttentionDropout = 0.1)]
[Pretraining]
internal sealed partial class WideHeads;
