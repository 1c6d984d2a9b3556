using AlbertCompiled.Gpu;
using AlbertCompiled.Models;
using Xunit;

namespace AlbertCompiled.Tests.Gpu.Emulation;

/// <summary>A whole model in bfloat16 with the kernels that a Hopper card gets, executed, beside the processor's float32.</summary>
public sealed class TensorCoreModelTests
{
    [Fact]
    public void Losses_and_gradients_are_those_of_float32()
    {
        var capacity = new Capacity(192, 3, 16);
        var host = new EmulatedHost();
        using var device = GpuDevice.Emulate(host);
        using var model = AlbertTiny.Create(device, capacity, precision: Compute.BFloat16);
        using var processor = Device.Open("cpu", threads: 1);
        using var reference = AlbertTiny.Create(processor, capacity, precision: Compute.Float32);
        var batch = new TokenBatch(capacity);
        foreach (int length in (int[])[70, 5, 90]) batch.Add([.. Enumerable.Range(1, length).Select(i => i * 37 % 8000)], new int[length], [1, 3], [17, 4711], length % 2);
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
        Assert.Contains(host.Kernels, k => k.Program.Any(i => i is MatrixMultiply { Executions: > 0 }));
    }
}
