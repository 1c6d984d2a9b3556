using AlbertCompiled.Cpu;
using AlbertCompiled.Cpu.Scalar;

namespace AlbertCompiled.Tests.Cpu;

/// <summary>Attention against the scalar one, and the scalar one against finite differences.</summary>
public sealed unsafe class AttentionTests
{
    const uint Key = 0xC0FFEE;

    public static TheoryData<int, int, int[], double> Cases => new()
    {
        { 1, 1, [1], 0 }, { 2, 7, [5, 1, 9], 0.3 }, { 3, 16, [17, 33], 0 }, { 1, 20, [8, 0, 15], 0.5 }, { 2, 64, [70, 3], 0.1 }, { 1, 64, [96], 0 },
        { 1, 5, [150], 0.1 }, { 1, 64, [150], 0.1 }, { 2, 48, [48, 49, 7], 0.2 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Equals_the_scalar_attention(int heads, int headSize, int[] lengths, double dropout)
    {
        var expected = new Expected(heads, headSize, lengths, dropout, scale: 2);
        using var one = new ThreadTeam(1);
        using var two = new ThreadTeam(2);
        using var three = new ThreadTeam(3);
        Widths<Lanes16>();
        Widths<Lanes8>();
        Widths<Lanes4>();

        void Widths<V>() where V : struct, ISimd<V>
        {
            var first = Run<V, Float32>(one, expected);
            expected.Check(first);
            if (V.Count == Simd.Width) Assert.Equal(first, Run<V, Float32>(one, expected));
            Assert.Equal(first, Run<V, Float32>(two, expected));
            if (V.Count == Simd.Width) Assert.Equal(first, Run<V, Float32>(three, expected));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bfloat16_is_as_near_as_its_eight_bits_allow(int heads, int headSize, int[] lengths, double dropout)
    {
        var expected = new Expected(heads, headSize, lengths, dropout, scale: 1);
        using var one = new ThreadTeam(1);
        using var three = new ThreadTeam(3);
        Check<RoundedBFloat16>();
        if (BFloat16.IsSupported) Check<BFloat16>();

        void Check<P>() where P : struct, IPrecision
        {
            var actual = Run<Lanes16, P>(one, expected);
            expected.Check(actual, tolerance: 0.02);
            Assert.Equal(actual, Run<Lanes16, P>(three, expected));
        }
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        var expected = new Expected(2, 16, [40], 0, scale: 20);
        using var team = new ThreadTeam(1);
        Assert.All(Run<Lanes16, Float32>(team, expected), x => Assert.True(float.IsFinite(x) || float.IsNaN(x)));
        expected.Check(Run<Lanes16, Float32>(team, expected), tolerance: 1e-3);
    }

    [Fact]
    public void A_sequence_does_not_see_the_others()
    {
        using var team = new ThreadTeam(2);
        var alone = new Expected(2, 20, [30], 0, scale: 1);
        var together = new Expected(2, 20, [30, 11], 0, scale: 1);
        Array.Copy(alone.Qkv, together.Qkv, alone.Qkv.Length);
        Array.Copy(alone.Gradient, together.Gradient, alone.Gradient.Length);
        var a = Run<Lanes16, Float32>(team, alone);
        Assert.Equal(a[..(30 * 40)], Run<Lanes16, Float32>(team, together)[..(30 * 40)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public void The_scalar_gradient_is_the_slope(double dropout)
    {
        var e = new Expected(2, 3, [4, 2], dropout, scale: 1);
        double[] qkv = [.. e.Qkv], gradient = [.. e.Gradient];
        var slopes = ScalarAttention.Backward(qkv, gradient, e.Starts, 2, 3, Key, dropout);
        for (int i = 0; i < qkv.Length; i++)
        {
            double value = qkv[i];
            qkv[i] = value + 1e-5;
            double up = Loss();
            qkv[i] = value - 1e-5;
            double down = Loss();
            qkv[i] = value;
            Assert.Equal((up - down) / 2e-5, slopes[i], 1e-8);
        }

        double Loss() => ScalarAttention.Forward(qkv, e.Starts, 2, 3, Key, dropout).Context.Zip(gradient, (a, b) => a * b).Sum();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Nothing_is_allocated(int threads)
    {
        using var team = new ThreadTeam(threads);
        const int tokens = 50, width = 32;
        using var qkv = GuardedMemory.Random(1, tokens, 3 * width, 3 * width);
        using var context = new GuardedMemory(tokens * width);
        using var logSum = new GuardedMemory(tokens * 2);
        using var gradient = GuardedMemory.Random(1, tokens, width, width);
        using var qkvGradient = new GuardedMemory(tokens * 3 * width);
        int* starts = stackalloc int[] { 0, 20, 50 };
        Assert.Equal(0, Allocations.Of(team, () =>
        {
            Attention.Forward<Lanes16, Float32>(team, qkv.Pointer, 3 * width, context.Pointer, width, logSum.Pointer, 2, starts, 2, 2, 16, Key, 0.1);
            Attention.Backward<Lanes16, Float32>(
                team, qkv.Pointer, 3 * width, context.Pointer, width, logSum.Pointer, 2, gradient.Pointer, width, qkvGradient.Pointer, 3 * width, starts, 2, 2, 16, Key, 0.1);
        }));
    }

    /// <summary>Context, log-sums and gradients of qkv, in memory with gaps between the rows that must stay as they are.</summary>
    static float[] Run<V, P>(ThreadTeam team, Expected e) where V : struct, ISimd<V> where P : struct, IPrecision
    {
        int width = e.Heads * e.HeadSize, tokens = e.Starts[^1], qkvStride = 3 * width + 2, stride = width + 1, logStride = e.Heads + 3;
        using var qkv = Place(e.Qkv, 3 * width, qkvStride);
        using var gradient = Place(e.Gradient, width, stride);
        using var context = Place(null, width, stride);
        using var logSum = Place(null, e.Heads, logStride);
        using var qkvGradient = Place(null, 3 * width, qkvStride);
        fixed (int* starts = e.Starts)
        {
            Attention.Forward<V, P>(team, qkv.Pointer, qkvStride, context.Pointer, stride, logSum.Pointer, logStride, starts, e.Starts.Length - 1, e.Heads, e.HeadSize, Key, e.Dropout);
            Attention.Backward<V, P>(
                team, qkv.Pointer, qkvStride, context.Pointer, stride, logSum.Pointer, logStride, gradient.Pointer, stride, qkvGradient.Pointer, qkvStride,
                starts, e.Starts.Length - 1, e.Heads, e.HeadSize, Key, e.Dropout);
        }

        return [.. Take(context, width, stride), .. Take(logSum, e.Heads, logStride), .. Take(qkvGradient, 3 * width, qkvStride)];

        GuardedMemory Place(float[]? values, int columns, int stride)
        {
            var memory = new GuardedMemory((tokens - 1) * stride + columns);
            if (values is null) return memory;
            for (int r = 0; r < tokens; r++) values.AsSpan(r * columns, columns).CopyTo(memory.Span[(r * stride)..]);
            return memory;
        }

        float[] Take(GuardedMemory memory, int columns, int stride)
        {
            var values = new float[tokens * columns];
            for (int i = 0; i < memory.Length; i++)
            {
                if (i % stride < columns) values[i / stride * columns + i % stride] = memory.Pointer[i];
                else Assert.True(float.IsNaN(memory.Pointer[i]), "a gap between rows was written");
            }

            return values;
        }
    }

    /// <summary>Inputs and what they must give.</summary>
    sealed class Expected
    {
        public Expected(int heads, int headSize, int[] lengths, double dropout, double scale)
        {
            (Heads, HeadSize, Dropout) = (heads, headSize, dropout);
            Starts = new int[lengths.Length + 1];
            for (int i = 0; i < lengths.Length; i++) Starts[i + 1] = Starts[i] + lengths[i];
            int width = heads * headSize, tokens = Starts[^1];
            var random = new Random(headSize);
            Qkv = Draw(tokens * 3 * width, scale);
            Gradient = Draw(tokens * width, 1);

            float[] Draw(int count, double scale) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2 - 1) * scale))];
        }

        public int Heads { get; }

        public int HeadSize { get; }

        public double Dropout { get; }

        public int[] Starts { get; }

        public float[] Qkv { get; }

        public float[] Gradient { get; }

        public void Check(float[] actual, double tolerance = 2e-5)
        {
            double[] qkv = [.. Qkv], gradient = [.. Gradient];
            var (context, logSum) = ScalarAttention.Forward(qkv, Starts, Heads, HeadSize, Key, Dropout);
            double[] expected = [.. context, .. logSum, .. ScalarAttention.Backward(qkv, gradient, Starts, Heads, HeadSize, Key, Dropout)];
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
                if (!(Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])))) Assert.Fail($"{i} of {context.Length} + {logSum.Length} + …: {actual[i]}, expected {expected[i]}");
        }
    }
}
