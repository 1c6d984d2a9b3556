using System.Numerics;

namespace AlbertCompiled.Tests.Gpu.Emulation;

readonly struct Add<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a + b);
}

readonly struct Subtract<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a - b);
}

readonly struct Multiply<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a * b);
}

/// <summary>The upper half of an integer product.</summary>
readonly struct MultiplyHigh<T> : IBinary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b)
    {
        var wide = Int128.CreateTruncating(a) * Int128.CreateTruncating(b);
        if (typeof(T) == typeof(ulong)) return T.CreateTruncating(Math.BigMul(ulong.CreateTruncating(a), ulong.CreateTruncating(b), out _));
        return T.CreateTruncating(wide >> 8 * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
    }
}

readonly struct Divide<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => a / b;
}

/// <summary>Integers: by zero all ones, as devices answer.</summary>
readonly struct DivideInteger<T> : IBinary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => T.IsZero(b) ? ~T.Zero : b == ~T.Zero && T.IsNegative(b) ? unchecked(T.Zero - a) : a / b;
}

readonly struct Remainder<T> : IBinary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => T.IsZero(b) ? a : b == ~T.Zero && T.IsNegative(b) ? T.Zero : a % b;
}

/// <summary>The smaller; a number beats NaN.</summary>
readonly struct Minimum<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.MinNumber(a, b);
}

readonly struct Maximum<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.MaxNumber(a, b);
}

/// <summary>The smaller; NaN beats a number.</summary>
readonly struct MinimumNaN<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.Min(a, b);
}

readonly struct MaximumNaN<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.Max(a, b);
}

readonly struct And<T> : IBinary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => a & b;
}

readonly struct Or<T> : IBinary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => a | b;
}

readonly struct Xor<T> : IBinary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b) => a ^ b;
}

readonly struct Not<T> : IUnary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a) => ~a;
}

readonly struct Negate<T> : IUnary<T> where T : INumber<T>
{
    public static T Apply(T a) => unchecked(-a);
}

readonly struct Absolute<T> : IUnary<T> where T : INumber<T>
{
    public static T Apply(T a) => T.IsNegative(a) ? unchecked(-a) : a;
}

readonly struct Same<T> : IUnary<T>
{
    public static T Apply(T a) => a;
}

readonly struct CopySign<T> : IBinary<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.CopySign(b, a);
}

readonly struct MultiplyAdd<T> : ITernary<T> where T : INumber<T>
{
    public static T Apply(T a, T b, T c) => unchecked(a * b + c);
}

readonly struct MultiplyHighAdd<T> : ITernary<T> where T : IBinaryInteger<T>
{
    public static T Apply(T a, T b, T c) => unchecked(MultiplyHigh<T>.Apply(a, b) + c);
}

readonly struct FusedMultiplyAdd<T> : ITernary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a, T b, T c) => T.FusedMultiplyAdd(a, b, c);
}

readonly struct Reciprocal<T> : IUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.One / a;
}

readonly struct SquareRoot<T> : IUnary<T> where T : IFloatingPointIeee754<T>
{
    public static T Apply(T a) => T.Sqrt(a);
}

readonly struct ReciprocalSquareRoot : IUnary<float>, IUnary<double>
{
    public static float Apply(float a) => (float)(1 / Math.Sqrt(a));

    public static double Apply(double a) => 1 / Math.Sqrt(a);
}

readonly struct Exponential2 : IUnary<float>
{
    public static float Apply(float a) => (float)Math.Pow(2, a);
}

/// <summary>2ˣ with small results flushed to zero.</summary>
readonly struct Exponential2Flushed : IUnary<float>
{
    public static float Apply(float a)
    {
        float y = (float)Math.Pow(2, a);
        return y < 1.17549435e-38f ? 0 : y;
    }
}

readonly struct Logarithm2 : IUnary<float>
{
    public static float Apply(float a) => (float)Math.Log2(a);
}

readonly struct Sine : IUnary<float>
{
    public static float Apply(float a) => (float)Math.Sin(a);
}

readonly struct Cosine : IUnary<float>
{
    public static float Apply(float a) => (float)Math.Cos(a);
}

readonly struct HyperbolicTangent : IUnary<float>
{
    public static float Apply(float a) => (float)Math.Tanh(a);
}

/// <summary>Both halves of a word as bfloat16, computed as floats.</summary>
readonly struct PairUnary<TOperation> : IUnary<uint> where TOperation : struct, IUnary<float>
{
    public static uint Apply(uint a) =>
        (uint)LaneBits.ToBFloat16(TOperation.Apply(LaneBits.FromBFloat16(a >> 16))) << 16 | LaneBits.ToBFloat16(TOperation.Apply(LaneBits.FromBFloat16(a & 0xFFFF)));
}

/// <inheritdoc cref="PairUnary{TOperation}"/>
readonly struct PairBinary<TOperation> : IBinary<uint> where TOperation : struct, IBinary<float>
{
    public static uint Apply(uint a, uint b) =>
        (uint)LaneBits.ToBFloat16(TOperation.Apply(LaneBits.FromBFloat16(a >> 16), LaneBits.FromBFloat16(b >> 16))) << 16
        | LaneBits.ToBFloat16(TOperation.Apply(LaneBits.FromBFloat16(a & 0xFFFF), LaneBits.FromBFloat16(b & 0xFFFF)));
}

/// <inheritdoc cref="PairUnary{TOperation}"/>
readonly struct PairTernary<TOperation> : ITernary<uint> where TOperation : struct, ITernary<float>
{
    public static uint Apply(uint a, uint b, uint c) =>
        (uint)LaneBits.ToBFloat16(TOperation.Apply(LaneBits.FromBFloat16(a >> 16), LaneBits.FromBFloat16(b >> 16), LaneBits.FromBFloat16(c >> 16))) << 16
        | LaneBits.ToBFloat16(TOperation.Apply(LaneBits.FromBFloat16(a & 0xFFFF), LaneBits.FromBFloat16(b & 0xFFFF), LaneBits.FromBFloat16(c & 0xFFFF)));
}
