using AlbertCompiled.Gpu;
using ILGPU;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>Every function of <see cref="GpuMath"/> side by side: result[i, f] of value[i].</summary>
struct MathKernel : IGpuKernel
{
    public const int Functions = 7;

    public ArrayView<float> Values, Results;

    public readonly void Run()
    {
        int i = Grid.IdxX * Group.DimX + Group.IdxX;
        if (i >= Values.IntLength) return;
        float x = Values[i];
        Results[i * Functions] = GpuMath.Exp(x);
        Results[i * Functions + 1] = GpuMath.Log(x);
        Results[i * Functions + 2] = GpuMath.Tanh(x);
        Results[i * Functions + 3] = GpuMath.Erf(x);
        Results[i * Functions + 4] = GpuMath.Sqrt(x);
        Results[i * Functions + 5] = GpuMath.Rsqrt(x);
        Results[i * Functions + 6] = GpuMath.Sigmoid(x);
    }
}

[Collection(GpuCollection.Name)]
public sealed class GpuMathTests(GpuDevices devices)
{
    static readonly Func<double, double>[] Reference = [Math.Exp, Math.Log, Math.Tanh, Erf, Math.Sqrt, x => 1 / Math.Sqrt(x), x => 1 / (1 + Math.Exp(-x))];

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Is_accurate(string kind)
    {
        var device = devices[kind];
        float[] values = [.. Enumerable.Range(-2000, 4001).Select(i => i * 0.005f), .. Enumerable.Range(1, 80).SelectMany(i => new[] { i * 1.1f, -i * 1.1f, MathF.Pow(10, i - 36) })];
        var results = Run(device, values);
        for (int i = 0; i < values.Length; i++)
        {
            for (int f = 0; f < MathKernel.Functions; f++)
            {
                double expected = Reference[f](values[i]);
                if (values[i] < 0 && double.IsNaN(expected)) Assert.True(float.IsNaN(results[i, f]) || f is 4 or 5);
                else if (Math.Abs(expected) < float.MaxValue)
                    Assert.True(Math.Abs(results[i, f] - expected) <= 5e-7 * Math.Max(1, Math.Abs(expected)), $"function {f} of {values[i]} is {results[i, f]}, not {expected}");
            }
        }
    }

    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Holds_at_the_ends(string kind)
    {
        var results = Run(devices[kind], [0, 1000, -1000, float.NaN, -1, 1e-8f]);
        Assert.Equal([1, float.NegativeInfinity, 0, 0], new[] { results[0, 0], results[0, 1], results[0, 2], results[0, 3] });
        Assert.Equal([float.PositiveInfinity, 1, 1, 1], new[] { results[1, 0], results[1, 2], results[1, 3], results[1, 6] });
        Assert.Equal([0, -1, -1, 0], new[] { results[2, 0], results[2, 2], results[2, 3], results[2, 6] });
        foreach (int f in (ReadOnlySpan<int>)[0, 1, 2, 3, 6]) Assert.True(float.IsNaN(results[3, f]), $"function {f} swallows NaN");
        var large = Run(devices[kind], [88.7f, 88.75f, 88.8f, 89f, 89.5f]);
        Assert.InRange(large[0, 0], 3.3e38f, float.MaxValue);
        for (int i = 1; i < 5; i++) Assert.Equal(float.PositiveInfinity, large[i, 0]);
        Assert.True(float.IsNaN(results[4, 1]));
        Assert.Equal([1e-8, 1.1283792e-8], [results[5, 2], results[5, 3]], (a, b) => Math.Abs(a - b) < 1e-14);
    }

    [Fact]
    public void Needs_no_library()
    {
        string text = Ptx.Verify(typeof(MathKernel), 128);
        Assert.DoesNotContain("tanh.approx", text, StringComparison.Ordinal);
    }

    static float[,] Run(GpuDevice device, float[] values)
    {
        using var input = device.Upload(values);
        using var output = device.Allocate<float>(values.Length * MathKernel.Functions);
        new GpuKernel<MathKernel>(device).Launch((values.Length + device.Lanes - 1) / device.Lanes, new() { Values = input.View, Results = output.View });
        var flat = device.Download(output);
        var results = new float[values.Length, MathKernel.Functions];
        Buffer.BlockCopy(flat, 0, results, 0, flat.Length * sizeof(float));
        return results;
    }

    /// <summary>The error function by its series; beyond 4 it is 1 to eight digits.</summary>
    static double Erf(double x)
    {
        double a = Math.Abs(x), sum = a, term = a;
        if (a > 4) return Math.Sign(x);
        for (int n = 1; n < 200; n++)
        {
            term *= -a * a / n;
            sum += term / (2 * n + 1);
        }

        return Math.Sign(x) * sum * 2 / Math.Sqrt(Math.PI);
    }
}
