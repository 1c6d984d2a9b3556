using AlbertCompiled.Gpu;
using AlbertCompiled.Gpu.TensorCores;
using ILGPU;
using ILGPU.Runtime;
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
            Verify(device, forward, backward, [0, 3, 20], heads: 2, size: 5, probability: 0.3, 2e-6, 5e-6);
            return;
        }

        Verify(device, forward, backward, [0, 3, 20], heads: 2, size: 5, probability: 0, 2e-6, 5e-6);
        Verify(device, forward, backward, [0, 1, 65, 140], heads: 2, size: 64, probability: 0, 2e-6, 5e-6);
        Verify(device, forward, backward, [0, 70, 134], heads: 2, size: 72, probability: 0.3, 2e-6, 5e-6);
    }

    /// <summary>On a card, heads of a multiple of 16 columns take the tensor cores, which round weights as well; others do not.</summary>
    [Theory, OnSimulator, OnEmulator, OnOpenCL, OnCuda]
    public void Equals_the_reference_in_bfloat16(string kind)
    {
        var device = devices[kind];
        var (forward, backward) = (new AttentionForward<BFloat16>(device), new AttentionBackward<BFloat16>(device));
        if (device.IsSimulator)
        {
            Verify(device, forward, backward, [0, 3, 20], heads: 2, size: 5, probability: 0.3, 0.01, 0.02);
            return;
        }

        Verify(device, forward, backward, [0, 1, 65, 65, 195, 212], heads: 2, size: 64, probability: 0, 0.01, 0.02);
        Verify(device, forward, backward, [0, 130, 147], heads: 3, size: 64, probability: 0.3, 0.01, 0.02);
        Verify(device, forward, backward, [0, 70, 134], heads: 1, size: 72, probability: 0.3, 0.01, 0.02);
    }

    [Theory, OnEmulator, OnCuda]
    public void Heads_of_each_size_equal_the_reference_by_warps(string kind)
    {
        var device = devices[kind];
        var (forward, backward) = (new AttentionForward<BFloat16>(device, ProductCompute.Warp), new AttentionBackward<BFloat16>(device, ProductCompute.Warp));
        foreach (int size in (int[])[32, 128])
        {
            Verify(device, forward, backward, [0, 1, 65, 65, 162, 179], heads: 2, size, probability: 0, 0.01, 0.02);
            Verify(device, forward, backward, [0, 66, 97], heads: 3, size, probability: 0.3, 0.01, 0.02);
        }

        foreach (int size in (int[])[16, 48, 64, 80]) Verify(device, forward, backward, [0, 17, 67], heads: 2, size, probability: 0.3, 0.01, 0.02);
    }

    /// <summary>Lengths around the tiles of 64 and 128 rows, several sequences to a batch, by the instruction of sm_90; other cards have none.</summary>
    [Theory, OnEmulator, OnCuda]
    public void Equals_the_reference_by_warpgroup(string kind)
    {
        var device = devices[kind];
        if (!AttentionChoice.Runs(device)) return;
        var (forward, backward) = (new AttentionForward<BFloat16>(device, ProductCompute.Warpgroup), new AttentionBackward<BFloat16>(device, ProductCompute.Warpgroup));
        foreach (double probability in (double[])[0, 0.3])
        {
            Verify(device, forward, backward, [0, 1, 64, 64, 128, 193], heads: 2, size: 64, probability, 0.01, 0.02);
            Verify(device, forward, backward, [0, 200, 217], heads: 1, size: 64, probability, 0.01, 0.02);
            Verify(device, forward, backward, [0, 70, 134], heads: 2, size: 48, probability, 0.01, 0.02);
        }
    }

    static void Verify<T>(
        GpuDevice device, AttentionForward<T> forward, AttentionBackward<T> backward, int[] starts, int heads, int size, double probability, double tolerance, double gradientTolerance)
        where T : unmanaged, IElement<T>
    {
        int tokens = starts[^1], sequences = starts.Length - 1, hidden = heads * size, logStride = heads + 3;
        float[] qkv = [.. Check.Random(tokens * 3 * hidden, 1).Select(x => T.Read(T.Of(2 * x)))], outer = [.. Check.Random(tokens * hidden, 2).Select(x => T.Read(T.Of(x)))];
        uint key = CounterRandom.Key(7, 3, 1, 2);
        var expected = new AttentionReference(qkv, outer, starts, heads, size, probability, key);

        using var bufferQkv = device.Upload<T>([.. qkv.Select(T.Of)]);
        using var bufferOuter = device.Upload<T>([.. outer.Select(T.Of)]);
        using var bufferStarts = device.Upload(starts);
        using var lists = new AttentionTileLists(device, tokens + 100, sequences + 1);
        using var context = device.Allocate<T>(tokens * hidden);
        using var logSum = device.Allocate<float>(tokens * logStride);
        using var delta = device.Allocate<float>(tokens * heads);
        using var result = device.Allocate<T>(tokens * 3 * hidden);
        lists.Build(bufferStarts.View, sequences);
        var arguments = new AttentionArguments<T>
        {
            QueryKeyValue = new(bufferQkv.View, 3 * hidden),
            Tiles = lists.Within(tokens + 100, sequences + 1),
            Heads = heads,
            HeadSize = size,
            Key = DropoutKey.Constant(key),
            Threshold = CounterRandom.Threshold(probability),
            KeepScale = (float)(1 / (1 - probability)),
        };
        forward.Launch(arguments, new(context.View, hidden), new(default, 0));
        Check.Close(expected.Context, Floats(context), tolerance);
        Assert.All(device.Download(logSum), x => Assert.Equal(0, x));
        forward.Launch(arguments, new(context.View, hidden), new(logSum.View, logStride));
        Check.Close(expected.Context, Floats(context), tolerance);
        Check.Close(expected.LogSum, [.. device.Download(logSum).Where((_, i) => i % logStride < heads)], 2e-6);
        float[]? first = null;
        for (int run = 0; run < 2; run++)
        {
            backward.Launch(arguments, new(context.View, hidden), new(logSum.View, logStride), new(bufferOuter.View, hidden), new(result.View, 3 * hidden), delta.View);
            float[] gradient = Floats(result);
            Check.Close(expected.Gradient, gradient, gradientTolerance);
            Assert.Equal(first ?? gradient, gradient);
            first = gradient;
        }

        float[] Floats(MemoryBuffer1D<T, Stride1D.Dense> buffer) => [.. device.Download(buffer).Select(T.Read)];
    }

    [Theory, OnSimulator, OnOpenCL, OnCuda]
    public void Tiles_are_listed_on_the_device(string kind)
    {
        var device = devices[kind];
        using var lists = new AttentionTileLists(device, tokens: 2000, sequences: 300);
        var lengths = Enumerable.Range(0, 300).Select(i => i * 7 % 13);
        foreach (int[] batch in new int[][] { [.. lengths], [1, 0, 2 * lists.Rows, 2 * lists.Rows + 1, 0], [], [1999] })
        {
            int[] starts = [0, .. batch.Select((_, s) => batch[..(s + 1)].Sum())];
            using var bufferStarts = device.Upload(starts);
            using var sizes = device.Upload(new[] { 7, batch.Length });
            lists.Build(bufferStarts.View, new(300, sizes.View, 1));
            var tiles = lists.Within(2000, 300);
            Verify(tiles.Narrow, tiles.MostNarrow, lists.Rows);
            Verify(tiles.Wide, tiles.MostWide, 2 * lists.Rows);

            void Verify(ArrayView<int> list, int most, int rows)
            {
                var actual = new int[list.Length];
                device.Read(list, actual);
                var expected = Enumerable.Range(0, batch.Length)
                    .SelectMany(s => Enumerable.Range(0, (batch[s] + rows - 1) / rows).Select(t => (starts[s], starts[s + 1], starts[s] + t * rows))).ToArray();
                Assert.InRange(expected.Length, 0, most);
                Assert.Equal(expected.Length, actual[0]);
                Assert.Equal(expected, actual.Chunk(4).Skip(1).Take(expected.Length).Select(e => (e[0], e[1], e[2])));
            }
        }
    }

    [Fact]
    public void Compiles_to_registers_only()
    {
        Ptx.Verify(typeof(AttentionListKernel), 128);
        Ptx.Verify(typeof(AttentionForwardKernel<Float32, Block8>), Block8.Lanes);
        Ptx.Verify(typeof(AttentionBackwardKernel<BFloat16, Block8, QueryGradient>), Block8.Lanes);
        Ptx.Verify(typeof(AttentionBackwardKernel<BFloat16, Block8, KeyGradient>), Block8.Lanes);
        Ptx.Verify(typeof(AttentionBackwardKernel<BFloat16, Block8, ValueGradient>), Block8.Lanes);
    }
}
