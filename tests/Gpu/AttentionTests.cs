using AlbertCompiled.Gpu;
using Xunit;

namespace AlbertCompiled.Tests.Gpu;

[Collection(GpuCollection.Name)]
public sealed class AttentionTests(GpuDevices devices)
{
    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Equals_the_reference(string kind)
    {
        var device = devices[kind];
        var (forward, backward) = (new AttentionForward<Float32>(device), new AttentionBackward<Float32>(device));
        if (device.IsSimulator)
        {
            Verify(device, forward, backward, [0, 3, 20], heads: 2, size: 5, probability: 0.3);
            return;
        }

        Verify(device, forward, backward, [0, 3, 20], heads: 2, size: 5, probability: 0);
        Verify(device, forward, backward, [0, 1, 65, 140], heads: 2, size: 64, probability: 0);
        Verify(device, forward, backward, [0, 70, 134], heads: 2, size: 72, probability: 0.3);
    }

    static void Verify(GpuDevice device, AttentionForward<Float32> forward, AttentionBackward<Float32> backward, int[] starts, int heads, int size, double probability)
    {
        int tokens = starts[^1], hidden = heads * size;
        float[] qkv = [.. Check.Random(tokens * 3 * hidden, 1).Select(x => 2 * x)], outer = Check.Random(tokens * hidden, 2);
        uint key = CounterRandom.Key(7, 3, 1, 2);
        var expected = new AttentionReference(qkv, outer, starts, heads, size, probability, key);

        using var bufferQkv = device.Upload(qkv);
        using var bufferOuter = device.Upload(outer);
        using var bufferStarts = device.Upload(starts);
        using var context = device.Allocate<float>(tokens * hidden);
        using var logSum = device.Allocate<float>(tokens * heads);
        using var delta = device.Allocate<float>(tokens * heads);
        using var result = device.Allocate<float>(tokens * 3 * hidden);
        var arguments = new AttentionArguments<Float32>
        {
            QueryKeyValue = new(bufferQkv.View.AsElements(), 3 * hidden),
            Starts = bufferStarts.View,
            Sequences = starts.Length - 1,
            Longest = Enumerable.Range(1, starts.Length - 1).Max(s => starts[s] - starts[s - 1]),
            Heads = heads,
            HeadSize = size,
            Key = DropoutKey.Constant(key),
            Threshold = CounterRandom.Threshold(probability),
            KeepScale = (float)(1 / (1 - probability)),
        };
        forward.Launch(arguments, new(context.View.AsElements(), hidden), new(default, 0));
        Check.Close(expected.Context, device.Download(context), 2e-6);
        Assert.All(device.Download(logSum), x => Assert.Equal(0, x));
        forward.Launch(arguments, new(context.View.AsElements(), hidden), new(logSum.View, heads));
        Check.Close(expected.Context, device.Download(context), 2e-6);
        Check.Close(expected.LogSum, device.Download(logSum), 2e-6);
        float[]? first = null;
        for (int run = 0; run < 2; run++)
        {
            backward.Launch(arguments, new(context.View.AsElements(), hidden), new(logSum.View, heads), new(bufferOuter.View.AsElements(), hidden), new(result.View.AsElements(), 3 * hidden), delta.View);
            var gradient = device.Download(result);
            Check.Close(expected.Gradient, gradient, 5e-6);
            Assert.Equal(first ?? gradient, gradient);
            first = gradient;
        }
    }

    [Fact]
    public void Compiles_to_registers_only()
    {
        Ptx.Verify(typeof(AttentionForwardKernel<Float32, Block8>), Block8.Lanes);
        Ptx.Verify(typeof(AttentionBackwardKernel<BFloat16, Block8, QueryGradient>), Block8.Lanes);
        Ptx.Verify(typeof(AttentionBackwardKernel<BFloat16, Block8, KeyGradient>), Block8.Lanes);
        Ptx.Verify(typeof(AttentionBackwardKernel<BFloat16, Block8, ValueGradient>), Block8.Lanes);
    }
}
