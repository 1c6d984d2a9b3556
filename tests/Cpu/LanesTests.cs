using AlbertCompiled.Cpu;

namespace AlbertCompiled.Tests.Cpu;

/// <summary>Every vector width against scalar arithmetic.</summary>
public sealed unsafe class LanesTests
{
    const int Points = 6000;

    delegate double Exact(double x);

    [Fact]
    public void Exp_is_accurate()
    {
        Check(new ExpOp(), x => Math.Exp(x), 1.1, Sweep(-87.3, 88.72));
        Check(new ExpOp(), x => Math.Exp(x), 1.1, Sweep(-1e-3, 1e-3));
        Special(new ExpOp(), (0, 1), (-0f, 1), (89, float.PositiveInfinity), (88.73f, float.PositiveInfinity), (1e30f, float.PositiveInfinity),
            (float.PositiveInfinity, float.PositiveInfinity), (float.NegativeInfinity, 0), (-104, 0), (-1e30f, 0), (float.NaN, float.NaN), (-103f, MathF.Exp(-103)));
    }

    [Fact]
    public void Log_is_accurate()
    {
        Check(new LogOp(), x => Math.Log(x), 1.01, Sweep(1e-3, 4), Sweep(0.99, 1.01), Sweep(1, 3e38), [1e-45f, 1e-40f, 1.2e-38f, float.MaxValue]);
        Special(new LogOp(), (1, 0), (0, float.NegativeInfinity), (-0f, float.NegativeInfinity), (-1, float.NaN), (float.NegativeInfinity, float.NaN),
            (float.PositiveInfinity, float.PositiveInfinity), (float.NaN, float.NaN));
    }

    [Fact]
    public void Sigmoid_is_accurate()
    {
        Check(new SigmoidOp(), x => 1 / (1 + Math.Exp(-x)), 2.5, Sweep(-80, 80), Sweep(-5, 5), Sweep(-1e-3, 1e-3), [1e-30f, 3e-8f]);
        Special(new SigmoidOp(), (0, 0.5f), (20, 1), (-200, 0), (float.PositiveInfinity, 1), (float.NegativeInfinity, 0), (float.NaN, float.NaN));
    }

    [Fact]
    public void Tanh_is_accurate()
    {
        Check(new TanhOp(), x => Math.Tanh(x), 3, Sweep(-10, 10), Sweep(-1, 1), Sweep(-1e-3, 1e-3), [1e-30f, 1e-20f, 3e-8f]);
        Special(new TanhOp(), (0, 0), (20, 1), (-20, -1), (float.PositiveInfinity, 1), (float.NegativeInfinity, -1), (float.NaN, float.NaN));
    }

    [Fact]
    public void Erf_is_accurate()
    {
        Check(new ErfOp(), ErrorFunction, 1.5, Sweep(-5, 5), Sweep(-1.1, 1.1), Sweep(-1e-3, 1e-3), [1e-30f, 3e-8f]);
        Special(new ErfOp(), (0, 0), (6, 1), (-6, -1), (float.PositiveInfinity, 1), (float.NegativeInfinity, -1), (float.NaN, float.NaN));
    }

    [Fact]
    public void Arithmetic_is_elementwise()
    {
        Check(new SqrtOp(), Math.Sqrt, 0.51, Sweep(0, 100));
        Check(new RsqrtOp(), x => 1 / Math.Sqrt(x), 1.51, Sweep(1e-3, 100));
        Check(new PolynomialOp(), x => (x * 2 - 3) / (x * x + 1) + 1, 4, Sweep(10, 20));
        Special(new MaxOp(), (1, 2), (2, 2), (3, 3), (float.NaN, float.NaN));
        Special(new MinOp(), (1, 1), (2, 2), (3, 2), (float.NaN, float.NaN));
        Special(new MaxNativeOp(), (1, 2), (2, 2), (3, 3), (float.NaN, float.NaN));
        Special(new MinNativeOp(), (1, 1), (2, 2), (3, 2), (float.NaN, float.NaN));
        Special(new GreaterOrEqualOp(), (1, 0), (2, 1), (3, 1), (float.NaN, 0));
        Special(new EqualOp(), (1, 0), (2, 1), (3, 0), (float.NaN, 0));
        Special(new NegateOp(), (1, -1), (-2, 2), (0, -0f));
    }

    [Fact]
    public void Masks_equal_the_scalar_generator()
    {
        Masks<Lanes16>();
        Masks<Lanes8>();
        Masks<Lanes4>();
        Masks<Lanes1>();

        static void Masks<V>() where V : struct, ISimd<V>
        {
            float* lanes = stackalloc float[V.Count];
            uint threshold = CounterRandom.Threshold(0.3);
            int kept = 0;
            for (int row = 0; row < 50; row++)
            {
                uint rowKey = CounterRandom.RowKey(12345, row);
                for (int column = row; column < 400; column += V.Count)
                {
                    V.KeepMask(rowKey, column, threshold, 1.5f).Store(lanes);
                    for (int i = 0; i < V.Count; i++)
                    {
                        bool keep = CounterRandom.Bits(rowKey, column + i) >= threshold;
                        Assert.Equal(keep ? 1.5f : 0, lanes[i]);
                        kept += keep ? 1 : 0;
                    }

                    V.OneHot(column, row * 2).Store(lanes);
                    for (int i = 0; i < V.Count; i++) Assert.Equal(column + i == row * 2 ? 1 : 0, lanes[i]);
                }
            }

            Assert.InRange(kept, 50 * 375 * 0.65, 50 * 400 * 0.75);
        }
    }

