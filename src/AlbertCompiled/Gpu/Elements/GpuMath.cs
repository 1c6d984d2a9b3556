using ILGPU;
using ILGPU.Algorithms;
using ILGPU.IR.Intrinsics;

namespace AlbertCompiled.Gpu;

/// <summary>
/// Elementary functions for kernels, built from arithmetic and bit operations, so that no device falls back on a coarse hardware
/// approximation; on CUDA some are <see cref="CudaMath"/>'s. Errors are absolute for values up to 1, relative beyond: below 5e-7.
/// </summary>
public static class GpuMath
{
    const float Log2E = 1.44269504f;
    const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;   // the high part has 9 bits: n · Ln2High is exact

    /// <summary>eˣ; 0 below −104, +∞ above 88.73.</summary>
    [IntrinsicImplementation]
    public static float Exp(float x) => Portable.Exp(x);

    /// <summary>ln x; −∞ at 0, NaN below, denormal numbers count as 0.</summary>
    public static float Log(float x)
    {
        if (!(x >= 1.17549435e-38f)) return x >= 0f ? float.NegativeInfinity : float.NaN;
        if (x > float.MaxValue) return x;
        int bits = (int)Interop.FloatAsInt(x) - 0x3F3504F3;     // mantissa from √½ to √2
        int n = bits >> 23;
        float f = Interop.IntAsFloat((uint)((bits & 0x007FFFFF) + 0x3F3504F3)) - 1f;
        float s = f / (2f + f), z = s * s;                      // ln(1 + f) = 2 artanh s
        float tail = s * z * (2f / 3 + z * (2f / 5 + z * (2f / 7 + z * (2f / 9))));
        return n * Ln2High + (2f * s + (tail + n * Ln2Low));
    }

    /// <summary>1/(1 + e⁻ˣ).</summary>
    [IntrinsicImplementation]
    public static float Sigmoid(float x) => Portable.Sigmoid(x);

    /// <summary>tanh x.</summary>
    [IntrinsicImplementation]
    public static float Tanh(float x) => Portable.Tanh(x);

    /// <summary>a/b.</summary>
    [IntrinsicImplementation]
    public static float Divide(float a, float b) => Portable.Divide(a, b);

    /// <summary>The error function: its Maclaurin series below 1, 1 − e^(−x²)·p(1/(1 + x/2)) above.</summary>
    public static float Erf(float x)
    {
        float a = x < 0f ? -x : x, z = x * x;
        if (a < 1f)
        {
            float p = -1f / 6_894_720 + z * (1f / 76_204_800);
            p = 1f / 9_360 + z * (-1f / 75_600 + z * (1f / 685_440 + z * p));
            p = 1f / 10 + z * (-1f / 42 + z * (1f / 216 + z * (-1f / 1_320 + z * p)));
            return x * 1.12837917f * (1f + z * (-1f / 3 + z * p));
        }

        a = a > 4f ? 4f : a;
        float t = 1f / (1f + 0.5f * a);
        float q = 0.0013318623f + t * (0.26443236f + t * (0.37871144f + t * (-0.030179187f + t * (0.60447207f + t * -0.21879574f))));
        float e = 1f - q * Exp(-a * a);
        return x < 0f ? -e : e;
    }

    /// <summary>√x.</summary>
    public static float Sqrt(float x) => XMath.Sqrt(x);

    /// <summary>1/√x.</summary>
    [IntrinsicImplementation]
    public static float Rsqrt(float x) => Portable.Rsqrt(x);

    /// <summary>The larger; a where they are equal.</summary>
    public static float Max(float a, float b) => a >= b ? a : b;

    /// <summary>The smaller; a where they are equal.</summary>
    public static float Min(float a, float b) => a <= b ? a : b;

    /// <summary>1 where a ≥ b, else 0.</summary>
    public static float GreaterOrEqual(float a, float b) => a >= b ? 1f : 0f;

    /// <summary>1 where a = b, else 0.</summary>
    public static float Equal(float a, float b) => a == b ? 1f : 0f;

    /// <summary>The dropout mask of one element: <paramref name="scale"/> where <see cref="CounterRandom.Bits"/> reaches the threshold, else 0.</summary>
    public static float KeepMask(uint rowKey, int column, uint threshold, float scale) =>
        CounterRandom.Bits(rowKey, column) >= threshold ? scale : 0f;

    static float PowerOfTwo(int n) => Interop.IntAsFloat((uint)(n + 127) << 23);

    /// <summary>The same everywhere, from arithmetic alone.</summary>
    internal static class Portable
    {
        public static float Exp(float x)
        {
            x = x > 90f ? 90f : x;      // written so that NaN passes
            x = x < -105f ? -105f : x;
            int n = (int)(x * Log2E + (x < 0f ? -0.5f : 0.5f));
            float r = x - n * Ln2High - n * Ln2Low;
            float p = 1f + r * (1f + r * (1f / 2 + r * (1f / 6 + r * (1f / 24 + r * (1f / 120 + r * (1f / 720 + r * (1f / 5040)))))));
            int half = n >> 1;          // in two steps, since 2ⁿ itself may be out of range
            return p * PowerOfTwo(half) * PowerOfTwo(n - half);
        }

        public static float Sigmoid(float x) => 1f / (1f + Exp(-x));

        public static float Tanh(float x)
        {
            float a = x < 0f ? -x : x, z = x * x;
            if (a < 0.2f) return x * (1f + z * (-1f / 3 + z * (2f / 15 + z * (-17f / 315))));
            float e = Exp(-2f * a), t = (1f - e) / (1f + e);
            return x < 0f ? -t : t;
        }

        public static float Divide(float a, float b) => a / b;

        public static float Rsqrt(float x) => 1f / XMath.Sqrt(x);
    }
}
