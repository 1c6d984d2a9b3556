using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlbertCompiled.Cpu;

/// <summary>Eight lanes: 256 bits.</summary>
/// <param name="value">The lanes.</param>
public readonly unsafe struct Lanes8(Vector256<float> value) : ILanes<Lanes8>
{
    const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>The lanes.</summary>
    public readonly Vector256<float> Value = value;

    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 Load(float* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public void Store(float* destination) => Value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static implicit operator Lanes8(float value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 operator +(Lanes8 a, Lanes8 b) => new(a.Value + b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 operator -(Lanes8 a, Lanes8 b) => new(a.Value - b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 operator *(Lanes8 a, Lanes8 b) => new(a.Value * b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 operator /(Lanes8 a, Lanes8 b) => new(a.Value / b.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 operator -(Lanes8 a) => new(-a.Value);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 MultiplyAdd(Lanes8 a, Lanes8 b, Lanes8 c) => new(Vector256.MultiplyAddEstimate(a.Value, b.Value, c.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 Max(Lanes8 a, Lanes8 b) => new(Vector256.Max(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 Min(Lanes8 a, Lanes8 b) => new(Vector256.Min(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 MaxNative(Lanes8 a, Lanes8 b) => new(Vector256.MaxNative(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 MinNative(Lanes8 a, Lanes8 b) => new(Vector256.MinNative(a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 Sqrt(Lanes8 a) => new(Vector256.Sqrt(a.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 Rsqrt(Lanes8 a) => new(Vector256<float>.One / Vector256.Sqrt(a.Value));

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 Exp(Lanes8 a) => VectorFunctions.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 Log(Lanes8 a) => VectorFunctions.Log(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 Sigmoid(Lanes8 a) => VectorFunctions.Sigmoid(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 Tanh(Lanes8 a) => VectorFunctions.Tanh(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)] public static Lanes8 Erf(Lanes8 a) => VectorFunctions.Erf(a);

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes8 GreaterOrEqual(Lanes8 a, Lanes8 b) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(a.Value, b.Value), Vector256<float>.One, Vector256<float>.Zero));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes8 Equal(Lanes8 a, Lanes8 b) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(a.Value, b.Value), Vector256<float>.One, Vector256<float>.Zero));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes8 OneHot(int column, int index) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(Vector256<int>.Indices, Vector256.Create(index - column)).AsSingle(), Vector256<float>.One, Vector256<float>.Zero));

    /// <inheritdoc/>
    [MethodImpl(Inline)]
    public static Lanes8 KeepMask(uint rowKey, int column, uint threshold, float scale)
    {
        var x = Vector256.Create(rowKey + (uint)column * CounterRandom.Golden) + Vector256<uint>.Indices * CounterRandom.Golden;
        x = (x ^ (x >>> 16)) * CounterRandom.Multiplier1;
        x = (x ^ (x >>> 15)) * CounterRandom.Multiplier2;
        x ^= x >>> 16;
        return new(Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(x, Vector256.Create(threshold)).AsSingle(), Vector256.Create(scale), Vector256<float>.Zero));
    }

    /// <inheritdoc/>
    [MethodImpl(Inline)] public float Sum() => new Lanes4(Value.GetLower() + Value.GetUpper()).Sum();

    /// <inheritdoc/>
    [MethodImpl(Inline)] public float Maximum() => new Lanes4(Vector128.Max(Value.GetLower(), Value.GetUpper())).Maximum();

    [MethodImpl(Inline)] static Lanes8 ILanes<Lanes8>.Round(Lanes8 a) => new(Vector256.Round(a.Value));

    [MethodImpl(Inline)] static Lanes8 ILanes<Lanes8>.Abs(Lanes8 a) => new(Vector256.Abs(a.Value));

    [MethodImpl(Inline)] static Lanes8 ILanes<Lanes8>.CopySign(Lanes8 magnitude, Lanes8 sign) => new(Vector256.CopySign(magnitude.Value, sign.Value));

    [MethodImpl(Inline)]
    static Lanes8 ILanes<Lanes8>.SelectLess(Lanes8 a, Lanes8 b, Lanes8 yes, Lanes8 no) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a.Value, b.Value), yes.Value, no.Value));

    [MethodImpl(Inline)]
    static Lanes8 ILanes<Lanes8>.Scale(Lanes8 a, Lanes8 n)
    {
        // Two factors, for 2ⁿ itself may lie outside the floats where a · 2ⁿ does not.
        var exponent = Vector256.ConvertToInt32(n.Value);
        var half = exponent >> 1;
        var bias = Vector256.Create(127);
        return new(a.Value * ((half + bias) << 23).AsSingle() * ((exponent - half + bias) << 23).AsSingle());
    }

    [MethodImpl(Inline)]
    static Lanes8 ILanes<Lanes8>.Exponent(Lanes8 a) =>
        new(Vector256.ConvertToSingle((a.Value.AsInt32() - Vector256.Create(VectorFunctions.RootHalfBits)) >> 23));
}