    [Fact]
    public void Reductions_see_every_lane()
    {
        Reduce<Lanes16>();
        Reduce<Lanes8>();
        Reduce<Lanes4>();
        Reduce<Lanes1>();

        static void Reduce<V>() where V : struct, ISimd<V>
        {
            float* lanes = stackalloc float[V.Count];
            for (int i = 0; i < V.Count; i++)
            {
                for (int j = 0; j < V.Count; j++) lanes[j] = -(1 << j);
                Assert.Equal(-(1 << V.Count) + 1, V.Load(lanes).Sum());
                lanes[i] = 5;
                Assert.Equal(5, V.Load(lanes).Maximum());
                lanes[i] = float.NaN;
                Assert.Equal(float.NaN, V.Load(lanes).Maximum());
            }
        }
    }

    interface IOp
    {
        V Apply<V>(V x) where V : struct, ISimd<V>;
    }

    struct ExpOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.Exp(x); }

    struct LogOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.Log(x); }

    struct SigmoidOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.Sigmoid(x); }

    struct TanhOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.Tanh(x); }

    struct ErfOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.Erf(x); }

    struct SqrtOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.Sqrt(x); }

    struct RsqrtOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.Rsqrt(x); }

    struct PolynomialOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.MultiplyAdd(x, 2f, -3f) / (x * x + 1f) - (-1f); }

    struct MaxOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.Max(x, 2f); }

    struct MinOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.Min(x, 2f); }

    struct MaxNativeOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.MaxNative(2f, x); }

    struct MinNativeOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.MinNative(2f, x); }

    struct GreaterOrEqualOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.GreaterOrEqual(x, 2f); }

    struct EqualOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => V.Equal(x, 2f); }

    struct NegateOp : IOp { public readonly V Apply<V>(V x) where V : struct, ISimd<V> => -x; }

    /// <summary>A width's results for all of <paramref name="x"/>, whose length is a multiple of 16.</summary>
    static float[] Map<V, TOp>(TOp op, float[] x) where V : struct, ISimd<V> where TOp : IOp
    {
        var y = new float[x.Length];
        fixed (float* from = x, to = y)
            for (int i = 0; i < x.Length; i += V.Count) op.Apply(V.Load(from + i)).Store(to + i);
        return y;
    }

    static void Check<TOp>(TOp op, Exact exact, double ulps, params float[][] sweeps) where TOp : IOp
    {
        foreach (var sweep in sweeps)
        {
            float[] x = [.. sweep, .. new float[(16 - sweep.Length % 16) % 16]];
            var y = Same(op, x);
            for (int i = 0; i < sweep.Length; i++)
            {
                double e = exact(x[i]);
                float magnitude = (float)Math.Abs(e);
                double ulp = (double)MathF.BitIncrement(magnitude) - magnitude;
                Assert.True(Math.Abs(y[i] - e) <= ulps * ulp, $"{typeof(TOp).Name}({x[i]:R}) = {y[i]:R}, exactly {e:R}: {Math.Abs(y[i] - e) / ulp:F2} ulp");
            }
        }
    }

    static void Special<TOp>(TOp op, params (float X, float Y)[] cases) where TOp : IOp
    {
        var x = new float[16];
        for (int i = 0; i < 16; i++) x[i] = cases[i % cases.Length].X;
        var y = Same(op, x);
        for (int i = 0; i < 16; i++) Assert.Equal(BitConverter.SingleToInt32Bits(Canonical(cases[i % cases.Length].Y)), BitConverter.SingleToInt32Bits(Canonical(y[i])));

        static float Canonical(float y) => float.IsNaN(y) ? float.NaN : y;
    }

    /// <summary>The results, asserted to be the same bits for every width.</summary>
    static float[] Same<TOp>(TOp op, float[] x) where TOp : IOp
    {
        var y = Map<Lanes1, TOp>(op, x);
        foreach (var wide in (float[][])[Map<Lanes4, TOp>(op, x), Map<Lanes8, TOp>(op, x), Map<Lanes16, TOp>(op, x)])
            for (int i = 0; i < x.Length; i++)
                Assert.True(y[i].Equals(wide[i]), $"{typeof(TOp).Name}({x[i]:R}): {y[i]:R} in one lane, {wide[i]:R} in many");
        return y;
    }

    static float[] Sweep(double from, double to) => [.. Enumerable.Range(0, Points).Select(i => (float)(from + (to - from) * i / (Points - 1)))];

    /// <summary>erf by its Maclaurin series near 0, by the continued fraction of erfc beyond.</summary>
    static double ErrorFunction(double x)
    {
        double a = Math.Abs(x);
        if (a < 2.5)
        {
            double term = x, sum = x;
            for (int n = 1; Math.Abs(term) > 1e-20 * Math.Abs(sum) && n < 200; n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }

            return 2 / Math.Sqrt(Math.PI) * sum;
        }

        double fraction = 0;
        for (int n = 60; n > 0; n--) fraction = n / 2.0 / (a + fraction);
        return Math.Sign(x) * (1 - Math.Exp(-a * a) / Math.Sqrt(Math.PI) / (a + fraction));
    }
}
