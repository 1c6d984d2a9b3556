using System.Runtime.Intrinsics;
using AlbertCompiled.Cpu;

namespace AlbertCompiled.Tests.Cpu;

/// <summary>Products of bfloat16 operands against exact ones.</summary>
public sealed unsafe class BFloat16Tests
{
    [Theory]
    [InlineData(0xFFFFFFFF)]
    [InlineData(0x7FFFFFFF)]
    [InlineData(0x7FFF8000)]
    [InlineData(0x7FC00000)]
    [InlineData(0x7F800001)]
    [InlineData(0xFF80FFFF)]
    public void NaN_that_enters_a_model_stays_NaN(uint bits)
    {
        using var device = new CpuDevice(1);
        using var model = AlbertCompiled.Tests.Numbers.GoldenTiny.Create(device, new Capacity(16, 2));
        string name = model.Description.Parameters[0].Name;
        float[] values = model.Parameters.Read(name);
        values[1] = BitConverter.UInt32BitsToSingle(bits);
        model.Parameters.Write(name, values);
        float value = model.Parameters.Read(name)[1];
        uint word = BitConverter.SingleToUInt32Bits(BFloat16.Pack(1, value)), wide = BitConverter.SingleToUInt32Bits(BFloat16.Pack(Vector256.Create(1f), Vector256.Create(value))[3]);
        Assert.True(float.IsNaN(RoundedBFloat16.Pack(value, 0)));
        Assert.True(float.IsNaN(RoundedBFloat16.Pack(Vector256.Create(value), default)[5]));
        Assert.Equal((word, 1f), (wide, BitConverter.UInt32BitsToSingle(word << 16)));
        Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle(word & 0xFFFF0000)));
    }

    [Fact]
    public void Rounds_to_the_nearest_and_to_even()
    {
        var random = new Random(1);
        float[] values =
        [
            0, -0f, 1, -1, 1.00390625f, 1.01171875f, 3.3895314e38f, float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, 1e-40f, float.Epsilon,
            .. Enumerable.Range(0, 1000).Select(_ => (random.NextSingle() - 0.5f) * MathF.Exp(random.Next(-80, 80))),
        ];
        foreach (float value in values)
        {
            Assert.Equal(Nearest(value), RoundedBFloat16.Pack(value, 0));
            Assert.Equal(Nearest(value), RoundedBFloat16.Pack(Vector256.Create(value), default)[5]);
            uint word = BitConverter.SingleToUInt32Bits(BFloat16.Pack(value, -value));
            Assert.Equal(Nearest(value), BitConverter.UInt32BitsToSingle(word << 16));
            Assert.Equal(Nearest(-value), BitConverter.UInt32BitsToSingle(word & 0xFFFF0000));
            Assert.Equal(word, BitConverter.SingleToUInt32Bits(BFloat16.Pack(Vector256.Create(value), Vector256.Create(-value))[2]));
        }

        Assert.True(float.IsNaN(RoundedBFloat16.Pack(float.NaN, 0)));
        Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(BFloat16.Pack(float.NaN, 0)) << 16)));
    }

    [Theory]
    [InlineData(64, 96, 768)]
    [InlineData(33, 50, 255)]
    [InlineData(40, 48, 1)]
    public void Errs_at_most_twice_as_much_as_rounded_operands_in_float32(int m, int n, int k)
    {
        using var team = new ThreadTeam(2);
        using var a = Normal(1, m * k);
        using var b = Normal(2, k * n);
        double reference = Error<RoundedBFloat16>(team, a, b, m, n, k);
        Assert.InRange(reference, 1e-4, 1e-2);
        if (BFloat16.IsSupported) Assert.InRange(Error<BFloat16>(team, a, b, m, n, k), 0, 2 * reference);
    }

    /// <summary>Root mean square of the errors, relative to that of the products.</summary>
    static double Error<P>(ThreadTeam team, GuardedMemory a, GuardedMemory b, int m, int n, int k) where P : struct, IPrecision
    {
        using var c = new GuardedMemory(m * n);
        Gemm.Multiply<Lanes16, P, StoreEpilogue>(team, new(a.Pointer, k), new(b.Pointer, n), m, n, k, new(c.Pointer, n));
        double errors = 0, products = 0;
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
            {
                double exact = 0;
                for (int p = 0; p < k; p++) exact += (double)a.Pointer[i * k + p] * b.Pointer[p * n + j];
                errors += Math.Pow(c.Pointer[i * n + j] - exact, 2);
                products += exact * exact;
            }

        return Math.Sqrt(errors / products);
    }

    static GuardedMemory Normal(int seed, int count)
    {
        var memory = new GuardedMemory(count);
        var random = new Random(seed);
        for (int i = 0; i < count; i++) memory.Pointer[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return memory;
    }

    /// <summary>The nearest number of eight significant bits, the even one of two.</summary>
    static float Nearest(float value)
    {
        if (!float.IsFinite(value) || value == 0) return value;
        double unit = Math.ScaleB(1, Math.Max(Math.ILogB(value), -126) - 7);
        return (float)(Math.Round(value / unit, MidpointRounding.ToEven) * unit);
    }
}
